// The folder a benchmark works in, and the settings of its lake.

import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultConfig } from '../src/config/load.ts';
import { resolveSettings, type Settings } from '../src/config/settings.ts';
import type { Config } from '../src/config/schema.ts';
import { parseCsv } from '../src/csv/read.ts';
import type { Effects } from '../src/events.ts';
import { loadLookups, type Lookups } from '../src/lookups/load.ts';
import { TABLES, type DimensionTable } from '../src/tables/index.ts';

/** What every case is told. */
export interface Workload {
  readonly folder: string;
  readonly firstDay: number;
  readonly days: number;
  readonly scale: number;
}

/** The batch of CSVs and of parts that no run describes. */
export const BATCH_ID = 'backlog-0123456789ab';

const CONFIG = join(import.meta.dirname, '../gen_config/ecom_sales_gen_quick.yaml');

/** Lookups and CSVs that are made once, before anything is timed. */
export const artifactsOf = ({ folder }: Workload): string => join(folder, 'artifacts');
export const lookupsOf = (workload: Workload): string => join(artifactsOf(workload), 'static_lookups');
export const csvsOf = ({ folder }: Workload): string => join(folder, 'csv');

export function settingsFor(workload: Workload, flags: Readonly<Record<string, string | boolean>>): { settings: Settings; config: Config } {
  const { settings, config } = resolveSettings({ config: CONFIG, scale: String(workload.scale), ...flags }, {});
  return { settings, config };
}

/** Nobody listens and nothing interrupts. */
export const silent: Effects = { emit: () => undefined, clock: () => new Date(), signal: new AbortController().signal };

export function readLookups(workload: Workload): { config: Config; lookups: Lookups } {
  const config = defaultConfig();
  const parse = (table: DimensionTable) => {
    const path = join(lookupsOf(workload), `${table}.csv`);
    return parseCsv(readFileSync(path), TABLES[table], path);
  };
  return { config, lookups: loadLookups(parse('customers'), parse('product_catalog'), config) };
}

/**
 * A folder for one case. It stays until the whole benchmark is done: ext4 looks for a new file's inode past all that were
 * deleted in the last minute, and what one case deletes would slow the next.
 */
export function makeScratch({ folder }: Workload): string {
  return mkdtempSync(join(folder, 'case-'));
}
