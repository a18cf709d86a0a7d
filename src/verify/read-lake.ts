// Everything that lies under a lake's root: partitions with their manifests, sums and footers, and what does not belong.

import { createHash } from 'node:crypto';
import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { EXIT, UserError } from '../lib/errors.ts';
import { describeFsError, forEachConcurrent, listEntries } from '../lib/files.ts';
import { MANIFEST_NAME, parseManifest, SUCCESS_NAME, type Manifest } from '../parquet/manifest.ts';
import type { FileSum } from '../store/identity.ts';
import { TABLES, type TableName, type TableSpec } from '../tables/index.ts';
import { FOOTER_TAIL_BYTES, footerLength, parseFooter, type ParquetFooter } from './parquet-footer.ts';

/** Partitions read at once: enough to keep the disk and the hashing busy. */
const PARTITIONS_IN_FLIGHT = 32;
/** A part is read in pieces of this; nearly all fit in one. */
const READ_BYTES = 4 * 2 ** 20;

export interface PartOnDisk {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly crc32c: string;
  /** Or why it cannot be read. */
  readonly footer: ParquetFooter | { readonly problem: string };
}

export interface PartitionOnDisk {
  readonly table: TableSpec;
  /** Below the root, such as `orders/ingest_dt=2020-03-01`. */
  readonly place: string;
  /** The folder's name, such as `ingest_dt=2020-03-01`. */
  readonly folder: string;
  /** The partition key's value, such as `2020-03-01`. */
  readonly value: string;
  /** Or why there is none. */
  readonly manifest: Manifest | { readonly problem: string };
  /** By name. */
  readonly parts: ReadonlyMap<string, PartOnDisk>;
  /** Undefined: there is no marker. */
  readonly markerBytes: number | undefined;
}

export interface LakeOnDisk {
  readonly root: string;
  /** In order of table and value. */
  readonly partitions: readonly PartitionOnDisk[];
  /** Paths below the root of what belongs to no partition. */
  readonly strangers: readonly string[];
  readonly sums: readonly FileSum[];
}

export function manifestOf({ manifest }: PartitionOnDisk): Manifest | undefined {
  return 'problem' in manifest ? undefined : manifest;
}

/** Throws a UserError (exit 3) when told to stop. */
export async function readLake(root: string, signal: AbortSignal): Promise<LakeOnDisk> {
  const strangers: string[] = [];
  const sums: FileSum[] = [];
  const folders: { table: TableSpec; name: string }[] = [];
  for (const entry of await listEntries(root)) {
    if (!entry.isDirectory() || !(entry.name in TABLES)) {
      strangers.push(entry.name);
      continue;
    }
    const table = TABLES[entry.name as TableName];
    for (const inner of await listEntries(join(root, entry.name))) {
      if (inner.isDirectory() && inner.name.startsWith(`${table.partitionKey}=`)) folders.push({ table, name: inner.name });
      else strangers.push(`${entry.name}/${inner.name}`);
    }
  }
  const partitions: PartitionOnDisk[] = [];
  await forEachConcurrent(folders.entries(), PARTITIONS_IN_FLIGHT, async ([index, { table, name }]) => {
    if (signal.aborted) throw stopped();
    partitions[index] = await readPartition(root, table, name, strangers, sums);
  });
  for (const path of strangers) await sumStranger(root, path, sums);
  return { root, partitions, strangers: strangers.toSorted(), sums };
}

export function stopped(): UserError {
  return new UserError('interrupted: the lake was not checked to its end', {
    hint: 'Run the same command again.',
    exitCode: EXIT.incomplete,
  });
}

async function readPartition(
  root: string,
  table: TableSpec,
  folder: string,
  strangers: string[],
  sums: FileSum[],
): Promise<PartitionOnDisk> {
  const place = `${table.name}/${folder}`;
  let manifest: PartitionOnDisk['manifest'] = { problem: 'is missing' };
  let markerBytes: number | undefined;
  const parts = new Map<string, PartOnDisk>();
  for (const entry of await listEntries(join(root, place))) {
    const path = `${place}/${entry.name}`;
    if (!entry.isFile()) strangers.push(path);
    else if (entry.name === MANIFEST_NAME) manifest = await readManifest(root, path, sums);
    else if (entry.name.endsWith('.parquet')) {
      const part = await readPart(root, path, entry.name);
      parts.set(entry.name, part);
      sums.push({ path, sha256: part.sha256 });
    } else if (entry.name === SUCCESS_NAME) {
      markerBytes = (await stat(join(root, path))).size;
      sums.push({ path, sha256: sha256(markerBytes === 0 ? '' : await readFile(join(root, path))) });
    } else strangers.push(path);
  }
  return { table, place, folder, value: folder.slice(table.partitionKey.length + 1), manifest, parts, markerBytes };
}

async function readManifest(root: string, path: string, sums: FileSum[]): Promise<PartitionOnDisk['manifest']> {
  const bytes = await readFile(join(root, path));
  sums.push({ path, sha256: sha256(bytes) });
  try {
    return parseManifest(bytes.toString('utf8'), path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { problem: error.message.slice(path.length + 1) };
  }
}

/** Both sums in one pass over the bytes. */
async function readPart(root: string, path: string, name: string): Promise<PartOnDisk> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(join(root, path));
    const { size } = await handle.stat();
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.min(size, READ_BYTES));
    let crc = 0;
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, bytes);
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      hash.update(piece);
      crc = crc32c(piece, crc);
      bytes += bytesRead;
    }
    const read = async (from: number, to: number): Promise<Buffer> => {
      if (bytes <= buffer.length) return buffer.subarray(Math.max(0, from), Math.max(0, to));
      const range = Buffer.allocUnsafe(to - from);
      await handle!.read(range, 0, range.length, from);
      return range;
    };
    return { name, bytes, sha256: hash.digest('hex'), crc32c: crcText(crc), footer: await readFooter(bytes, read) };
  } catch (error) {
    throw describeFsError(error, join(root, path));
  } finally {
    await handle?.close();
  }
}

async function readFooter(bytes: number, read: (from: number, to: number) => Promise<Buffer>): Promise<PartOnDisk['footer']> {
  try {
    const end = bytes - FOOTER_TAIL_BYTES;
    const length = footerLength(await read(end, bytes));
    if (length > end) return { problem: 'its footer is cut short' };
    return parseFooter(await read(end - length, end));
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** As Google Cloud Storage gives it, see the manifest. */
function crcText(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}

async function sumStranger(root: string, path: string, sums: FileSum[]): Promise<void> {
  const full = join(root, path);
  const entries = await listEntries(full).catch(() => undefined);
  if (entries === undefined) {
    const info = await stat(full).catch(() => undefined);
    if (info?.isFile() === true) sums.push({ path, sha256: sha256(await readFile(full)) });
    return;
  }
  for (const entry of entries) await sumStranger(root, `${path}/${entry.name}`, sums);
}

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
