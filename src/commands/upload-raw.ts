// `upload-raw`: finished partitions of a local lake to the bucket, or a list of what would be sent.

import type { Settings } from '../config/settings.ts';
import { EXIT, UserError } from '../lib/errors.ts';
import { formatBytes, formatCounted, formatDuration } from '../lib/numbers.ts';
import type { UploadListing, UploadSummary } from '../pipeline/index.ts';
import { defineCommand, JSON_OPTION, setting } from './command.ts';
import { DATE_OPTIONS, selectDates } from './date-selection.ts';
import { toJson, verifyBucketCommand } from './describe-totals.ts';
import { resolveRun } from './resolve-run.ts';
import { tableName } from './table-name.ts';
import { BUCKET_OPTIONS, PUBLISH_TRUTH_OPTIONS } from './upload-options.ts';

export const uploadRaw = defineCommand({
  name: 'upload-raw',
  describe: 'Publish a local lake, or some of its days, to Google Cloud Storage',
  details:
    'Parts go first, then the manifest, the success marker last. What is there already with the same size and checksum is skipped. With --all the state goes too, so that another machine can go on.',
  examples: [
    ['upload-raw --bucket my-lake --all', 'everything in output/raw, to gs://my-lake/ecom/raw'],
    ['upload-raw --bucket my-lake --ingest-date 2020-01-01 --table orders', 'one partition'],
    ['upload-raw --bucket my-lake --start-date 2020-01-01 --days 7', 'a week of the six transactional tables'],
    ['upload-raw --all --dry-run', 'every object it would send; also without credentials'],
  ],
  options: {
    source: setting('targetRoot'),
    'artifact-root': setting('artifactRoot'),
    ...BUCKET_OPTIONS,
    'truth-root': setting('truthRoot'),
    ...PUBLISH_TRUTH_OPTIONS,
    all: { describe: 'Everything that is there', kind: 'switch' },
    ...DATE_OPTIONS,
    table: { describe: 'Only this table; may be repeated', kind: 'list', value: 'name', default: 'with dates the six transactional ones' },
    'upload-concurrency': setting('uploadConcurrency'),
    'dry-run': { describe: 'Send nothing; list every object, its size, and whether it is new, same or different', kind: 'switch' },
    json: JSON_OPTION,
  },
  async handler({ flags, print, ...context }) {
    const { all, 'dry-run': isDryRun, json } = flags;
    const tables = flags.table?.map(tableName);
    const dates = selectDates(flags);
    if ((dates === undefined) !== (all === true)) {
      throw new UserError(all === true ? '--all and dates together do not say what to upload' : 'nothing says what to upload', {
        hint: 'Give --all, or dates: --ingest-date, --start-date with --end-date or --days, or --dates.',
      });
    }
    const { settings } = resolveRun(context, {
      'target-root': flags.source,
      'artifact-root': flags['artifact-root'],
      bucket: flags.bucket,
      prefix: flags.prefix,
      'truth-root': flags['truth-root'],
      'publish-truth': flags['publish-truth'],
      'truth-prefix': flags['truth-prefix'],
      'storage-endpoint': flags['storage-endpoint'],
      'request-timeout': flags['request-timeout'],
      'retry-budget': flags['retry-budget'],
      'upload-concurrency': flags['upload-concurrency'],
    });
    const pipeline = await import('../pipeline/index.ts');
    const request = { settings, dates: dates === undefined ? undefined : new Set(dates), tables };
    if (isDryRun === true) {
      const listing = await pipeline.listUpload(request, context.fx);
      print(json === true ? toJson(listing) : describeListing(listing));
      return EXIT.ok;
    }
    const summary = await pipeline.uploadRaw(request, context.fx);
    print(json === true ? toJson(summary) : describeUpload(summary, settings));
    return EXIT.ok;
  },
});

export function describeListing({ destination, objects, removed, notCompared }: UploadListing): string {
  const sizeWidth = Math.max(0, ...objects.map(({ bytes }) => formatBytes(bytes).length));
  const total = (state: string | undefined): string => {
    const some = objects.filter((object) => object.state === state);
    return `${formatCounted(some.length, 'object')} (${formatBytes(some.reduce((sum, { bytes }) => sum + bytes, 0))})`;
  };
  return [
    ...objects.map(({ address, bytes, state }) => `${(state ?? '?').padEnd(9)}  ${formatBytes(bytes).padStart(sizeWidth)}  ${address}`),
    ...removed.map((address) => `removed    ${''.padStart(sizeWidth)}  ${address}`),
    '',
    notCompared === undefined
      ? `New: ${total('new')}. Different: ${total('different')}. Same: ${total('same')}.`
      : `All: ${total(undefined)}. Not compared with the bucket: ${notCompared.replace(/\.$/, '')}.`,
    `Dry run: nothing was sent to ${destination}.`,
  ].join('\n');
}

function describeUpload(
  { destination, partitions, key, sent, same, isStatePublished, elapsedMs }: UploadSummary,
  settings: Settings,
): string {
  const perSecond = sent.bytes > 0 && elapsedMs > 0 ? `, ${formatBytes((sent.bytes / elapsedMs) * 1000)}/s` : '';
  return [
    `Sent:      ${formatCounted(sent.objects, 'object')}, ${formatBytes(sent.bytes)} in ${formatDuration(elapsedMs)}${perSecond}`,
    `Same:      ${formatCounted(same.objects, 'object')}, ${formatBytes(same.bytes)}: not sent again`,
    `Lake:      ${destination} (${partitions === 0 ? 'nothing of it is on this disk' : `${formatCounted(partitions, 'partition')} confirmed`})`,
    ...(key === undefined ? [] : [`Key:       ${key.destination} (${formatCounted(key.partitions, 'partition')} confirmed)`]),
    ...(isStatePublished ? ['State:     published too: another machine can go on from here'] : []),
    `Check it:  ${verifyBucketCommand(settings)}`,
  ].join('\n');
}
