// A list of found defects against the answer key.

import { join } from 'node:path';
import type { TransactionTable } from '../tables/index.ts';
import { quote, readParquet, type Duck } from '../verify/deep/duck.ts';
import type { ComparedColumn } from './compared-columns.ts';
import type { AnsweredTable } from './read-answer.ts';
import { OTHER, type CellCount } from './score-table.ts';

export interface ListScore {
  readonly byTable: ReadonlyMap<TransactionTable, readonly CellCount[]>;
  /** Cells of the list that no table's key has: the list does not say of which table they are. */
  readonly strangers: readonly CellCount[];
}

/**
 * `folders`: the answer key's partitions by table; `columns`: those of the lake, with the names that a list may give them.
 * A cell that is listed several times counts once.
 */
export async function scoreList(
  duck: Duck,
  list: AnsweredTable,
  folders: ReadonlyMap<TransactionTable, readonly string[]>,
  columns: ReadonlyMap<TransactionTable, readonly ComparedColumn[]> = new Map(),
): Promise<ListScore> {
  const hasValue = list.types.has('clean_value');
  const cleanValue = hasValue ? 'max(CAST(clean_value AS VARCHAR))' : 'NULL::VARCHAR';
  await duck.run(`CREATE OR REPLACE TEMP TABLE listed AS
    SELECT event_id, "column", ${cleanValue} AS clean_value, false AS is_known FROM ${list.source} GROUP BY event_id, "column"`);
  const byTable = new Map<TransactionTable, CellCount[]>();
  for (const [table, own] of folders) {
    const key = readParquet(own.map((folder) => join(folder, '*.parquet')));
    await duck.run(`CREATE OR REPLACE TEMP TABLE key_cells AS SELECT event_id, "column", kind, clean_value FROM ${key}`);
    const named = contractName(columns.get(table) ?? []);
    const cells = await duck.rows(`
      WITH own AS (SELECT event_id, ${named} AS "column", max(clean_value) AS clean_value FROM listed GROUP BY ALL)
      SELECT k."column", k.kind, count(*) AS defects, count(l.event_id) AS detected,
        count(l.event_id) FILTER (${hasValue ? 'l.clean_value IS NOT DISTINCT FROM k.clean_value' : 'false'}) AS repaired, 0 AS wrong
      FROM key_cells k LEFT JOIN own l ON l.event_id = k.event_id AND l."column" = k."column" GROUP BY ALL`);
    byTable.set(table, cells as unknown as CellCount[]);
    await duck.run(`UPDATE listed SET is_known = true FROM key_cells k WHERE listed.event_id = k.event_id AND ${named} = k."column"`);
  }
  const strangers = await duck.rows(`
    SELECT "column", '${OTHER}' AS kind, 0 AS defects, 0 AS detected, 0 AS repaired, count(*) AS wrong FROM listed WHERE NOT is_known GROUP BY ALL`);
  return { byTable, strangers: strangers as unknown as CellCount[] };
}

/** SQL: the contract's name of a listed column, which may go by a name of the lake's files. */
function contractName(columns: readonly ComparedColumn[]): string {
  const renamed = columns.flatMap(({ name, names }) => names.filter((other) => other !== name).map((other) => ({ name, other })));
  if (renamed.length === 0) return 'listed."column"';
  return `CASE listed."column" ${renamed.map(({ name, other }) => `WHEN ${quote(other)} THEN ${quote(name)}`).join(' ')} ELSE listed."column" END`;
}
