// What a command ends with: a table of what was made, and lines that say where it is.

import { resolve } from 'node:path';
import { besideLake, type Settings } from '../config/settings.ts';
import type { LakeSummary, TableTotals } from '../events.ts';
import { formatBytes, formatCount, formatCounted, formatDuration } from '../lib/numbers.ts';
import { formatTable } from '../lib/text-table.ts';
import type { Paint } from '../lib/style.ts';
import { countOutcome, type CheckReport } from '../verify/report.ts';
import { commandLine } from './command-line.ts';

/** Rows, partitions, files and bytes a table, with a total. */
export function describeTotals(tables: readonly TableTotals[], { isEstimated = false } = {}): string {
  const bytes = (value: number): string => (isEstimated ? `~ ${formatBytes(value)}` : formatBytes(value));
  const cells = (row: TableTotals): string[] => [
    row.table,
    formatCount(row.rows),
    formatCount(row.partitions),
    formatCount(row.files),
    bytes(row.bytes),
  ];
  const sum = (key: 'rows' | 'partitions' | 'files' | 'bytes'): number => tables.reduce((total, row) => total + row[key], 0);
  const total: TableTotals = { table: 'total', rows: sum('rows'), partitions: sum('partitions'), files: sum('files'), bytes: sum('bytes') };
  return formatTable(
    [
      { title: 'table' },
      { title: 'rows', align: 'right' },
      { title: 'partitions', align: 'right' },
      { title: 'files', align: 'right' },
      { title: 'size', align: 'right' },
    ],
    tables.map(cells),
    cells(total),
  );
}

/** The same for a folder of CSVs, which has no partitions. */
export function describeCsvTotals(tables: readonly TableTotals[]): string {
  const sum = (key: 'rows' | 'bytes'): number => tables.reduce((total, row) => total + row[key], 0);
  return formatTable(
    [{ title: 'table' }, { title: 'rows', align: 'right' }, { title: 'size', align: 'right' }],
    tables.map((row) => [row.table, formatCount(row.rows), formatBytes(row.bytes)]),
    ['total', formatCount(sum('rows')), formatBytes(sum('bytes'))],
  );
}

/** The end of a run that made or extended a lake, or of a dry run. */
export function describeLake(summary: LakeSummary, settings: Settings): string {
  const { tables, root, truth, start, end, chunks, elapsedMs, identity, estimated, note } = summary;
  return [
    describeTotals(tables, { isEstimated: estimated }),
    '',
    ...(note === undefined ? [] : [note]),
    estimated
      ? `Dry run: nothing was written. Rows are exact, sizes estimated; ${formatCounted(chunks, 'chunk')} to make.`
      : `Done in ${formatDuration(elapsedMs)}.`,
    `Lake:      ${root.startsWith('gs://') ? root : resolve(root)}${start === '' ? '' : ` (${start} to ${end})`}`,
    ...(identity === undefined ? [] : [`Identity:  ${identity}`]),
    ...(truth === undefined
      ? []
      : [
          `Key:       ${resolve(truth.root)} (${formatCounted(truth.defects, 'defect')}, ${formatBytes(truth.bytes)}): keep it apart from the lake`,
        ]),
    ...(estimated ? [] : [`Check it:  ${verifyCommand(root, settings)}`]),
  ].join('\n');
}

/** The command that checks the lake of these settings from the same folder. */
function verifyCommand(root: string, settings: Settings): string {
  if (root.startsWith('gs://')) return verifyBucketCommand(settings);
  const { targetRoot, artifactRoot } = settings;
  return commandLine('verify', {
    source: targetRoot === 'output/raw' ? undefined : targetRoot,
    'artifact-root': artifactRoot === 'artifacts' ? undefined : artifactRoot,
  });
}

type BucketLake = Pick<Settings, 'bucket' | 'prefix' | 'publishTruth' | 'truthPrefix'>;

export function verifyBucketCommand({ bucket, prefix, publishTruth, truthPrefix }: BucketLake): string {
  return commandLine('verify', {
    bucket,
    prefix: prefix === 'ecom/raw' ? undefined : prefix,
    'publish-truth': publishTruth,
    'truth-prefix': publishTruth && truthPrefix !== besideLake(prefix) ? truthPrefix : undefined,
  });
}

/** `Sound: 59 checks, 7 skipped`, or which checks failed. */
export function describeVerdict(checks: readonly CheckReport[], paint: Paint): string {
  const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  if (failed.length > 0)
    return `${paint('red', 'Damaged')}: ${formatCount(failed.length)} of ${formatCounted(checks.length, 'check')} failed (${failed.join(', ')})`;
  const skipped = countOutcome(checks, 'skipped');
  const also = skipped === 0 ? '' : `, ${formatCount(skipped)} skipped`;
  return `${paint('green', 'Sound')}: ${formatCounted(checks.length - skipped, 'check')}${also}`;
}

/** A result for programs. */
export function toJson(result: object): string {
  return JSON.stringify(result, null, 2);
}
