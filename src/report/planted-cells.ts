// What the answer key says was planted: cells by table, column and kind.

import { join } from 'node:path';
import { listEntries } from '../lib/files.ts';
import { DEFECTS, defectsFolder } from '../tables/defects.ts';
import { TRANSACTION_TABLES, type TransactionTable } from '../tables/index.ts';
import { readParquet } from '../verify/deep/duck.ts';
import type { PlantedCells } from './figures.ts';
import type { RowSource } from './row-source.ts';

/** Files opened at once. */
const DATES_AT_ONCE = 400;

/** Undefined when there is no answer key under `truthRoot`. */
export async function countPlanted(source: RowSource, truthRoot: string): Promise<PlantedCells[] | undefined> {
  const planted: PlantedCells[] = [];
  let isThere = false;
  for (const table of TRANSACTION_TABLES) {
    const folder = join(truthRoot, DEFECTS, defectsFolder(table));
    const dates = (await listEntries(folder)).filter((entry) => entry.isDirectory());
    const parts: string[] = [];
    for (const { name } of dates) {
      const files = await listEntries(join(folder, name));
      parts.push(...files.filter((file) => file.name.endsWith('.parquet')).map((file) => join(folder, name, file.name)));
    }
    if (parts.length > 0) isThere = true;
    planted.push(...(await countTable(source, table, parts)));
  }
  return isThere ? planted : undefined;
}

async function countTable(source: RowSource, table: TransactionTable, parts: readonly string[]): Promise<PlantedCells[]> {
  const found = new Map<string, PlantedCells>();
  for (let from = 0; from < parts.length; from += DATES_AT_ONCE) {
    const rows = await source.rows(
      `SELECT "column", kind, count(*) AS cells FROM ${readParquet(parts.slice(from, from + DATES_AT_ONCE))} GROUP BY ALL`,
    );
    for (const row of rows) {
      const { column, kind, cells } = row as { column: string; kind: string; cells: number };
      const key = `${column}|${kind}`;
      found.set(key, { table, column, kind, cells: (found.get(key)?.cells ?? 0) + cells });
    }
  }
  return [...found.values()].toSorted((a, b) => a.column.localeCompare(b.column, 'en') || a.kind.localeCompare(b.kind, 'en'));
}
