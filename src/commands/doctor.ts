// `doctor`: everything a run needs, looked at before it begins.

import type { Flags, ResolvedRun } from '../config/settings.ts';
import { EXIT, UserError } from '../lib/errors.ts';
import type { Paint } from '../lib/style.ts';
import { defineCommand, JSON_OPTION, setting } from './command.ts';
import { toJson } from './describe-totals.ts';
import { checkMachine, checkProgram, checkRun, type Finding } from './doctor-checks.ts';
import { resolveRun, type RunContext } from './resolve-run.ts';
import { BUCKET_OPTIONS } from './upload-options.ts';

export const doctor = defineCommand({
  name: 'doctor',
  describe: 'Look at what a run needs before it begins: config, folders, disk, memory, bucket',
  details: 'Ends with exit code 2 when a run would fail. Leaves nothing behind.',
  examples: [
    ['doctor', 'for the six-year default'],
    ['doctor --bucket my-lake', 'credentials and bucket too'],
    ['doctor --scale 0.1 --target-root /data/lake/raw', 'for another run: give it the options of the run'],
  ],
  options: {
    'artifact-root': setting('artifactRoot'),
    'target-root': setting('targetRoot'),
    ...BUCKET_OPTIONS,
    'max-staged-chunks': setting('maxStagedChunks'),
    'start-date': setting('startDate'),
    'end-date': setting('endDate'),
    'chunk-size': setting('chunkSize'),
    'checkpoint-file': setting('checkpointFile'),
    workers: setting('workers'),
    direct: setting('direct'),
    'keep-csv': setting('keepCsv'),
    json: JSON_OPTION,
  },
  async handler({ flags, print, paint, ...context }) {
    const { json, ...settingFlags } = flags;
    const { run, finding } = tryResolve(context, settingFlags);
    const findings = [checkProgram(), finding];
    if (run !== undefined) {
      const { checkBucket } = await import('./check-bucket.ts');
      findings.push(...checkRun(run.settings), ...checkMachine(run.settings), ...(await checkBucket(run.settings, context.fx)));
    }
    const ok = findings.every(({ level }) => level !== 'fail');
    print(json === true ? toJson({ ok, checks: findings }) : describe(findings, ok, paint));
    return ok ? EXIT.ok : EXIT.usage;
  },
});

function tryResolve(context: RunContext, flags: Flags): { run: ResolvedRun | undefined; finding: Finding } {
  try {
    const run = resolveRun(context, flags);
    return { run, finding: { name: 'config', level: 'ok', message: `${run.settings.configPath} is sound` } };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { run: undefined, finding: { name: 'config', level: 'fail', message: error.message, hint: error.hint } };
  }
}

function describe(findings: readonly Finding[], ok: boolean, paint: Paint): string {
  const marks = { ok: paint('green', 'ok  '), warn: paint('yellow', 'warn'), fail: paint('red', 'FAIL') };
  const width = Math.max(...findings.map(({ name }) => name.length)) + 2;
  const indent = ' '.repeat(6 + width);
  const lines = findings.flatMap(({ name, level, message, hint }) => [
    `${marks[level]}  ${name.padEnd(width)}${message.replaceAll('\n', `\n${indent}`)}`,
    ...(hint === undefined ? [] : [`${indent}${hint}`]),
  ]);
  return [...lines, '', ok ? 'Ready.' : 'Not ready: put right what failed, then run doctor again.'].join('\n');
}
