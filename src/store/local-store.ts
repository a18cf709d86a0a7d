// The lake in a local folder: finished partitions and nothing else; what is in progress lies in a folder beside it.

import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describeFsError, errorCode, forEachConcurrent, listEntries, removeTree, syncAll } from '../lib/files.ts';
import {
  formatManifest,
  MANIFEST_NAME,
  parseManifest,
  partitionFileNames,
  SUCCESS_NAME,
  type Manifest,
  type StagedPartition,
} from '../parquet/manifest.ts';
import type { PartitionRef, PublishedPartition, PublishSummary, Store } from './store.ts';

/** Partitions moved at once; the sums of those that are there already are read at the same time. */
const MOVES_IN_FLIGHT = 16;

/** Under the staging root: partitions on their way out. No table has such a name. */
const REPLACED = '.replaced';
/** Likewise, and never to come back. */
const REMOVED = '.removed';

/** One process at a time, one `publish` at a time; a run begins with `sweepStaging`. */
export class LocalStore implements Store {
  readonly location: string;
  /** Beside the root, so that a rename moves a partition in and no glob over the lake sees it half done. */
  readonly stagingRoot: string;

  constructor(root: string) {
    this.location = resolve(root);
    this.stagingRoot = join(dirname(this.location), `.${basename(this.location)}.staging`);
  }

  pathOf({ table, partition }: PartitionRef): string {
    return join(this.location, table, partition);
  }

  async publish(staged: readonly StagedPartition[]): Promise<PublishSummary> {
    const summary: PublishSummary = { added: 0, kept: 0, replaced: 0 };
    if (staged.length === 0) return summary;
    await syncAll(stagedPaths(staged));

    const parents = new Set([dirname(this.location), this.location]);
    for (const { table } of staged) parents.add(join(this.location, table));
    for (const parent of parents) await this.attempt(parent, () => mkdir(parent, { recursive: true }));

    await forEachConcurrent(staged, MOVES_IN_FLIGHT, async (partition) => {
      summary[await this.moveIn(partition)]++;
    });
    // Names before removal: a power cut must not find the old partition gone and the new one not yet there.
    await syncAll(parents);
    await removeTree(join(this.stagingRoot, REPLACED));
    return summary;
  }

  private async moveIn(staged: StagedPartition): Promise<keyof PublishSummary> {
    const target = this.pathOf(staged);
    const present = await this.exists(target);
    if (present && (await holds(target, staged.manifest))) {
      await removeTree(staged.dir);
      return 'kept';
    }
    await this.attempt(target, async () => {
      if (present) {
        // A rename onto a folder that has files in it fails, so the old one goes first.
        await this.moveAside(staged, REPLACED);
      }
      await rename(staged.dir, target);
    });
    return present ? 'replaced' : 'added';
  }

  /** Takes partitions out of the lake: each leaves it whole, so that a kill leaves none half there. Those that are gone are fine. */
  async remove(refs: readonly PartitionRef[]): Promise<void> {
    await forEachConcurrent(refs, MOVES_IN_FLIGHT, (ref) =>
      this.attempt(this.pathOf(ref), () => this.moveAside(ref, REMOVED).catch(ignoreMissing)),
    );
    await removeTree(join(this.stagingRoot, REMOVED));
  }

  private async moveAside(ref: PartitionRef, folder: string): Promise<void> {
    const aside = join(this.stagingRoot, folder, ref.table, ref.partition);
    await mkdir(dirname(aside), { recursive: true });
    await removeTree(aside);
    await rename(this.pathOf(ref), aside);
  }

  /**
   * Clears what a killed run left beside the lake. A partition that was moved aside and whose successor did not
   * arrive goes back to its place.
   */
  async sweepStaging(): Promise<void> {
    const replaced = join(this.stagingRoot, REPLACED);
    for (const { table, partition } of await listPartitions(replaced)) {
      const target = this.pathOf({ table, partition });
      if (await this.exists(target)) continue;
      await this.attempt(target, () => rename(join(replaced, table, partition), target));
    }
    await removeTree(this.stagingRoot);
  }

  list(table?: string): Promise<PartitionRef[]> {
    return listPartitions(this.location, table);
  }

  async readManifest(ref: PartitionRef): Promise<Manifest | undefined> {
    const path = join(this.pathOf(ref), MANIFEST_NAME);
    const text = await readOrUndefined(path);
    return text === undefined ? undefined : parseManifest(text, path);
  }

  async *partitions(table?: string): AsyncIterable<PublishedPartition> {
    for (const ref of await this.list(table)) {
      const manifest = await this.readManifest(ref);
      if (manifest !== undefined) yield { ...ref, manifest };
    }
  }

  private async exists(path: string): Promise<boolean> {
    return (await this.attempt(path, () => stat(path).catch((error: unknown) => ignoreMissing(error)))) !== undefined;
  }

  private async attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw describeFsError(error, path);
    }
  }
}

async function listPartitions(root: string, onlyTable?: string): Promise<PartitionRef[]> {
  const refs: PartitionRef[] = [];
  for (const table of onlyTable === undefined ? await listFolders(root) : [onlyTable]) {
    for (const partition of await listFolders(join(root, table))) refs.push({ table, partition });
  }
  return refs;
}

async function listFolders(dir: string): Promise<string[]> {
  const entries = await listEntries(dir);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function* stagedPaths(staged: readonly StagedPartition[]): Iterable<string> {
  for (const { dir, manifest } of staged) {
    for (const name of partitionFileNames(manifest)) yield join(dir, name);
    yield dir;
  }
}

/** Whether a folder is exactly the partition that `manifest` describes, by the sums of its files. */
async function holds(dir: string, manifest: Manifest): Promise<boolean> {
  const names = partitionFileNames(manifest).toSorted();
  const present = await listEntries(dir);
  if (present.length !== names.length || present.some((entry, index) => entry.name !== names[index])) return false;
  if ((await readOrUndefined(join(dir, MANIFEST_NAME))) !== formatManifest(manifest)) return false;
  if ((await stat(join(dir, SUCCESS_NAME))).size !== 0) return false;
  for (const file of manifest.files) {
    const path = join(dir, file.path);
    if ((await stat(path)).size !== file.bytes) return false;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    if (hash.digest('hex') !== file.sha256) return false;
  }
  return true;
}

async function readOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw describeFsError(error, path);
  }
}

function ignoreMissing(error: unknown): undefined {
  if (errorCode(error) === 'ENOENT') return undefined;
  throw error;
}
