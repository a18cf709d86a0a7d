// Finished partitions of the local lake, as they are chosen for an upload.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../lib/errors.ts';
import { forEachConcurrent } from '../lib/files.ts';
import { formatCounted } from '../lib/numbers.ts';
import { SUCCESS_NAME, type StagedPartition } from '../parquet/manifest.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { PartitionRef } from '../store/store.ts';
import { defectsFolder } from '../tables/defects.ts';
import { isTransactionTable, TABLE_NAMES, TRANSACTION_TABLES, type TableName } from '../tables/index.ts';

const READS_IN_FLIGHT = 64;
const NAMED_IN_MESSAGE = 5;

export interface PartitionChoice {
  /** Dates of the transactional tables; undefined: all partitions. */
  readonly dates: ReadonlySet<string> | undefined;
  /** Undefined: all tables; with dates, all that have dates. A dimension that is named goes whole. */
  readonly tables: readonly TableName[] | undefined;
}

/**
 * In order of table and partition. `truth` is what the answer key has of the choice: the lake itself may be gone from here.
 * Throws a UserError (exit 2) for a date that neither has, and a partition that is not finished.
 */
export async function selectPartitions(
  store: LocalStore,
  { dates, tables }: PartitionChoice,
  truth: readonly StagedPartition[] = [],
): Promise<StagedPartition[]> {
  const wanted = TABLE_NAMES.filter((table) => tables?.includes(table) ?? (dates === undefined || isTransactionTable(table)));
  const refs = (await store.list()).filter(({ table, partition }) => {
    const name = wanted.find((candidate) => candidate === table);
    return name !== undefined && (dates === undefined || !isTransactionTable(name) || dates.has(dateOf(partition)));
  });
  if (dates !== undefined && wanted.some(isTransactionTable)) requireDates(store, dates, [...refs, ...truth]);
  if (refs.length === 0 && truth.length === 0)
    throw new UserError(`${store.location}: there is nothing to upload`, { hint: 'Make a lake, or name it with --source.' });
  return readFinished(store, refs);
}

/** The same of the answer key, whose store this is; dimensions have none. Throws a UserError (exit 2) when it has nothing of the choice. */
export async function selectTruth(store: LocalStore, { dates, tables = TRANSACTION_TABLES }: PartitionChoice): Promise<StagedPartition[]> {
  if (!tables.some(isTransactionTable)) return [];
  const folders = new Set(tables.map((table) => defectsFolder(table)));
  const refs = (await store.list()).filter(({ table, partition }) => folders.has(table) && (dates?.has(dateOf(partition)) ?? true));
  if (refs.length === 0) {
    throw new UserError(`${store.location}: there is no answer key to publish`, {
      hint: 'Leave out --publish-truth, or name the key with --truth-root.',
    });
  }
  return readFinished(store, refs);
}

/** Of a transactional table's partition. */
export function dateOf(partition: string): string {
  return partition.slice('ingest_dt='.length);
}

async function readFinished(store: LocalStore, refs: readonly PartitionRef[]): Promise<StagedPartition[]> {
  const selected: StagedPartition[] = [];
  const unfinished: string[] = [];
  await forEachConcurrent(refs.entries(), READS_IN_FLIGHT, async ([index, ref]) => {
    const dir = store.pathOf(ref);
    const marker = await stat(join(dir, SUCCESS_NAME)).catch(() => undefined);
    const manifest = marker === undefined ? undefined : await store.readManifest(ref);
    if (manifest === undefined) unfinished.push(`${ref.table}/${ref.partition}`);
    else selected[index] = { ...ref, dir, manifest };
  });
  if (unfinished.length > 0) {
    throw new UserError(`${store.location}: without manifest or marker, so not finished: ${nameSome(unfinished.toSorted())}`, {
      hint: 'Run what makes them again, then upload.',
    });
  }
  return selected;
}

function requireDates(store: LocalStore, dates: ReadonlySet<string>, refs: readonly PartitionRef[]): void {
  const found = new Set(refs.map(({ partition }) => dateOf(partition)));
  const missing = [...dates].filter((date) => !found.has(date));
  if (missing.length === 0) return;
  throw new UserError(`${store.location} has no partition of ${nameSome(missing)}`, { hint: 'Choose dates that the lake has.' });
}

/** The first few, and how many more. */
export function nameSome(names: readonly string[]): string {
  const more = names.length - NAMED_IN_MESSAGE;
  return `${names.slice(0, NAMED_IN_MESSAGE).join(', ')}${more > 0 ? ` and ${formatCounted(more, 'more', 'more')}` : ''}`;
}
