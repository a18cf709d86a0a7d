// Where the answer key lies, and how that of a folder of CSVs gets there.

import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { UserError } from '../lib/errors.ts';
import { describeFsError } from '../lib/files.ts';
import type { StagedPartition } from '../parquet/manifest.ts';
import { LocalStore } from '../store/local-store.ts';
import type { PartitionRef } from '../store/store.ts';
import { DEFECTS, defectsFolder } from '../tables/defects.ts';
import type { TableName } from '../tables/index.ts';
import { truthOfRun } from './csv-step.ts';

/** A store's root: below it lie `table=<table>/ingest_dt=<date>/`. */
export function defectsRoot({ truthRoot }: Pick<Settings, 'truthRoot'>): string {
  return join(truthRoot, DEFECTS);
}

/** The same under a bucket's prefix. */
export function defectsPrefix({ truthPrefix }: Pick<Settings, 'truthPrefix'>): string {
  return `${truthPrefix}/${DEFECTS}`;
}

/** One folder, one lake. Throws a UserError (exit 2) when another lake's key lies there, but for what `isReplaced`. */
export async function requireOwnKey(
  settings: Pick<Settings, 'truthRoot'>,
  batchId: string,
  isReplaced: (ref: PartitionRef) => boolean = () => false,
): Promise<void> {
  const store = new LocalStore(defectsRoot(settings));
  for (const ref of await store.list()) {
    const manifest = isReplaced(ref) ? undefined : await store.readManifest(ref);
    if (manifest === undefined) continue;
    // Who comes second is refused, so that the first one found speaks for all.
    if (manifest.batch_id === batchId) return;
    throw new UserError(
      `${settings.truthRoot} holds the answer key of another lake: ${store.pathOf(ref)} has batch ${manifest.batch_id}, this lake is ${batchId}`,
      { hint: 'Name another folder with --truth-root, or move that key away.' },
    );
  }
}

/** Copies what a run's folder has of the answer key to where it is published from; nothing where another program wrote the CSVs. */
export async function stageTruthOfRun(
  folder: string,
  stagingRoot: string,
  isWanted: (ref: PartitionRef) => boolean = () => true,
): Promise<StagedPartition[]> {
  const source = new LocalStore(truthOfRun(folder));
  const staged: StagedPartition[] = [];
  for (const ref of (await source.list()).filter(isWanted)) {
    const manifest = await source.readManifest(ref);
    if (manifest === undefined) continue;
    const dir = join(stagingRoot, ref.table, ref.partition);
    await cp(source.pathOf(ref), dir, { recursive: true }).catch((error: unknown) => {
      throw describeFsError(error, dir);
    });
    staged.push({ ...ref, dir, manifest });
  }
  return staged;
}

/**
 * Makes the key of exported partitions that of the run's folder, where their tables are `generated`. What the folder has no
 * key for keeps none: of an earlier export it would be false. Returns how many were removed. Throws a UserError (exit 2) when
 * they are of another lake.
 */
export async function publishTruthOfRun(
  folder: string,
  exported: readonly StagedPartition[],
  generated: readonly TableName[],
  settings: Settings,
): Promise<number> {
  const target = new LocalStore(defectsRoot(settings));
  const places = new Map(exported.map((partition) => [`${defectsFolder(partition.table as TableName)}/${partition.partition}`, partition]));
  const exportedAt = ({ table, partition }: PartitionRef): StagedPartition | undefined => places.get(`${table}/${partition}`);
  const isWanted = (ref: PartitionRef): boolean => generated.includes(exportedAt(ref)?.table as TableName);
  await target.sweepStaging();
  try {
    const staged = await stageTruthOfRun(folder, target.stagingRoot, isWanted);
    if (staged.length > 0) await requireOwnKey(settings, staged[0]!.manifest.batch_id, (ref) => exportedAt(ref) !== undefined);
    const kept = new Set(staged.map(({ table, partition }) => `${table}/${partition}`));
    const stale = (await target.list()).filter((ref) => exportedAt(ref) !== undefined && !kept.has(`${ref.table}/${ref.partition}`));
    const lake = new LocalStore(settings.targetRoot);
    for (const ref of stale) await requireKeyOf(lake, exportedAt(ref)!, target, ref);
    await target.publish(staged);
    await target.remove(stale);
    return stale.length;
  } finally {
    await target.sweepStaging();
  }
}

/** A partition's key is that of what lies in the lake, or of what is about to. */
async function requireKeyOf(
  lake: LocalStore,
  { table, partition, manifest }: StagedPartition,
  keys: LocalStore,
  ref: PartitionRef,
): Promise<void> {
  const key = await keys.readManifest(ref);
  const replaced = await lake.readManifest({ table, partition });
  if (key === undefined || key.batch_id === manifest.batch_id || key.batch_id === replaced?.batch_id) return;
  throw new UserError(
    `${keys.pathOf(ref)} is the answer key of another lake: it has batch ${key.batch_id}, ${lake.pathOf({ table, partition })} ${replaced?.batch_id ?? manifest.batch_id}`,
    { hint: 'Name another folder with --truth-root, or move that key away.' },
  );
}
