// `verify`: a lake held against its manifests, its description and the contract.

import type { Settings } from '../config/settings.ts';
import type { Effects } from '../events.ts';
import { EXIT, UserError } from '../lib/errors.ts';
import { formatCount, formatDuration } from '../lib/numbers.ts';
import type { Paint } from '../lib/style.ts';
import { outcomeOf, type CheckReport, type VerifyReport } from '../verify/report.ts';
import { defineCommand, JSON_OPTION, setting, type Options } from './command.ts';
import { describeTotals, describeVerdict, toJson } from './describe-totals.ts';
import { resolveRun } from './resolve-run.ts';
import { BUCKET_OPTIONS, PUBLISH_TRUTH_OPTIONS } from './upload-options.ts';

/** Of each check; all of them are in the JSON. */
const FAULTS_SHOWN = 20;

const OPTIONS = {
  source: setting('targetRoot'),
  'artifact-root': setting('artifactRoot'),
  'truth-root': setting('truthRoot'),
  ...BUCKET_OPTIONS,
  bucket: { ...BUCKET_OPTIONS.bucket, describe: 'Bucket of the lake to check', default: 'none: a local lake' },
  prefix: { ...BUCKET_OPTIONS.prefix, describe: 'Path of the lake in the bucket' },
  'publish-truth': { ...PUBLISH_TRUTH_OPTIONS['publish-truth'], describe: 'Check the answer key in the bucket too' },
  'truth-prefix': { ...PUBLISH_TRUTH_OPTIONS['truth-prefix'], describe: 'Path of the answer key in the bucket' },
  deep: { describe: 'Read every row: keys, sums and statistics too', kind: 'switch' },
  json: JSON_OPTION,
} as const satisfies Options;

export const verify = defineCommand({
  name: 'verify',
  describe: 'Check a lake against its manifests and the contract; print its identity',
  details:
    'Ends with exit code 4 when something is wrong, and names each fault with its place. A lake in a bucket is checked from listings, ' +
    'manifests and the lake.json beside it, without downloading a part; with --deep it is read back into the folder for temporary files. Its answer key is checked with --publish-truth, always without a part.',
  examples: [
    ['verify', 'files, manifests, sums and counts of output/raw'],
    ['verify --deep', 'keys, money, time order, mess and statistics too'],
    ['verify --source /data/lake/raw --artifact-root /data/lake/artifacts --json', 'another lake, for a program'],
    ['verify --bucket my-bucket', 'the lake in a bucket: presence, sizes, CRC32C, counts'],
    ['verify --bucket my-bucket --publish-truth', 'and of its answer key'],
    ['verify --bucket my-bucket --prefix ecom/raw --deep', 'every row of it, downloaded for the time'],
  ],
  options: OPTIONS,
  async handler({ flags, print, paint, ...context }) {
    const { source, deep, json, ...settingFlags } = flags;
    requireOneLake(source, flags.bucket);
    const { settings } = resolveRun(context, { ...settingFlags, 'target-root': source });
    // A folder that is named comes before a bucket of the environment.
    const run = source ? { ...settings, bucket: undefined } : settings;
    for (const option of ['prefix', 'truth-prefix'] as const) {
      if (run.bucket !== undefined || !flags[option]) continue;
      throw new UserError(`--${option} ${flags[option]} is a path in a bucket, and a local lake is to be checked`, {
        hint: `Name the bucket with --bucket, or leave out --${option}.`,
      });
    }
    const report = await checkLake(run, deep === true, context.fx);
    print(json === true ? toJson(report) : describeReport(report, paint));
    return report.ok ? EXIT.ok : EXIT.damaged;
  },
});

function requireOneLake(source: string | undefined, bucket: string | undefined): void {
  if (!source || !bucket) return;
  throw new UserError(`--source ${source} and --bucket ${bucket} are two lakes`, { hint: 'Name one of them.' });
}

async function checkLake(settings: Settings, deep: boolean, fx: Effects): Promise<VerifyReport> {
  const { bucket, prefix, publishTruth, truthPrefix } = settings;
  if (bucket !== undefined) {
    const { openBucket } = await import('../pipeline/bucket-session.ts');
    const { verifyBucket } = await import('../verify/verify-bucket.ts');
    const client = await openBucket({ ...settings, bucket }, fx);
    return verifyBucket({ client, prefix, truthPrefix: publishTruth ? truthPrefix : undefined, deep }, fx);
  }
  const { verifyLake } = await import('../verify/verify-lake.ts');
  const { targetRoot: root, truthRoot, artifactRoot } = settings;
  return verifyLake({ root, truthRoot, artifactRoot, deep }, fx);
}

function describeReport({ root, identity, complete, tables, checks, ok, elapsedMs }: VerifyReport, paint: Paint): string {
  return [
    describeTotals(tables),
    '',
    ...checks.flatMap((check) => describeCheck(check, paint)),
    '',
    `Lake:      ${root}`,
    `Identity:  ${identity}${complete ? '' : ' (of what is there)'}`,
    `${describeVerdict(checks, paint)}${ok ? ` in ${formatDuration(elapsedMs)}` : ''}.`,
  ].join('\n');
}

function describeCheck(check: CheckReport, paint: Paint): string[] {
  const { description, detail, faults } = check;
  const marks = { passed: paint('green', 'ok  '), skipped: paint('yellow', 'skip'), failed: paint('red', 'FAIL') };
  const shown = faults.slice(0, FAULTS_SHOWN).map(({ place, message }) => `       ${place}: ${message}`);
  const more = faults.length - shown.length;
  return [
    `${marks[outcomeOf(check)]}  ${description}${detail === undefined ? '' : ` (${detail})`}`,
    ...shown,
    ...(more > 0 ? [`       and ${formatCount(more)} more; --json lists them all`] : []),
  ];
}
