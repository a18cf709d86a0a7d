// A list of found defects against the answer key, and against the lake for what the key does not have.

import { join } from 'node:path';
import { TABLES, type TransactionTable } from '../tables/index.ts';
import { quote, quoteList, readParquet, type Duck } from '../verify/deep/duck.ts';
import type { AnsweredTable } from './answer-files.ts';
import { INGEST_DT, isClean } from './cell-values.ts';
import type { ComparedColumn } from './compared-columns.ts';
import { lakeRows, parts } from './lake-rows.ts';
import type { PartitionFolder } from './partition-folders.ts';
import { DELIVERED, LOOKS_LIKE, OTHER, type CellCount } from './score-table.ts';

export interface ListScore {
  readonly byTable: ReadonlyMap<TransactionTable, readonly CellCount[]>;
  /** Cells of the list that no table of the lake has. */
  readonly strangers: readonly CellCount[];
}

/** What a list is held against. */
export interface ListedTable {
  readonly partitions: readonly PartitionFolder[];
  /** Of the lake, with the names that a list may give them. */
  readonly columns: readonly ComparedColumn[];
}

/** Whether a list says what its cells should be. */
export function saysValues({ types }: AnsweredTable): boolean {
  return types.has('clean_value');
}

/**
 * A cell that is listed several times counts once, and is repaired when all its values are right. `unscored`: folders of the
 * key whose partitions the lake does not have. What is listed of them is neither right nor wrong, nor is then any other cell
 * that the lake does not have: nothing tells them apart.
 */
export async function scoreList(
  duck: Duck,
  list: AnsweredTable,
  tables: ReadonlyMap<TransactionTable, ListedTable>,
  unscored: readonly string[],
): Promise<ListScore> {
  await duck.run(`CREATE OR REPLACE TEMP TABLE listed AS
    SELECT event_id, coalesce(lower("column"), '') AS "column", ${saysValues(list) ? 'CAST(clean_value AS VARCHAR)' : 'NULL::VARCHAR'} AS clean_value,
      false AS is_placed
    FROM ${list.source}`);
  if (unscored.length > 0) {
    const key = readParquet(unscored.map((folder) => join(folder, '*.parquet')));
    await duck.run(`DELETE FROM listed USING ${key} k WHERE listed.event_id = k.event_id`);
  }
  const byTable = new Map<TransactionTable, CellCount[]>();
  for (const [table, own] of tables) byTable.set(table, await scoreKey(duck, table, own, saysValues(list)));
  for (const [table, own] of tables) byTable.get(table)!.push(...(await falseAlarms(duck, table, own, saysValues(list))));
  if (unscored.length > 0) return { byTable, strangers: [] };
  return { byTable, strangers: await countAlarms(duck, `SELECT event_id, "column", '${OTHER}' AS kind FROM listed WHERE NOT is_placed`) };
}

/** Cells of the table's key. */
async function scoreKey(
  duck: Duck,
  table: TransactionTable,
  { partitions, columns }: ListedTable,
  hasValues: boolean,
): Promise<CellCount[]> {
  const key = readParquet(parts(partitions, 'key'));
  await duck.run(`CREATE OR REPLACE TEMP TABLE key_cells AS SELECT event_id, "column", kind, clean_value FROM ${key}`);
  const named = contractName(columns);
  const isRight = isClean([...TABLES[table].columns, INGEST_DT], 'k."column"', 'l.clean_value', 'k.clean_value');
  const cells = await duck.rows(`
    SELECT "column", kind, count(*) AS defects, count(*) FILTER (is_listed) AS detected, count(*) FILTER (is_listed AND is_right) AS repaired, 0 AS wrong
    FROM (
      SELECT k."column", k.kind, count(l.event_id) > 0 AS is_listed, bool_and(${hasValues ? isRight : 'false'}) AS is_right
      FROM key_cells k LEFT JOIN listed l ON l.event_id = k.event_id AND ${named('l')} = k."column" GROUP BY k.event_id, k."column", k.kind)
    GROUP BY ALL`);
  await duck.run(
    `UPDATE listed SET is_placed = true FROM key_cells k WHERE listed.event_id = k.event_id AND ${named('listed')} = k."column"`,
  );
  return cells as unknown as CellCount[];
}

/**
 * Sound cells of the table that the list takes for defects; by what it says of them they look like a kind. As in a cleaned
 * lake, nothing is asked of columns that drift added, nor of removed ones where they are gone.
 */
async function falseAlarms(
  duck: Duck,
  table: TransactionTable,
  { partitions, columns }: ListedTable,
  hasValues: boolean,
): Promise<CellCount[]> {
  const own = columns.map(({ name }) => name);
  const added = partitions.flatMap(({ schema }) => schema.columns.filter(({ of }) => of === undefined).map(({ name }) => name));
  const removed = TABLES[table].columns.map(({ name }) => name).filter((name) => !own.includes(name));
  const unasked = new Set([...added, ...removed]);
  const names = [...own, DELIVERED, INGEST_DT.name, ...unasked];
  const named = contractName(columns)('listed');
  await duck.run(`CREATE OR REPLACE TEMP TABLE alarms AS
    SELECT event_id, ${named} AS "column", min(clean_value) AS answer
    FROM listed WHERE NOT is_placed AND ${named} IN ${quoteList(names)} GROUP BY ALL`);
  const asked = new Set((await duck.rows('SELECT DISTINCT "column" AS name FROM alarms')).map(({ name }) => name as string));
  if (asked.size === 0) return [];
  const read = columns.filter(({ name }) => asked.has(name));
  const cells = read.map(({ name }) => `WHEN ${quote(name)} THEN CAST(l."${name}" AS VARCHAR)`);
  const dirty = cells.length === 0 ? 'NULL::VARCHAR' : `CASE a."column" ${cells.join(' ')} END`;
  const gone = read.filter(({ isRemoved }) => isRemoved).map(({ name }) => `WHEN ${quote(name)} THEN l."${name} gone"`);
  const isGone = gone.length === 0 ? 'false' : `CASE a."column" ${gone.join(' ')} ELSE false END`;
  const isUnasked = unasked.size === 0 ? isGone : `a."column" IN ${quoteList([...unasked])} OR ${isGone}`;
  await duck.run(`CREATE OR REPLACE TEMP TABLE found AS
    SELECT event_id, a."column", any_value(answer) AS answer, any_value(${dirty}) AS dirty,
      bool_and(${isUnasked}) AS is_unasked
    FROM (${lakeRows(table, partitions, read)}) l JOIN alarms a USING (event_id) GROUP BY ALL`);
  await duck.run(`UPDATE listed SET is_placed = true FROM found f WHERE listed.event_id = f.event_id AND ${named} = f."column"`);
  const isOfFiles = `"column" IN ${quoteList(own)}`;
  const kind = hasValues ? `CASE WHEN ${isOfFiles} THEN ${LOOKS_LIKE} ELSE '${OTHER}' END` : `'${OTHER}'`;
  return countAlarms(duck, `SELECT event_id, "column", ${kind} AS kind FROM found WHERE NOT is_unasked`);
}

async function countAlarms(duck: Duck, cells: string): Promise<CellCount[]> {
  const rows = await duck.rows(`
    SELECT "column", kind, 0 AS defects, 0 AS detected, 0 AS repaired, count(DISTINCT (event_id, "column")) AS wrong FROM (${cells}) GROUP BY ALL`);
  return rows as unknown as CellCount[];
}

/** SQL: the contract's name of a listed column, which may go by a name of the lake's files. */
function contractName(columns: readonly ComparedColumn[]): (list: string) => string {
  const renamed = columns.flatMap(({ name, names }) => names.filter((other) => other !== name).map((other) => ({ name, other })));
  const cases = renamed.map(({ name, other }) => `WHEN ${quote(other.toLowerCase())} THEN ${quote(name)}`);
  return (list) => (cases.length === 0 ? `${list}."column"` : `CASE ${list}."column" ${cases.join(' ')} ELSE ${list}."column" END`);
}
