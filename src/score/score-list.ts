// A list of found defects against the answer key.

import { join } from 'node:path';
import type { TransactionTable } from '../tables/index.ts';
import { readParquet, type Duck } from '../verify/deep/duck.ts';
import type { AnsweredTable } from './read-answer.ts';
import { OTHER, type CellCount } from './score-table.ts';

export interface ListScore {
  readonly byTable: ReadonlyMap<TransactionTable, readonly CellCount[]>;
  /** Cells of the list that no table's key has: the list does not say of which table they are. */
  readonly strangers: readonly CellCount[];
}

/** `folders`: the answer key's partitions by table. A cell that is listed several times counts once. */
export async function scoreList(
  duck: Duck,
  list: AnsweredTable,
  folders: ReadonlyMap<TransactionTable, readonly string[]>,
): Promise<ListScore> {
  const hasValue = list.types.has('clean_value');
  const cleanValue = hasValue ? 'max(CAST(clean_value AS VARCHAR))' : 'NULL::VARCHAR';
  await duck.run(`CREATE OR REPLACE TEMP TABLE listed AS
    SELECT event_id, "column", ${cleanValue} AS clean_value, false AS is_known FROM ${list.source} GROUP BY event_id, "column"`);
  const byTable = new Map<TransactionTable, CellCount[]>();
  for (const [table, own] of folders) {
    const key = readParquet(own.map((folder) => join(folder, '*.parquet')));
    await duck.run(`CREATE OR REPLACE TEMP TABLE key_cells AS SELECT event_id, "column", kind, clean_value FROM ${key}`);
    const cells = await duck.rows(`
      SELECT k."column", k.kind, count(*) AS defects, count(l.event_id) AS detected,
        count(l.event_id) FILTER (${hasValue ? 'l.clean_value IS NOT DISTINCT FROM k.clean_value' : 'false'}) AS repaired, 0 AS wrong
      FROM key_cells k LEFT JOIN listed l ON l.event_id = k.event_id AND l."column" = k."column" GROUP BY ALL`);
    byTable.set(table, cells as unknown as CellCount[]);
    await duck.run(
      `UPDATE listed SET is_known = true FROM key_cells k WHERE listed.event_id = k.event_id AND listed."column" = k."column"`,
    );
  }
  const strangers = await duck.rows(`
    SELECT "column", '${OTHER}' AS kind, 0 AS defects, 0 AS detected, 0 AS repaired, count(*) AS wrong FROM listed WHERE NOT is_known GROUP BY ALL`);
  return { byTable, strangers: strangers as unknown as CellCount[] };
}
