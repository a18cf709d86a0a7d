// Where the answer key lies, and how that of a folder of CSVs gets there.

import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { describeFsError } from '../lib/files.ts';
import type { StagedPartition } from '../parquet/manifest.ts';
import { LocalStore } from '../store/local-store.ts';
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

/** Publishes what a run's folder knows of these partitions; nothing where another program wrote the CSVs. */
export async function publishTruthOfRun(folder: string, exported: readonly StagedPartition[], settings: Settings): Promise<void> {
  const source = new LocalStore(truthOfRun(folder));
  const target = new LocalStore(defectsRoot(settings));
  const isWanted = new Set(exported.map(({ table, partition }) => `${defectsFolder(table as TableName)}/${partition}`));
  const staged: StagedPartition[] = [];
  try {
    for (const ref of await source.list()) {
      const manifest = isWanted.has(`${ref.table}/${ref.partition}`) ? await source.readManifest(ref) : undefined;
      if (manifest === undefined) continue;
      const dir = join(target.stagingRoot, ref.table, ref.partition);
      await cp(source.pathOf(ref), dir, { recursive: true }).catch((error: unknown) => {
        throw describeFsError(error, dir);
      });
      staged.push({ ...ref, dir, manifest });
    }
    await target.publish(staged);
  } finally {
    await target.sweepStaging();
  }
}
