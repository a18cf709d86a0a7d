// The partitions of one table, lake and answer key side by side, in windows of days that fit into memory.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../lib/errors.ts';
import { LocalStore } from '../store/local-store.ts';
import { defectsFolder } from '../tables/defects.ts';
import type { FileSchema } from '../tables/file-schema.ts';
import { TABLES, type TransactionTable } from '../tables/index.ts';
import { partitionSchema } from './partition-schema.ts';

export interface PartitionFolder {
  /** Folder of the lake's partition. */
  readonly lake: string;
  /** Folder of the key's. */
  readonly key: string;
  readonly rows: number;
  /** Of the lake's files. */
  readonly schema: FileSchema;
}

/** Rows of a window: some 300 bytes each in memory, in the lake's form and in the answer's. */
const WINDOW_ROWS = 1_000_000;
const WINDOW_DAYS = 200;

/** None where the lake lacks the table. Throws a UserError (exit 2) where the key is not that of the lake. */
export async function partitionFolders(
  root: string,
  keyRoot: string,
  table: TransactionTable,
  windowRows = WINDOW_ROWS,
): Promise<PartitionFolder[][]> {
  const windows: PartitionFolder[][] = [];
  const keys = new LocalStore(keyRoot);
  let rows = 0;
  for await (const { partition, manifest } of new LocalStore(root).partitions(table)) {
    const key = join(keyRoot, defectsFolder(table), partition);
    const keyManifest = existsSync(key) ? await keys.readManifest({ table: defectsFolder(table), partition }) : undefined;
    if (keyManifest === undefined) throw otherKey(`${key} is missing`, root);
    if (keyManifest.batch_id !== manifest.batch_id) {
      throw otherKey(`${key} is of batch ${keyManifest.batch_id}, and ${join(root, table, partition)} of ${manifest.batch_id}`, root);
    }
    const current = windows.at(-1);
    if (current === undefined || rows + manifest.total_rows > windowRows || current.length === WINDOW_DAYS) {
      windows.push([]);
      rows = 0;
    }
    windows.at(-1)!.push({
      lake: join(root, table, partition),
      key,
      rows: manifest.total_rows,
      schema: partitionSchema(TABLES[table], manifest, key),
    });
    rows += manifest.total_rows;
  }
  return windows;
}

function otherKey(message: string, root: string): UserError {
  return new UserError(`${message}: this is not the answer key of ${root}`, {
    hint: 'Name the key that was made with the lake with --truth.',
  });
}
