// `npm run bench`: how fast each step and each whole run is, beside DuckDB, in one table and one JSON file.
//
//   npm run bench                        90 days, 3 repetitions: a quarter of an hour on two cores, 8 GB of disk
//   npm run bench -- --quick             15 days, once
//   npm run bench -- --days 30 --repeat 5 --only direct --scale 0.1 --output my.json

import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatDay, parseDay } from '../src/lib/days.ts';
import { generateLookups, runGenerator } from '../src/pipeline/index.ts';
import { CASES } from './cases.ts';
import type { Measurement } from './measure.ts';
import { describeMachine, formatMachine, formatReport, makeReport } from './report.ts';
import { artifactsOf, csvsOf, settingsFor, silent, type Workload } from './workspace.ts';

/** A day here has about as many rows as the average day of the default lake. */
const FIRST_DAY = parseDay('2022-09-01');

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    days: { type: 'string' },
    repeat: { type: 'string' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    output: { type: 'string' },
    /** Where files are written: the disk that is measured too. */
    folder: { type: 'string', default: tmpdir() },
  },
});
const days = Number(flags.days ?? (flags.quick ? 15 : 90));
const repeat = Number(flags.repeat ?? (flags.quick ? 1 : 3));
const cases = CASES.filter(({ name }) => name.includes(flags.only));

mkdirSync(flags.folder, { recursive: true });
const workload: Workload = {
  folder: mkdtempSync(join(flags.folder, 'ecomlake-bench-')),
  firstDay: FIRST_DAY,
  days,
  scale: Number(flags.scale),
};
try {
  const machine = await describeMachine();
  const started = new Date();
  print(
    `${formatMachine(machine)}\n${days} days from ${formatDay(FIRST_DAY)} at scale ${workload.scale}, the median of ${repeat}, in ${workload.folder}\n\n`,
  );
  await prepare();
  const runs = new Map<string, Measurement[]>(cases.map(({ name }) => [name, []]));
  // Round after round, so that a busy minute of the machine does not fall on one case alone.
  for (let round = 1; round <= repeat; round++) {
    for (const { name } of cases) {
      status(`round ${round} of ${repeat}: ${name}`);
      runs.get(name)!.push(await measure(name));
    }
  }
  status('');
  const report = makeReport(runs);
  print(`${formatReport(report)}\n`);
  const output =
    flags.output ??
    join(import.meta.dirname, 'results', `${started.toISOString().slice(0, 10)}-${machine.cores}cores${flags.quick ? '-quick' : ''}.json`);
  mkdirSync(dirname(output), { recursive: true });
  const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
  writeFileSync(
    output,
    `${JSON.stringify({ command, date: started.toISOString(), machine, firstDay: formatDay(FIRST_DAY), days, scale: workload.scale, repeat, ...report }, null, 2)}\n`,
  );
  print(`\n${output}\n`);
} finally {
  rmSync(workload.folder, { recursive: true, force: true });
}

/** Lookups and CSVs that the cases start from. */
async function prepare(): Promise<void> {
  status('building lookups');
  const request = settingsFor(workload, {
    'artifact-root': artifactsOf(workload),
    'start-date': formatDay(FIRST_DAY),
    'end-date': formatDay(FIRST_DAY + days - 1),
  });
  await generateLookups({ ...request, force: true }, silent);
  if (!cases.some(({ name }) => name.includes('export'))) return;
  status('writing CSVs');
  const { folder } = await runGenerator({ ...request, useState: false }, silent);
  renameSync(folder, csvsOf(workload));
}

function measure(name: string): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'run-case.ts'), [name, JSON.stringify(workload)]);
    let result: Measurement | undefined;
    child.on('message', (message) => (result = message as Measurement));
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      result === undefined || code !== 0 ? reject(new Error(`case "${name}" ended with ${signal ?? code}`)) : resolve(result),
    );
  });
}

function print(text: string): void {
  process.stdout.write(text);
}

/** One line that the next one overwrites; nothing in a file or pipe. */
function status(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
}
