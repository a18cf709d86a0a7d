// What a lake holds: counted from its manifests, or worked out before it exists.

import { comesTwice } from '../config/planted-kinds.ts';
import type { Config } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import type { Effects, LakeSummary, TableTotals, TruthSummary } from '../events.ts';
import { formatDay } from '../lib/days.ts';
import { partitionBytes } from '../parquet/manifest.ts';
import { identityFromManifests } from '../store/identity.ts';
import { LocalStore } from '../store/local-store.ts';
import type { Store } from '../store/store.ts';
import { TABLE_NAMES, TRANSACTION_TABLES, type TableName } from '../tables/index.ts';
import { defectsRoot } from './answer-key.ts';
import { splitChunks } from './chunk-maker.ts';
import { prepareRun } from './prepare-run.ts';

/** Parquet bytes a row and a part, measured on the default lake at medium mess. */
const BYTES_PER_ROW: Record<TableName, number> = {
  customers: 95,
  product_catalog: 40,
  shopping_carts: 40,
  cart_items: 27,
  orders: 100,
  order_items: 28,
  returns: 60,
  return_items: 34,
};
const BYTES_PER_PART = 3_000;

export async function summarizeLake(store: Store): Promise<Pick<LakeSummary, 'root' | 'tables' | 'identity'>> {
  const totals = new Map<string, TableTotals>();
  const identity = await identityFromManifests(store, ({ table, manifest }) => {
    const total = totals.get(table) ?? { table, rows: 0, partitions: 0, files: 0, bytes: 0 };
    totals.set(table, total);
    total.rows += manifest.total_rows;
    total.partitions++;
    total.files += manifest.files.length;
    total.bytes += partitionBytes(manifest);
  });
  return { root: store.location, tables: TABLE_NAMES.flatMap((table) => totals.get(table) ?? []), identity };
}

/** Undefined when nothing is there: a clean lake has no answer key. */
export async function summarizeTruth(settings: Pick<Settings, 'truthRoot'>): Promise<TruthSummary | undefined> {
  const store = new LocalStore(defectsRoot(settings));
  const summary = { root: settings.truthRoot, defects: 0, partitions: 0, files: 0, bytes: 0 };
  const identity = await identityFromManifests(store, ({ manifest }) => {
    summary.defects += manifest.total_rows;
    summary.partitions++;
    summary.files += manifest.files.length;
    summary.bytes += partitionBytes(manifest);
  });
  return summary.partitions === 0 ? undefined : { ...summary, identity };
}

/** Plans in memory; lookups are built too when there are none, and written nowhere. */
export async function estimateLake(config: Config, settings: Settings, fx: Effects): Promise<LakeSummary> {
  const { plan, arrivals, ready } = await prepareRun(config, settings, settings.endDate, fx, { dryRun: true });
  const rowsAndPartitions = (table: TableName): [rows: number, partitions: number] => {
    if (table === 'customers') return [ready.lookups.customers.count, ready.partitions.customers];
    if (table === 'product_catalog') return [ready.lookups.products.count, ready.partitions.product_catalog];
    return [arrivals[table][plan.days]!, plan.days];
  };
  const tables = TABLE_NAMES.map((table) => {
    const [rows, partitions] = rowsAndPartitions(table);
    return { table, rows, partitions, files: partitions, bytes: rows * BYTES_PER_ROW[table] + partitions * BYTES_PER_PART };
  });
  const chunks = splitChunks(settings.startDate - 1, settings.endDate, settings.chunkSize);
  return {
    root: settings.targetRoot,
    tables,
    identity: undefined,
    elapsedMs: 0,
    start: formatDay(settings.startDate),
    end: formatDay(settings.endDate),
    chunks: chunks.length,
    estimated: true,
    note: TRANSACTION_TABLES.some((table) => comesTwice(config, settings.messinessLevel, table))
      ? 'rows that the mess repeats (redelivered_rows, corrections) come on top'
      : undefined,
  };
}
