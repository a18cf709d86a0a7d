// What the manifests of a lake say: rows and bytes of every partition, and the parts that can be read.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableTotals } from '../events.ts';
import { describeFsError, errorCode, forEachConcurrent, listEntries } from '../lib/files.ts';
import { MANIFEST_NAME, partitionBytes, type Manifest } from '../parquet/manifest.ts';
import { schemaOfManifest, type FileSchema } from '../tables/file-schema.ts';
import { TABLE_NAMES, TABLES, type TableName } from '../tables/index.ts';
import { readManifestText } from '../verify/lake-files.ts';
import type { CheckReport } from '../verify/report.ts';
import { interruptedReport } from './interrupted.ts';

const MANIFESTS_IN_FLIGHT = 32;
/** Checks whose faults name files that cannot be trusted to be readable. */
const FILE_CHECKS: ReadonlySet<string> = new Set(['files', 'sums', 'footers', 'readable']);

export interface Partition {
  readonly table: TableName;
  /** The partition key's value, such as `2020-03-01`. */
  readonly value: string;
  readonly rows: number;
  readonly bytes: number;
  readonly files: number;
  /** As far as its manifest tells. */
  readonly schema: FileSchema;
  /** Full paths of the sound ones. */
  readonly parts: readonly string[];
}

export interface Partitions {
  /** In order of table and value. */
  readonly list: readonly Partition[];
  /** Partitions without a usable manifest. */
  readonly unreadable: number;
  /** Parts left out since a check found fault with them. */
  readonly damagedParts: number;
}

/** Throws a UserError (exit 3) when told to stop. */
export async function readPartitions(root: string, checks: readonly CheckReport[], signal: AbortSignal): Promise<Partitions> {
  const damaged = new Set(checks.filter(({ name }) => FILE_CHECKS.has(name)).flatMap(({ faults }) => faults.map(({ place }) => place)));
  const folders: { table: TableName; folder: string }[] = [];
  for (const table of TABLE_NAMES) {
    const prefix = `${TABLES[table].partitionKey}=`;
    for (const entry of await listEntries(join(root, table))) {
      if (entry.isDirectory() && entry.name.startsWith(prefix)) folders.push({ table, folder: entry.name });
    }
  }
  const found: (Partition | undefined)[] = folders.map(() => undefined);
  let damagedParts = 0;
  await forEachConcurrent(folders.entries(), MANIFESTS_IN_FLIGHT, async ([index, { table, folder }]) => {
    if (signal.aborted) throw interruptedReport();
    const place = `${table}/${folder}`;
    const manifest = await readManifest(join(root, place));
    if (manifest === undefined) return;
    const names = manifest.files.map(({ path }) => path);
    const sound = names.filter((name) => !damaged.has(place) && !damaged.has(`${place}/${name}`));
    damagedParts += names.length - sound.length;
    found[index] = {
      table,
      value: folder.slice(folder.indexOf('=') + 1),
      rows: manifest.total_rows,
      bytes: partitionBytes(manifest),
      files: names.length,
      schema: schemaOfManifest(TABLES[table], manifest.columns, manifest.table_schema_version),
      parts: sound.map((name) => join(root, place, name)),
    };
  });
  const list = found.flatMap((partition) => partition ?? []);
  return { list, unreadable: found.length - list.length, damagedParts };
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, MANIFEST_NAME);
  try {
    const manifest = readManifestText(await readFile(path, 'utf8'), path);
    return 'problem' in manifest ? undefined : manifest;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw describeFsError(error, path);
  }
}

/** Sums a table, in the contract's order. */
export function countSizes(list: readonly Partition[]): TableTotals[] {
  const totals = new Map<TableName, TableTotals>();
  for (const { table, rows, bytes, files } of list) {
    const own = totals.get(table) ?? { table, rows: 0, partitions: 0, files: 0, bytes: 0 };
    totals.set(table, {
      table,
      rows: own.rows + rows,
      partitions: own.partitions + 1,
      files: own.files + files,
      bytes: own.bytes + bytes,
    });
  }
  return TABLE_NAMES.flatMap((table) => totals.get(table) ?? []);
}
