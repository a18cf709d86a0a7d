// A list of found defects against the answer key.

import { join } from 'node:path';
import { TABLES, type TransactionTable } from '../tables/index.ts';
import { quote, readParquet, type Duck } from '../verify/deep/duck.ts';
import type { AnsweredTable } from './answer-files.ts';
import { INGEST_DT, isClean } from './cell-values.ts';
import type { ComparedColumn } from './compared-columns.ts';
import { OTHER, type CellCount } from './score-table.ts';

export interface ListScore {
  readonly byTable: ReadonlyMap<TransactionTable, readonly CellCount[]>;
  /** Cells of the list that no table's key has: the list does not say of which table they are. */
  readonly strangers: readonly CellCount[];
}

/**
 * `folders`: the answer key's partitions by table; `columns`: those of the lake, with the names that a list may give them.
 * A cell that is listed several times counts once, and is repaired when all its values are right.
 */
export async function scoreList(
  duck: Duck,
  list: AnsweredTable,
  folders: ReadonlyMap<TransactionTable, readonly string[]>,
  columns: ReadonlyMap<TransactionTable, readonly ComparedColumn[]> = new Map(),
): Promise<ListScore> {
  const hasValue = list.types.has('clean_value');
  await duck.run(`CREATE OR REPLACE TEMP TABLE listed AS
    SELECT event_id, lower("column") AS "column", ${hasValue ? 'CAST(clean_value AS VARCHAR)' : 'NULL::VARCHAR'} AS clean_value, false AS is_known
    FROM ${list.source}`);
  const byTable = new Map<TransactionTable, CellCount[]>();
  for (const [table, own] of folders) {
    const key = readParquet(own.map((folder) => join(folder, '*.parquet')));
    await duck.run(`CREATE OR REPLACE TEMP TABLE key_cells AS SELECT event_id, "column", kind, clean_value FROM ${key}`);
    const named = contractName(columns.get(table) ?? []);
    const isRight = isClean([...TABLES[table].columns, INGEST_DT], 'k."column"', 'l.clean_value', 'k.clean_value');
    const cells = await duck.rows(`
      SELECT "column", kind, count(*) AS defects, count(*) FILTER (is_listed) AS detected, count(*) FILTER (is_listed AND is_right) AS repaired, 0 AS wrong
      FROM (
        SELECT k."column", k.kind, count(l.event_id) > 0 AS is_listed, bool_and(${hasValue ? isRight : 'false'}) AS is_right
        FROM key_cells k LEFT JOIN listed l ON l.event_id = k.event_id AND ${named('l')} = k."column" GROUP BY k.event_id, k."column", k.kind)
      GROUP BY ALL`);
    byTable.set(table, cells as unknown as CellCount[]);
    await duck.run(
      `UPDATE listed SET is_known = true FROM key_cells k WHERE listed.event_id = k.event_id AND ${named('listed')} = k."column"`,
    );
  }
  const strangers = await duck.rows(`
    SELECT "column", '${OTHER}' AS kind, 0 AS defects, 0 AS detected, 0 AS repaired, count(DISTINCT (event_id, "column")) AS wrong
    FROM listed WHERE NOT is_known GROUP BY ALL`);
  return { byTable, strangers: strangers as unknown as CellCount[] };
}

/** SQL: the contract's name of a listed column, which may go by a name of the lake's files. */
function contractName(columns: readonly ComparedColumn[]): (list: string) => string {
  const renamed = columns.flatMap(({ name, names }) => names.filter((other) => other !== name).map((other) => ({ name, other })));
  const cases = renamed.map(({ name, other }) => `WHEN ${quote(other.toLowerCase())} THEN ${quote(name)}`);
  return (list) => (cases.length === 0 ? `${list}."column"` : `CASE ${list}."column" ${cases.join(' ')} ELSE ${list}."column" END`);
}
