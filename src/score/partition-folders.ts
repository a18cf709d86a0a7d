// The partitions of one table, lake and answer key side by side, in windows of days that fit into memory.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../lib/errors.ts';
import { LocalStore } from '../store/local-store.ts';
import { defectsFolder } from '../tables/defects.ts';
import type { FileSchema } from '../tables/file-schema.ts';
import { TABLES, type TransactionTable } from '../tables/index.ts';
import { readParquet, type Duck } from '../verify/deep/duck.ts';
import { judgedDefects } from '../verify/deep/key-cells.ts';
import { parts } from './lake-rows.ts';
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
/** Rows by which the key of another lake shows. */
const PROBED_ROWS = 20_000;

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
    if (keyManifest === undefined) {
      throw otherKey(`${key} is missing`, root, 'Days exported from CSVs without a key have none, and cannot be scored.');
    }
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

/** Partitions of the key that the lake does not have. */
export function keyOnly(keyRoot: string, table: TransactionTable, windows: readonly PartitionFolder[][]): string[] {
  const root = join(keyRoot, defectsFolder(table));
  if (!existsSync(root)) return [];
  const own = new Set(windows.flat().map(({ key }) => key));
  return readdirSync(root)
    .filter((name) => name.startsWith(`${TABLES[table].partitionKey}=`))
    .toSorted()
    .map((name) => join(root, name))
    .filter((folder) => !own.has(folder));
}

/**
 * Holds the key's first defects against the lake: lakes that differ in nothing but their mess have the same batch. Throws a
 * UserError (exit 2).
 */
export async function requireOwnKey(
  duck: Duck,
  root: string,
  table: TransactionTable,
  windows: readonly PartitionFolder[][],
): Promise<void> {
  const [first, ...others] = windows.flat();
  if (first === undefined) return;
  const own = [first];
  let { rows } = first;
  for (const partition of others) {
    if (rows >= PROBED_ROWS || partition.schema.version !== first.schema.version) break;
    own.push(partition);
    rows += partition.rows;
  }
  const [key, lake] = (['key', 'lake'] as const).map((side) => readParquet(parts(own, side)));
  for (const { partition, defects, rowless, untrue } of await duck.rows(judgedDefects(table, first.schema.columns, key!, lake!))) {
    const wrong = (rowless as number) + (untrue as number);
    if (wrong > 0)
      throw otherKey(`${wrong} of ${defects as number} defects of ${table}/${partition as string} are not what the lake has there`, root);
  }
}

function otherKey(message: string, root: string, also = 'ecomlake verify --deep says what is wrong with a key.'): UserError {
  return new UserError(`${message}: this is not the answer key of ${root}`, {
    hint: `Name the key that was made with the lake with --truth. ${also}`,
  });
}
