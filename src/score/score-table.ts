// One table of a cleaned lake against the messy one and the answer key, a window of days at a time.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isNumberText, type FileColumn, type FileSchema } from '../tables/file-schema.ts';
import { TABLES, type TransactionTable } from '../tables/index.ts';
import { quote, readParquet, SQL_TYPES, type Duck } from '../verify/deep/duck.ts';
import { asInLake, type AnsweredTable } from './read-answer.ts';

export interface TableWindow {
  readonly table: TransactionTable;
  /** Of the lake's files: one for all windows. */
  readonly schema: FileSchema;
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
export function comparedColumns(table: TransactionTable, { columns }: FileSchema, { types }: AnsweredTable): FileColumn[] {
  const { key, columns: own } = TABLES[table];
  return columns.filter(({ name, of }) => own.some((column) => column.name === of) && !key.includes(name) && types.has(name));
}

/**
 * The answer written once more, a folder a window: whatever order and form it has, it is then read once and not once a
 * window. The first key column orders the windows, since keys are dense over the lake's days.
 */
export async function splitAnswer(duck: Duck, windows: readonly TableWindow[], answer: AnsweredTable): Promise<AnsweredTable[]> {
  const [{ table, schema }] = windows as [TableWindow, ...TableWindow[]];
  const columns = [...keyColumnsOf(table, schema), ...comparedColumns(table, schema, answer)];
  const [first] = columns;
  await duck.run('CREATE OR REPLACE TEMP TABLE windows (number INTEGER, first_key VARCHAR)');
  for (const [number, { lake }] of windows.entries()) {
    await duck.run(`INSERT INTO windows SELECT ${number}, min(${inOrder(first!)}) FROM ${readParquet(parts(lake))}`);
  }
  // What lies before the first window is no row of the lake: it goes with that window, and counts as added.
  await duck.run(`UPDATE windows SET first_key = '' WHERE number = 0`);
  const folder = join(duck.scratch, table);
  await duck.run(`
    COPY (
      SELECT a.*, w.number AS window_number
      FROM (SELECT ${columns.map((column) => normalized(table, column, answer)).join(', ')} FROM ${answer.source}) a
      ASOF JOIN (FROM windows WHERE first_key IS NOT NULL) w ON ${inOrder(first!)} >= w.first_key
    ) TO ${quote(folder)} (FORMAT parquet, PARTITION_BY (window_number), OVERWRITE_OR_IGNORE)`);
  const types = new Map(columns.map(({ name, type: own }) => [name, SQL_TYPES[own]]));
  return windows.map((_, number) => {
    const own = join(folder, `window_number=${number}`);
    return {
      source: existsSync(own) ? readParquet([join(own, '*.parquet')]) : `(SELECT * FROM ${answer.source} WHERE false)`,
      types: existsSync(own) ? types : answer.types,
    };
  });
}

/** SQL: a text by which keys sort as they were given out, however many digits they have. */
function inOrder({ name, type }: FileColumn): string {
  const text = type === 'string' ? `"${name}"` : `CAST("${name}" AS VARCHAR)`;
  return `chr(length(${text})::INTEGER) || ${text}`;
}

function keyColumnsOf(table: TransactionTable, { columns }: FileSchema): FileColumn[] {
  return columns.filter(({ of }) => of !== undefined && TABLES[table].key.includes(of));
}

function normalized(table: TransactionTable, column: FileColumn, answer: AnsweredTable): string {
  return `${asCompared(table, column, asInLake(column, answer.types.get(column.name)!))} AS "${column.name}"`;
}

/** SQL: of a column that has numbers as text, the text of the number alone, however it is written; what is no number as it stands. */
function asCompared(table: TransactionTable, column: FileColumn, cell: string): string {
  return isNumberText(TABLES[table], column) ? `coalesce(CAST(TRY_CAST(${cell} AS DOUBLE) AS VARCHAR), ${cell})` : cell;
}

export async function scoreWindow(duck: Duck, { table, schema, lake, key }: TableWindow, answer: AnsweredTable): Promise<WindowScore> {
  const keyColumns = keyColumnsOf(table, schema);
  const compared = comparedColumns(table, schema, answer);
  const columns = [...keyColumns, ...compared];
  const keys = keyColumns.map(({ name }) => name).join(', ');
  await duck.run(`CREATE OR REPLACE TEMP TABLE lake_rows AS
    SELECT event_id, ${columns.map((column) => `${asCompared(table, column, `"${column.name}"`)} AS "${column.name}"`).join(', ')} FROM ${readParquet(parts(lake))}`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE key_cells AS
    SELECT event_id, "column", kind, clean_value, dirty_value FROM ${readParquet(parts(key))}`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE answer_rows AS
    SELECT ${columns.map((column) => normalized(table, column, answer)).join(', ')} FROM ${answer.source}`);
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
      count(*) FILTER (k.event_id IS NOT NULL AND c.event_id IS NOT NULL AND ${isClean(table, compared)}) AS repaired,
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
function isClean(table: TransactionTable, columns: readonly FileColumn[]): string {
  const isNumber = (column: FileColumn): boolean => column.type === 'float64' || isNumberText(TABLES[table], column);
  const numbers = columns.filter(isNumber).map(({ name }) => quote(name));
  const text = 'c.answer IS NOT DISTINCT FROM k.clean_value';
  if (numbers.length === 0) return text;
  const number = 'TRY_CAST(c.answer AS DOUBLE) IS NOT DISTINCT FROM TRY_CAST(k.clean_value AS DOUBLE)';
  return `CASE WHEN k."column" IN (${numbers.join(', ')}) THEN ${number} ELSE ${text} END`;
}
