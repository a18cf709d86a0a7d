// `status`: how far the backlog is, what comes next, how the last run ended. Reads only.

import { resolve } from 'node:path';
import { EXIT } from '../lib/errors.ts';
import { formatCount, formatCounted } from '../lib/numbers.ts';
import type { Paint } from '../lib/style.ts';
import type { BucketStatus } from '../pipeline/bucket-status.ts';
import { commandLine } from './command-line.ts';
import { defineCommand, JSON_OPTION, setting } from './command.ts';
import { toJson } from './describe-totals.ts';
import { readStatus, type BacklogStatus } from './read-status.ts';
import { BUCKET_OPTIONS } from './upload-options.ts';
import { resolveRun } from './resolve-run.ts';

export const status = defineCommand({
  name: 'status',
  describe: 'Say how far the backlog is, what comes next and how the last run ended',
  examples: [
    ['status', 'of the backlog in artifacts/ and output/raw'],
    ['status --bucket my-lake', 'and of its bucket'],
    ['status --json', 'for a program'],
  ],
  options: {
    'artifact-root': setting('artifactRoot'),
    'target-root': setting('targetRoot'),
    ...BUCKET_OPTIONS,
    'start-date': setting('startDate'),
    'end-date': setting('endDate'),
    'chunk-size': setting('chunkSize'),
    'id-state-file': setting('idStateFile'),
    'checkpoint-file': setting('checkpointFile'),
    json: JSON_OPTION,
  },
  async handler({ flags, print, paint, ...context }) {
    const { json, ...settingFlags } = flags;
    const { settings } = resolveRun(context, settingFlags);
    const { config, seed, scale } = context.globalFlags;
    const { readBucketStatus } = await import('../pipeline/bucket-status.ts');
    const bucket = await readBucketStatus(settings, context.fx);
    const found = readStatus(settings, commandLine('backlog-bear', { config, seed, scale, ...settingFlags }), bucket);
    print(json === true ? toJson(found) : describe(found, paint));
    return EXIT.ok;
  },
});

function describe(found: BacklogStatus, paint: Paint): string {
  const {
    artifactRoot,
    targetRoot,
    bucket,
    start,
    end,
    days,
    daysDone,
    completedThrough,
    lookups,
    lake,
    next,
    lastRun,
    runningNow,
    problem,
  } = found;
  const share = Math.floor((100 * daysDone) / days);
  const facts: [name: string, value: string][] = [
    ['Lake', resolve(targetRoot)],
    ...(bucket === undefined ? [] : [['Bucket', describeBucket(bucket, paint)] satisfies [string, string]]),
    ['State', resolve(artifactRoot)],
    [
      'Lookups',
      lookups === undefined
        ? 'not built yet'
        : `${formatCounted(lookups.customers, 'customer')}, ${formatCounted(lookups.products, 'product')}`,
    ],
    [
      'Done',
      completedThrough === undefined
        ? `nothing yet of ${start} to ${end}`
        : `${start} to ${completedThrough}: ${formatCount(daysDone)} of ${formatCounted(days, 'day')} (${share} %)`,
    ],
    ...(lake === undefined ? [] : [['Rows', formatCount(lake.rows)] satisfies [string, string]]),
    ...(problem === undefined ? [] : [['Careful', paint('yellow', problem)] satisfies [string, string]]),
    ...(runningNow === undefined
      ? []
      : [
          ['Running', `${runningNow.command}, process ${runningNow.pid} on ${runningNow.host}, since ${runningNow.since}`] satisfies [
            string,
            string,
          ],
        ]),
    ...(lastRun === undefined ? [] : [['Last run', `${lastRun.outcome}, ${lastRun.ended}`] satisfies [string, string]]),
    ...(lastRun?.error === undefined ? [] : [['', paint('red', lastRun.error.message)] satisfies [string, string]]),
    ...(lastRun?.error?.hint === undefined ? [] : [['', lastRun.error.hint] satisfies [string, string]]),
    [
      'Next',
      next === undefined
        ? `nothing: complete through ${completedThrough}`
        : `chunk ${next.chunk} of ${next.chunks}, ${next.start} to ${next.end}`,
    ],
    ...(next === undefined || runningNow !== undefined ? [] : [['', next.command] satisfies [string, string]]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length)) + 3;
  return facts.map(([name, value]) => `${(name === '' ? '' : `${name}:`).padEnd(width)}${value}`).join('\n');
}

function describeBucket({ location, completedThrough, writer, problem }: BucketStatus, paint: Paint): string {
  if (problem !== undefined) return `${location}: ${paint('yellow', problem)}`;
  const done = completedThrough === undefined ? 'no state yet' : `complete through ${completedThrough}`;
  return `${location}: ${done}${writer === undefined ? '' : `; held by ${writer}`}`;
}
