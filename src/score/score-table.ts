// One table of a cleaned lake against the messy one and the answer key, a window of days at a time.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FileSchema } from '../tables/file-schema.ts';
import type { TransactionTable } from '../tables/index.ts';
import { quote, readParquet, SQL_TYPES, type Duck } from '../verify/deep/duck.ts';
import { answerCell, hasNumbers, isAnswered, isKeyColumn, lakeCell, type ComparedColumn } from './compared-columns.ts';
import type { AnsweredTable } from './read-answer.ts';

export interface TableWindow {
  readonly table: TransactionTable;
  /** Of the lake: the same for all windows. */
  readonly columns: readonly ComparedColumn[];
  /** Folders of the lake's partitions with what their files have, and of the answer key's. */
  readonly lake: readonly { readonly folder: string; readonly schema: FileSchema }[];
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

/** Columns that are compared: all that the answer has but the key, by which rows are found. */
function comparedColumns({ table, columns }: TableWindow, answer: AnsweredTable): ComparedColumn[] {
  return columns.filter((column) => !isKeyColumn(table, column) && isAnswered(column, answer));
}

/**
 * The answer written once more, a folder a window: whatever order and form it has, it is then read once and not once a
 * window. The first key column orders the windows, since keys are dense over the lake's days.
 */
export async function splitAnswer(duck: Duck, windows: readonly TableWindow[], answer: AnsweredTable): Promise<AnsweredTable[]> {
  const [any] = windows as [TableWindow, ...TableWindow[]];
  const { table } = any;
  const columns = [...keyColumnsOf(any), ...comparedColumns(any, answer)];
  const [first] = columns;
  await duck.run('CREATE OR REPLACE TEMP TABLE windows (number INTEGER, first_key VARCHAR)');
  for (const [number, { lake }] of windows.entries()) {
    await duck.run(
      `INSERT INTO windows SELECT ${number}, min(${inOrder(first!)}) FROM ${readParquet(parts(lake.map(({ folder }) => folder)))}`,
    );
  }
  // What lies before the first window is no row of the lake: it goes with that window, and counts as added.
  await duck.run(`UPDATE windows SET first_key = '' WHERE number = 0`);
  const folder = join(duck.scratch, table);
  await duck.run(`
    COPY (
      SELECT a.*, w.number AS window_number
      FROM (SELECT ${answerCells(table, columns, answer)} FROM ${answer.source}) a
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
function inOrder({ name, type }: ComparedColumn): string {
  const text = type === 'string' ? `"${name}"` : `CAST("${name}" AS VARCHAR)`;
  return `chr(length(${text})::INTEGER) || ${text}`;
}

function keyColumnsOf({ table, columns }: TableWindow): ComparedColumn[] {
  return columns.filter((column) => isKeyColumn(table, column));
}

function answerCells(table: TransactionTable, columns: readonly ComparedColumn[], answer: AnsweredTable): string {
  return columns.map((column) => `${answerCell(table, column, answer)} AS "${column.name}"`).join(', ');
}

/** SQL: the window's rows, with `<column> gone` for a column that is removed from some files. */
function lakeRows({ table, lake }: TableWindow, columns: readonly ComparedColumn[]): string {
  const versions = [...Map.groupBy(lake, ({ schema }) => schema.version).values()].map((own) => {
    const [{ schema }] = own as [(typeof lake)[number]];
    const cells = columns.map((column) => `${lakeCell(table, column, schema)} AS "${column.name}"`);
    const isGone = ({ name }: ComparedColumn): boolean => !schema.columns.some(({ of }) => of === name);
    const gone = columns.filter(({ isRemoved }) => isRemoved).map((column) => `${isGone(column)} AS "${column.name} gone"`);
    return `SELECT ${['event_id', ...cells, ...gone].join(', ')} FROM ${readParquet(parts(own.map(({ folder }) => folder)))}`;
  });
  return versions.join(' UNION ALL ');
}

export async function scoreWindow(duck: Duck, window: TableWindow, answer: AnsweredTable): Promise<WindowScore> {
  const { table, key } = window;
  const keyColumns = keyColumnsOf(window);
  const compared = comparedColumns(window, answer);
  const columns = [...keyColumns, ...compared];
  const keys = keyColumns.map(({ name }) => name).join(', ');
  await duck.run(`CREATE OR REPLACE TEMP TABLE lake_rows AS ${lakeRows(window, columns)}`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE key_cells AS
    SELECT event_id, "column", kind, clean_value, dirty_value FROM ${readParquet(parts(key))}`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE answer_rows AS
    SELECT ${answerCells(table, columns, answer)} FROM ${answer.source}`);
  const [size] = await duck.rows(`SELECT count(*) AS rows, count(DISTINCT (${keys})) AS keys FROM answer_rows`);
  if (size!['rows'] !== size!['keys']) {
    // The first of several rows is the answer; the others count as added.
    await duck.run(`CREATE OR REPLACE TEMP TABLE answer_rows AS FROM answer_rows QUALIFY row_number() OVER (PARTITION BY ${keys}) = 1`);
  }
  // What an answer says of cells that the lake does not have is neither right nor wrong.
  const asked = compared.map(({ name, isRemoved }) => (isRemoved ? `CASE WHEN NOT l."${name} gone" THEN a."${name}" END` : `a."${name}"`));
  const differs = compared.map(({ name }, i) => `l."${name}" IS DISTINCT FROM ${asked[i]}`);
  const pairs = compared.map(({ name }, i) => `l."${name}" AS l${i}, ${asked[i]} AS a${i}`);
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
function isClean(table: TransactionTable, columns: readonly ComparedColumn[]): string {
  const isNumber = (column: ComparedColumn): boolean => column.type === 'float64' || hasNumbers(table, column);
  const numbers = columns.filter(isNumber).map(({ name }) => quote(name));
  const text = 'c.answer IS NOT DISTINCT FROM k.clean_value';
  if (numbers.length === 0) return text;
  const number = 'TRY_CAST(c.answer AS DOUBLE) IS NOT DISTINCT FROM TRY_CAST(k.clean_value AS DOUBLE)';
  return `CASE WHEN k."column" IN (${numbers.join(', ')}) THEN ${number} ELSE ${text} END`;
}
