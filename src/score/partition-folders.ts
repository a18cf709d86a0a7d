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

/** Throws a UserError (exit 2) where the key lacks a partition of the lake: it is then the key of another one. */
export async function partitionFolders(
  root: string,
  keyRoot: string,
  table: TransactionTable,
  windowRows = WINDOW_ROWS,
): Promise<PartitionFolder[][]> {
  const windows: PartitionFolder[][] = [];
  let rows = 0;
  for await (const { partition, manifest } of new LocalStore(root).partitions(table)) {
    const key = join(keyRoot, defectsFolder(table), partition);
    if (!existsSync(key)) {
      throw new UserError(`${key} is missing: this is not the answer key of ${root}`, {
        hint: 'Name the key that was made with the lake with --truth.',
      });
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
