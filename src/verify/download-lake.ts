// A lake in a bucket brought into a folder: each object is held against the listing, and the disk must have room for it.

import { mkdir, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Budget } from '../lib/budget.ts';
import { EXIT, UserError } from '../lib/errors.ts';
import { describeFsError, forEachConcurrent } from '../lib/files.ts';
import { formatBytes } from '../lib/numbers.ts';
import { sha256Hex } from '../parquet/partition.ts';
import type { BucketClient, ObjectInfo } from '../store/bucket-client.ts';
import type { FileSum } from '../store/identity.ts';
import type { BucketListing } from './list-bucket-lake.ts';
import { readListed } from './read-bucket-lake.ts';

const READS_IN_FLIGHT = 32;
/** Objects are held in memory on their way to the disk. */
const MEMORY_BYTES = 256 * 2 ** 20;
/** A part has some 100 MB at most; what is larger than this is not read in one piece. */
const MAX_OBJECT_BYTES = 2 ** 30;
/** Most file systems store files in blocks of this. */
const BLOCK_BYTES = 4096;

interface OwnFile {
  readonly path: string;
  readonly info: ObjectInfo;
}

export interface Download {
  readonly objects: number;
  readonly bytes: number;
  /** On the disk. */
  readonly diskBytes: number;
}

export function measureDownload(listing: BucketListing): Download {
  const sizes = ownFiles(listing).map(({ info }) => info.bytes);
  return {
    objects: sizes.length,
    bytes: sizes.reduce((total, bytes) => total + bytes, 0),
    diskBytes: sizes.reduce((total, bytes) => total + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES, 0),
  };
}

/** Throws a UserError (exit 3) when there is less than `bytes`. */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder).catch((error: unknown) => {
    throw describeFsError(error, folder);
  });
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new UserError(`${folder}: the downloaded lake needs ${formatBytes(bytes)} there, and ${formatBytes(free)} are free`, {
    hint: 'Free some space, or name a folder on a larger disk with the variable TMPDIR.',
    exitCode: EXIT.incomplete,
  });
}

/** The partitions, laid out below `root` as in a local lake. */
export async function downloadPartitions(client: BucketClient, listing: BucketListing, root: string): Promise<void> {
  const memory = new Budget(MEMORY_BYTES);
  await forEachConcurrent(listing.partitions, READS_IN_FLIGHT, async ({ place }) => {
    await mkdir(join(root, place), { recursive: true });
  });
  await forEachConcurrent(ownFiles(listing), READS_IN_FLIGHT, async ({ path, info }) => {
    if (info.bytes > MAX_OBJECT_BYTES) throw tooLarge(client, info);
    const target = join(root, path);
    await memory.hold(info.bytes, async () => {
      const bytes = await readListed(client, info);
      await writeFile(target, bytes, { flag: 'wx' }).catch((error: unknown) => {
        throw describeFsError(error, target);
      });
    });
  });
}

/** Not onto the disk: their names may be none for files. What is too large to be read is left out. */
export async function sumStrangers(client: BucketClient, { strangers }: BucketListing): Promise<FileSum[]> {
  const memory = new Budget(MEMORY_BYTES);
  const sums: FileSum[] = [];
  await forEachConcurrent(strangers, READS_IN_FLIGHT, async ([path, info]) => {
    if (info.bytes > MAX_OBJECT_BYTES) return;
    await memory.hold(info.bytes, async () => void sums.push({ path, sha256: sha256Hex(await readListed(client, info)) }));
  });
  return sums;
}

function ownFiles({ partitions }: BucketListing): OwnFile[] {
  return partitions.flatMap(({ place, files }) => [...files].map(([name, info]) => ({ path: `${place}/${name}`, info })));
}

function tooLarge(client: BucketClient, { name, bytes }: ObjectInfo): UserError {
  return new UserError(`${client.address(name)} has ${formatBytes(bytes)}: too large for a part of a lake`, {
    hint: 'See what else is wrong without --deep.',
    exitCode: EXIT.incomplete,
  });
}
