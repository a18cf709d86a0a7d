// What a command ends with: a table of what was made, and lines that say where it is.

import { resolve } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { LakePlan, LakeSummary, TableTotals } from '../events.ts';
import { formatBytes, formatCount, formatCounted, formatDuration } from '../lib/numbers.ts';
import { formatTable } from '../lib/table.ts';

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

/** The end of a run that made or extended a lake. */
export function describeLake(summary: LakeSummary, settings: Settings): string {
  const { tables, root, start, end, elapsedMs, identity, alreadyComplete } = summary;
  return [
    describeTotals(tables),
    '',
    alreadyComplete ? `Nothing was left to do: the lake is complete through ${end}.` : `Done in ${formatDuration(elapsedMs)}.`,
    `Lake:      ${resolve(root)} (${start} to ${end})`,
    ...(identity === undefined ? [] : [`Identity:  ${identity}`]),
    `Check it:  ${verifyCommand(settings)}`,
  ].join('\n');
}

/** The same for a dry run. */
export function describePlan(plan: LakePlan): string {
  const { tables, root, start, end, chunks } = plan;
  return [
    describeTotals(tables, { isEstimated: true }),
    '',
    `Dry run: nothing was written. Rows are exact, sizes estimated; ${formatCounted(chunks, 'chunk')} would be made.`,
    `Lake:      ${resolve(root)} (${start} to ${end})`,
  ].join('\n');
}

/** The command that checks the lake of these settings from the same folder. */
export function verifyCommand({ targetRoot, artifactRoot }: Pick<Settings, 'targetRoot' | 'artifactRoot'>): string {
  return [
    'npx ecomlake verify',
    ...(targetRoot === 'output/raw' ? [] : [`--source ${quote(targetRoot)}`]),
    ...(artifactRoot === 'artifacts' ? [] : [`--artifact-root ${quote(artifactRoot)}`]),
  ].join(' ');
}

/** As a shell takes it for one word. */
function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
