// A table in ranges of keys that fit into memory. Rows may lie some days late, so partitions of neighbouring ranges overlap.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TABLES, type ColumnSpec, type TransactionTable } from '../tables/index.ts';
import { quote, readParquet, type Duck } from '../verify/deep/duck.ts';
import type { AnsweredTable } from './answer-files.ts';
import { asKey } from './cell-values.ts';
import type { PartitionFolder } from './partition-folders.ts';

export interface TableWindow {
  readonly table: TransactionTable;
  /** All that hold a row of the range, in the lake and in the answer key. */
  readonly partitions: readonly PartitionFolder[];
  /** Left out: all rows of the partitions. */
  readonly range?: KeyRange;
}

/** Of first key columns, as `inOrder` writes them. */
interface KeyRange {
  /** Undefined: from the first on. */
  readonly after: string | undefined;
  readonly upTo: string;
}

/** Each row of the lake is in one window, with all its deliveries. */
export async function keyWindows(duck: Duck, table: TransactionTable, windows: readonly PartitionFolder[][]): Promise<TableWindow[]> {
  if (windows.length <= 1) return windows.map((partitions) => ({ table, partitions }));
  const bounds: { partition: PartitionFolder; low: string; high: string; window: number }[] = [];
  for (const [window, partitions] of windows.entries()) {
    const rows = await duck.rows(`
      SELECT regexp_extract(filename, '^(.*)/[^/]*$', 1) AS folder, min(k) AS low, max(k) AS high
      FROM (SELECT filename, ${inOrder(table)} AS k FROM ${readParquet(parts(partitions, 'lake'), 'filename = true')}) GROUP BY ALL`);
    const byFolder = new Map(rows.map((row) => [row['folder'], row]));
    for (const partition of partitions) {
      const row = byFolder.get(partition.lake);
      if (row !== undefined) bounds.push({ partition, window, low: row['low'] as string, high: row['high'] as string });
    }
  }
  const ranges: TableWindow[] = [];
  let after: string | undefined;
  for (const window of windows.keys()) {
    const upTo = bounds.filter((bound) => bound.window === window).reduce((max, { high }) => (high > max ? high : max), after ?? '');
    const from = after;
    if (upTo === (from ?? '')) continue;
    const partitions = bounds
      .filter(({ low, high }) => (from === undefined || high > from) && low <= upTo)
      .map(({ partition }) => partition);
    ranges.push({ table, partitions, range: { after: from, upTo } });
    after = upTo;
  }
  return ranges;
}

/**
 * The answer written once more, a folder a window: whatever order and form it has, it is then read once and not once a
 * window. A row above the last range is none of the lake's, and is left out.
 */
export async function splitAnswer(
  duck: Duck,
  windows: readonly TableWindow[],
  answer: AnsweredTable,
  columns: readonly string[],
): Promise<AnsweredTable[]> {
  const [{ table }] = windows as [TableWindow, ...TableWindow[]];
  const ends = windows.map(({ range }, number) => `(${number}, ${quote(range!.upTo)})`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE windows AS FROM (VALUES ${ends.join(', ')}) w (number, last_key)`);
  const folder = join(duck.scratch, table);
  const [first] = keyColumnsOf(table);
  await duck.run(`
    COPY (
      SELECT a.* EXCLUDE (first_key), w.number AS window_number
      FROM (SELECT ${columns.map((name) => `"${name}"`).join(', ')}, ${textInOrder(`CAST(${asKey(first!)} AS VARCHAR)`)} AS first_key FROM ${answer.source}) a
      ASOF JOIN windows w ON first_key <= w.last_key
    ) TO ${quote(folder)} (FORMAT parquet, PARTITION_BY (window_number), OVERWRITE_OR_IGNORE)`);
  return windows.map((_, number) => {
    const own = join(folder, `window_number=${number}`);
    const source = existsSync(own) ? readParquet([join(own, '*.parquet')]) : `(SELECT * FROM ${answer.source} WHERE false)`;
    return { ...answer, source };
  });
}

/** SQL: whether a row of the lake is in the range. */
export function isInRange(table: TransactionTable, range: KeyRange | undefined): string {
  if (range === undefined) return 'true';
  const key = inOrder(table);
  return `${key} <= ${quote(range.upTo)}${range.after === undefined ? '' : ` AND ${key} > ${quote(range.after)}`}`;
}

export function keyColumnsOf(table: TransactionTable): ColumnSpec[] {
  const { key, columns } = TABLES[table];
  return columns.filter(({ name }) => key.includes(name));
}

export function parts(partitions: readonly PartitionFolder[], side: 'lake' | 'key'): string[] {
  return partitions.map((partition) => join(partition[side], '*.parquet'));
}

/** SQL: a text by which the lake's keys sort as they were given out, however many digits they have. */
function inOrder(table: TransactionTable): string {
  const [{ name, type }] = keyColumnsOf(table) as [ColumnSpec, ...ColumnSpec[]];
  return textInOrder(type === 'string' ? `"${name}"` : `CAST("${name}" AS VARCHAR)`);
}

function textInOrder(text: string): string {
  return `chr(length(${text})::INTEGER) || ${text}`;
}
