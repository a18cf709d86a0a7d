// Which columns the files of a lake have, by its config: numbers are text where number_formats is planted, and drift changes columns by date.

import { changesByDate, driftedSchema, type Drift } from '../tables/drift.ts';
import { fileSchema, type FileSchemas } from '../tables/file-schema.ts';
import { TABLE_NAMES, TABLES, TRANSACTION_TABLES } from '../tables/index.ts';
import { plantsNothing } from './mess-levels.ts';
import { plantedIn } from './planted-kinds.ts';
import type { Config } from './schema.ts';

/** The changes to columns that a level plants. */
export function driftOf({ mess }: Pick<Config, 'mess'>, level: string): Drift {
  return plantsNothing(level) ? [] : mess.drift;
}

/** Of the CSVs, in which nothing drifts: columns by name, the same on every day. */
export function csvSchemas(config: Pick<Config, 'mess'>, level: string): FileSchemas {
  const own = new Map(TABLE_NAMES.map((table) => [table, fileSchema(TABLES[table], plantedIn(config, level, 'number_formats', table))]));
  return (table) => own.get(table)!;
}

/** Columns of the contract that drift takes away, as `table.column`, each with the first date without it; none after `lastDate`. */
export function removedColumns(config: Pick<Config, 'mess'>, level: string, lastDate: string): Map<string, string> {
  const drift = driftOf(config, level);
  const schemas = fileSchemas(config, level);
  const removed = new Map<string, string>();
  for (const table of TRANSACTION_TABLES) {
    for (const date of changesByDate(drift, table).keys()) {
      if (date > lastDate) break;
      const kept = new Set(schemas(table, date).columns.map(({ of }) => of));
      for (const { name } of TABLES[table].columns)
        if (!kept.has(name) && !removed.has(`${table}.${name}`)) removed.set(`${table}.${name}`, date);
    }
  }
  return removed;
}

/** Of the lake's Parquet files. */
export function fileSchemas(config: Pick<Config, 'mess'>, level: string): FileSchemas {
  const base = csvSchemas(config, level);
  const drift = driftOf(config, level);
  return (table, value) => driftedSchema(base(table, value), drift, table, value);
}
