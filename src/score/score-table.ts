// One table of a cleaned lake against the messy one and the answer key, a window of days at a time.

import { join } from 'node:path';
import { TABLES, type ColumnSpec, type TransactionTable } from '../tables/index.ts';
import { quote, readParquet, type Duck } from '../verify/deep/duck.ts';
import { asInLake, type AnsweredTable } from './read-answer.ts';

export interface TableWindow {
  readonly table: TransactionTable;
  /** Folders of the lake's partitions, and of the answer key's. */
  readonly lake: readonly string[];
  readonly key: readonly string[];
}

/** Cells of one column that are alike: with the kinds of the key, or, where the key has nothing, with the kind it looks like. */
export interface CellCount {
  readonly column: string;
  readonly kind: string;
  readonly defects: number;
  readonly detected: number;
  readonly repaired: number;
  readonly wrong: number;
}

export interface WindowScore {
  readonly cells: readonly CellCount[];
  /** Of the lake in this window. */
  readonly rows: number;
  /** Of these, rows that the answer has. */
  readonly found: number;
}

/** A change that the key knows nothing of counts for the kind it looks like, by what it did to the value. */
export const OTHER = 'other';
const LOOKS_LIKE = `CASE
  WHEN dirty IS NULL OR answer IS NULL THEN 'missing_value'
  WHEN trim(dirty) = trim(answer) THEN 'padding'
  WHEN lower(trim(dirty)) = lower(trim(answer)) THEN 'casing'
  ELSE '${OTHER}' END`;

/** Columns that are compared: all but the key, by which rows are found. */
export function comparedColumns(table: TransactionTable, { types }: AnsweredTable): ColumnSpec[] {
  const { key, columns } = TABLES[table];
  return columns.filter(({ name }) => !(key as readonly string[]).includes(name) && types.has(name));
}

export async function scoreWindow(duck: Duck, { table, lake, key }: TableWindow, answer: AnsweredTable): Promise<WindowScore> {
  const spec = TABLES[table];
  const keyColumns = spec.columns.filter(({ name }) => (spec.key as readonly string[]).includes(name));
  const compared = comparedColumns(table, answer);
  const [first] = keyColumns;
  const keys = keyColumns.map(({ name }) => name).join(', ');
  await duck.run(`CREATE OR REPLACE TEMP TABLE lake_rows AS
    SELECT event_id, ${[...keyColumns, ...compared].map(({ name }) => `"${name}"`).join(', ')} FROM ${readParquet(parts(lake))}`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE key_cells AS
    SELECT event_id, "column", kind, clean_value, dirty_value FROM ${readParquet(parts(key))}`);
  const normal = (column: ColumnSpec): string => `${asInLake(column, answer.types.get(column.name)!)} AS "${column.name}"`;
  // Keys are dense: a range of them is what a window of days is, whatever the answer is partitioned by.
  await duck.run(`CREATE OR REPLACE TEMP TABLE answer_rows AS
    SELECT * FROM (SELECT ${[...keyColumns, ...compared].map(normal).join(', ')} FROM ${answer.source})
    WHERE "${first!.name}" BETWEEN (SELECT min("${first!.name}") FROM lake_rows) AND (SELECT max("${first!.name}") FROM lake_rows)`);
  const [size] = await duck.rows(`SELECT count(*) AS rows, count(DISTINCT (${keys})) AS keys FROM answer_rows`);
  if (size!['rows'] !== size!['keys']) {
    // The first of several rows is the answer; the others count as added.
    await duck.run(`CREATE OR REPLACE TEMP TABLE answer_rows AS FROM answer_rows QUALIFY row_number() OVER (PARTITION BY ${keys}) = 1`);
  }
  const differs = compared.map(({ name }) => `l."${name}" IS DISTINCT FROM a."${name}"`);
  const pairs = compared.map(({ name }, i) => `l."${name}" AS l${i}, a."${name}" AS a${i}`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE changed_rows AS
    SELECT l.event_id${pairs.map((pair) => `, ${pair}`).join('')}
    FROM lake_rows l JOIN answer_rows a USING (${keys}) WHERE ${differs.length === 0 ? 'false' : differs.join(' OR ')}`);
  const changes = compared.map(
    ({ name }, i) =>
      `SELECT event_id, ${quote(name)} AS "column", CAST(l${i} AS VARCHAR) AS dirty, CAST(a${i} AS VARCHAR) AS answer FROM changed_rows WHERE l${i} IS DISTINCT FROM a${i}`,
  );
  const cells = await duck.rows(`
    WITH changes AS (${changes.length === 0 ? "SELECT '' AS event_id, '' AS \"column\", '' AS dirty, '' AS answer WHERE false" : changes.join(' UNION ALL ')})
    SELECT coalesce(k."column", c."column") AS "column",
      coalesce(k.kind, ${LOOKS_LIKE}) AS kind,
      count(k.event_id) AS defects,
      count(*) FILTER (k.event_id IS NOT NULL AND c.event_id IS NOT NULL) AS detected,
      count(*) FILTER (k.event_id IS NOT NULL AND c.event_id IS NOT NULL AND ${isClean(compared)}) AS repaired,
      count(*) FILTER (k.event_id IS NULL) AS wrong
    FROM key_cells k FULL JOIN changes c ON k.event_id = c.event_id AND k."column" = c."column" GROUP BY ALL`);
  const [rows] = await duck.rows(
    `SELECT (SELECT count(*) FROM lake_rows) AS rows, (SELECT count(*) FROM lake_rows SEMI JOIN answer_rows USING (${keys})) AS found`,
  );
  return { cells: cells as unknown as CellCount[], rows: rows!['rows'] as number, found: rows!['found'] as number };
}

function parts(folders: readonly string[]): string[] {
  return folders.map((folder) => join(folder, '*.parquet'));
}

/** SQL: whether the answer is the clean value; numbers are compared as numbers. */
function isClean(columns: readonly ColumnSpec[]): string {
  const floats = columns.filter(({ type }) => type === 'float64').map(({ name }) => quote(name));
  const text = 'c.answer IS NOT DISTINCT FROM k.clean_value';
  if (floats.length === 0) return text;
  const number = 'TRY_CAST(c.answer AS DOUBLE) IS NOT DISTINCT FROM TRY_CAST(k.clean_value AS DOUBLE)';
  return `CASE WHEN k."column" IN (${floats.join(', ')}) THEN ${number} ELSE ${text} END`;
}
