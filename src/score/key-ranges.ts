// A table in ranges of keys that fit into memory. Rows may lie some days late, so partitions of neighbouring ranges overlap.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TransactionTable } from '../tables/index.ts';
import { quote, readParquet, type Duck } from '../verify/deep/duck.ts';
import type { AnsweredTable } from './answer-files.ts';
import { answerCell, isKeyColumn, type ComparedColumn } from './compared-columns.ts';
import { lakeRows } from './lake-rows.ts';
import type { PartitionFolder } from './partition-folders.ts';

export interface TableWindow {
  readonly table: TransactionTable;
  /** Of the lake: the same for all windows. */
  readonly columns: readonly ComparedColumn[];
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
export async function keyWindows(
  duck: Duck,
  table: TransactionTable,
  columns: readonly ComparedColumn[],
  windows: readonly PartitionFolder[][],
): Promise<TableWindow[]> {
  if (windows.length <= 1) return windows.map((partitions) => ({ table, columns, partitions }));
  const first = firstKey(table, columns);
  const bounds: { partition: PartitionFolder; low: string; high: string; window: number }[] = [];
  for (const [window, partitions] of windows.entries()) {
    const rows = await duck.rows(`
      SELECT regexp_extract(filename, '^(.*)/[^/]*$', 1) AS folder, min(k) AS low, max(k) AS high
      FROM (SELECT filename, ${inOrder(first)} AS k FROM (${lakeRows(table, partitions, [first])})) GROUP BY ALL`);
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
    ranges.push({ table, columns, partitions, range: { after: from, upTo } });
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
  names: readonly string[],
): Promise<AnsweredTable[]> {
  const [{ table, columns }] = windows as [TableWindow, ...TableWindow[]];
  const ends = windows.map(({ range }, number) => `(${number}, ${quote(range!.upTo)})`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE windows AS FROM (VALUES ${ends.join(', ')}) w (number, last_key)`);
  const folder = join(duck.scratch, table);
  const key = textInOrder(`CAST(${answerCell(table, firstKey(table, columns), answer)} AS VARCHAR)`);
  await duck.run(`
    COPY (
      SELECT a.* EXCLUDE (first_key), w.number AS window_number
      FROM (SELECT ${names.map((name) => `"${name}"`).join(', ')}, ${key} AS first_key FROM ${answer.source}) a
      ASOF JOIN windows w ON first_key <= w.last_key
    ) TO ${quote(folder)} (FORMAT parquet, PARTITION_BY (window_number), OVERWRITE_OR_IGNORE)`);
  return windows.map((_, number) => {
    const own = join(folder, `window_number=${number}`);
    const source = existsSync(own) ? readParquet([join(own, '*.parquet')]) : `(SELECT * FROM ${answer.source} WHERE false)`;
    return { ...answer, source };
  });
}

/** SQL: whether a row of the lake is in the range of the window. */
export function isInRange({ table, columns, range }: TableWindow): string {
  if (range === undefined) return 'true';
  const key = inOrder(firstKey(table, columns));
  return `${key} <= ${quote(range.upTo)}${range.after === undefined ? '' : ` AND ${key} > ${quote(range.after)}`}`;
}

function firstKey(table: TransactionTable, columns: readonly ComparedColumn[]): ComparedColumn {
  return columns.find((column) => isKeyColumn(table, column))!;
}

/** SQL: a text by which the lake's keys sort as they were given out, however many digits they have. */
function inOrder({ name, type }: ComparedColumn): string {
  return textInOrder(type === 'string' ? `"${name}"` : `CAST("${name}" AS VARCHAR)`);
}

function textInOrder(text: string): string {
  return `chr(length(${text})::INTEGER) || ${text}`;
}
