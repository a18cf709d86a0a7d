// Everything that lies under a lake's root: partitions with their manifests, sums and footers, and what does not belong.

import { createHash } from 'node:crypto';
import { lstat, open, stat, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { describeFsError, forEachConcurrent, listEntries } from '../lib/files.ts';
import { MANIFEST_NAME, SUCCESS_NAME } from '../parquet/manifest.ts';
import type { FileSum } from '../store/identity.ts';
import type { TableSpec } from '../tables/index.ts';
import { EMPTY_SHA256, NO_MANIFEST, readManifestText, stopped } from './lake-files.ts';
import type { LakeFiles, PartContent, PartInfo, PartitionFiles } from './lake-files.ts';
import { tableIn, type Layout } from './layout.ts';
import { FOOTER_TAIL_BYTES, footerLength, parseFooter } from './parquet-footer.ts';

/** Partitions read at once: enough to keep the disk and the hashing busy. */
const PARTITIONS_IN_FLIGHT = 32;
/** Files are read in pieces of this; nearly all fit in one. */
const READ_BYTES = 2 ** 20;

/** Throws a UserError (exit 3) when told to stop. */
export async function readLake(root: string, signal: AbortSignal, layout: Layout): Promise<LakeFiles> {
  const reader = new LakeReader(root);
  const { strangers, sums } = reader;
  const folders: { table: TableSpec; place: string }[] = [];
  for (const entry of await listEntries(root)) {
    const table = entry.isDirectory() ? tableIn(layout, entry.name) : undefined;
    if (table === undefined) {
      strangers.push(entry.name);
      continue;
    }
    for (const inner of await listEntries(join(root, entry.name))) {
      const place = `${entry.name}/${inner.name}`;
      if (inner.isDirectory() && inner.name.startsWith(`${table.partitionKey}=`)) folders.push({ table, place });
      else strangers.push(place);
    }
  }
  const partitions: PartitionFiles[] = [];
  await forEachConcurrent(folders.entries(), PARTITIONS_IN_FLIGHT, async ([index, { table, place }]) => {
    if (signal.aborted) throw stopped();
    partitions[index] = await reader.readPartition(table, place);
  });
  for (const path of strangers) await reader.sumStranger(path);
  return { layout, root, partitions, strangers: strangers.toSorted(), sums, isSummed: true, isRead: true };
}

/** Reads files of one lake; what it found besides the partitions adds up here. */
class LakeReader {
  readonly root: string;
  readonly strangers: string[] = [];
  readonly sums: FileSum[] = [];
  /** Buffers not in use: a new one for every file would cost a fifth of the time. */
  private readonly buffers: Buffer[] = [];

  constructor(root: string) {
    this.root = root;
  }

  async readPartition(table: TableSpec, place: string): Promise<PartitionFiles> {
    const folder = basename(place);
    let manifest = NO_MANIFEST;
    let markerBytes: number | undefined;
    const parts = new Map<string, PartInfo>();
    for (const entry of await listEntries(join(this.root, place))) {
      const path = `${place}/${entry.name}`;
      if (!entry.isFile()) this.strangers.push(path);
      else if (entry.name === MANIFEST_NAME) manifest = await this.readManifest(path);
      else if (entry.name.endsWith('.parquet')) parts.set(entry.name, await this.readPart(path, entry.name));
      else if (entry.name === SUCCESS_NAME) markerBytes = await this.readMarker(path);
      else this.strangers.push(path);
    }
    return { table, place, folder, value: folder.slice(table.partitionKey.length + 1), manifest, parts, markerBytes };
  }

  private async readManifest(path: string): Promise<PartitionFiles['manifest']> {
    let text = '';
    await this.readFile(path, (piece) => void (text += piece.toString('utf8')));
    return readManifestText(text, path);
  }

  private async readMarker(path: string): Promise<number> {
    const { size } = await stat(join(this.root, path));
    if (size > 0) await this.readFile(path);
    else this.sums.push({ path, sha256: EMPTY_SHA256 });
    return size;
  }

  /** Both sums in one pass over the bytes. */
  private async readPart(path: string, name: string): Promise<PartInfo> {
    let crc = 0;
    let tail: Buffer = Buffer.alloc(0);
    const { bytes, sha256, footer } = await this.readFile(
      path,
      (piece) => {
        crc = crc32c(piece, crc);
        tail = piece;
      },
      (handle, size) => readFooter(handle, size, tail),
    );
    return { name, bytes, crc32c: crcText(crc), content: { sha256, footer: footer! } };
  }

  /** Notes the file's SHA-256. `visit` sees its bytes in pieces, each valid until the next; `finish` runs while it is open. */
  private async readFile<T>(
    path: string,
    visit: (piece: Buffer) => void = () => undefined,
    finish?: (handle: FileHandle, bytes: number) => Promise<T>,
  ): Promise<{ bytes: number; sha256: string; footer: T | undefined }> {
    const full = join(this.root, path);
    const buffer = this.buffers.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES);
    let handle: FileHandle | undefined;
    try {
      handle = await open(full);
      const hash = createHash('sha256');
      let bytes = 0;
      for (let isMore = true; isMore;) {
        const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, bytes);
        isMore = bytesRead === READ_BYTES;
        if (bytesRead === 0) break;
        bytes += bytesRead;
        const piece = buffer.subarray(0, bytesRead);
        hash.update(piece);
        visit(piece);
      }
      const sum = hash.digest('hex');
      this.sums.push({ path, sha256: sum });
      return { bytes, sha256: sum, footer: await finish?.(handle, bytes) };
    } catch (error) {
      throw describeFsError(error, full);
    } finally {
      this.buffers.push(buffer);
      await handle?.close();
    }
  }

  /** A file or folder that belongs to no partition: it counts for the identity all the same. */
  async sumStranger(path: string): Promise<void> {
    const info = await lstat(join(this.root, path));
    if (info.isFile()) await this.readFile(path);
    if (!info.isDirectory()) return;
    for (const entry of await listEntries(join(this.root, path))) await this.sumStranger(`${path}/${entry.name}`);
  }
}

/** `lastPiece` ends where the file does, and holds all of the footer but for huge ones. */
async function readFooter(handle: FileHandle, bytes: number, lastPiece: Buffer): Promise<PartContent['footer']> {
  const read = async (from: number, to: number): Promise<Buffer> => {
    const pieceStart = bytes - lastPiece.length;
    if (from >= pieceStart) return lastPiece.subarray(from - pieceStart, to - pieceStart);
    const range = Buffer.alloc(to - from);
    await handle.read(range, 0, range.length, from);
    return range;
  };
  try {
    const end = bytes - FOOTER_TAIL_BYTES;
    if (end < 0) return { problem: 'it does not end as a Parquet file' };
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
