// `verify`: a lake held against its manifests, its description and the contract.

import { EXIT } from '../lib/errors.ts';
import { formatCount, formatDuration } from '../lib/numbers.ts';
import type { Paint } from '../lib/style.ts';
import type { CheckReport, VerifyReport } from '../verify/report.ts';
import { defineCommand, JSON_OPTION, setting } from './command.ts';
import { describeTotals, toJson } from './describe-totals.ts';
import { resolveRun } from './resolve-run.ts';

/** Of each check; all of them are in the JSON. */
const FAULTS_SHOWN = 20;

export const verify = defineCommand({
  name: 'verify',
  describe: 'Check a lake against its manifests and the contract; print its identity',
  details: 'Ends with exit code 4 when something is wrong, and names each fault with its place.',
  examples: [
    ['verify', 'files, manifests, sums and counts of output/raw'],
    ['verify --deep', 'keys, money, time order, mess and statistics too'],
    ['verify --source /data/lake/raw --artifact-root /data/lake/artifacts --json', 'another lake, for a program'],
  ],
  options: {
    source: setting('targetRoot'),
    'artifact-root': setting('artifactRoot'),
    deep: { describe: 'Read every row: keys, sums and statistics too', kind: 'switch' },
    json: JSON_OPTION,
  },
  async handler({ flags, print, paint, ...context }) {
    const { settings } = resolveRun(context, { 'target-root': flags.source, 'artifact-root': flags['artifact-root'] });
    const { verifyLake } = await import('../verify/verify-lake.ts');
    const { targetRoot: root, artifactRoot } = settings;
    const report = await verifyLake({ root, artifactRoot, deep: flags.deep === true }, context.fx);
    print(flags.json === true ? toJson(report) : describeReport(report, paint));
    return report.ok ? EXIT.ok : EXIT.damaged;
  },
});

function describeReport({ root, identity, complete, tables, checks, ok, elapsedMs }: VerifyReport, paint: Paint): string {
  const failed = checks.filter((check) => !check.ok);
  return [
    describeTotals(tables),
    '',
    ...checks.flatMap((check) => describeCheck(check, paint)),
    '',
    `Lake:      ${root}`,
    `Identity:  ${identity}${complete ? '' : ' (of what is there)'}`,
    ok
      ? `${paint('green', 'Sound')}: ${formatCount(checks.length)} checks in ${formatDuration(elapsedMs)}.`
      : `${paint('red', 'Damaged')}: ${formatCount(failed.length)} of ${formatCount(checks.length)} checks failed (${failed.map((check) => check.name).join(', ')}).`,
  ].join('\n');
}

function describeCheck({ ok, description, detail, faults }: CheckReport, paint: Paint): string[] {
  const mark = ok ? paint('green', 'ok  ') : paint('red', 'FAIL');
  const shown = faults.slice(0, FAULTS_SHOWN).map(({ place, message }) => `       ${place}: ${message}`);
  const more = faults.length - shown.length;
  return [
    `${mark}  ${description}${detail === undefined ? '' : ` (${detail})`}`,
    ...shown,
    ...(more > 0 ? [`       and ${formatCount(more)} more; --json lists them all`] : []),
  ];
}
