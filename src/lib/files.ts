// Files that survive a crash: atomic writes, many syncs in flight at once, and disk errors as a person reads them.

import type { Dirent } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EXIT, UserError, type ExitCode } from './errors.ts';

/** Syncs in flight at once: one by one costs 1.1 ms a file, so 0.24 ms (docs/performance.md). */
const SYNCS_IN_FLIGHT = 64;

/** Calls `work` on every item, at most `limit` at a time. After a failure no further item is begun. */
export async function forEachConcurrent<T>(items: Iterable<T>, limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let next = iterator.next(); !next.done && !failed; next = iterator.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: limit }, lane));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/** Replaces `path` in one move: whoever reads it sees the old content or the new, also after a power cut. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.tmp`);
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncPath(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw describeFsError(error, path);
  }
}

/** Files and folders to the disk for good. A folder's sync keeps the names in it. */
export async function syncAll(paths: Iterable<string>): Promise<void> {
  await forEachConcurrent(paths, SYNCS_IN_FLIGHT, syncPath);
}

async function syncPath(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw describeFsError(error, path);
  }
}

/** Removes a file or folder with all in it; nothing there is fine. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw describeFsError(error, path);
  }
}

/** What stands in a folder, sorted by name; nothing when the folder does not exist. */
export async function listEntries(dir: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw describeFsError(error, dir);
  }
}

/** Paths of everything below a folder; nothing when it does not exist. */
export async function listTree(dir: string): Promise<string[]> {
  const entries = await listEntries(dir);
  const below = await Promise.all(entries.filter((entry) => entry.isDirectory()).map(({ name }) => listTree(join(dir, name))));
  return [...entries.map((entry) => join(dir, entry.name)), ...below.flat()];
}

/** The system's code of a failed file operation, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isDiskFull(error: unknown): boolean {
  const code = errorCode(error) ?? errorCode(error instanceof Error ? error.cause : undefined);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

const FS_ERRORS: Record<string, { says: string; hint: string; exitCode: ExitCode }> = {
  ENOSPC: { says: 'the disk is full', hint: 'Free some space and run the same command again: it resumes.', exitCode: EXIT.incomplete },
  EDQUOT: {
    says: 'the disk quota is used up',
    hint: 'Free some space and run the same command again: it resumes.',
    exitCode: EXIT.incomplete,
  },
  EIO: {
    says: 'the disk reports an error',
    hint: 'Check the disk, then run the same command again: it resumes.',
    exitCode: EXIT.incomplete,
  },
  EMFILE: {
    says: 'too many files are open',
    hint: 'Raise the limit (ulimit -n 4096) and run the same command again.',
    exitCode: EXIT.incomplete,
  },
  EACCES: { says: 'permission denied', hint: 'Give yourself write access, or choose another folder.', exitCode: EXIT.usage },
  EPERM: { says: 'not permitted', hint: 'Give yourself write access, or choose another folder.', exitCode: EXIT.usage },
  EROFS: { says: 'the file system is read-only', hint: 'Choose a folder that can be written.', exitCode: EXIT.usage },
  ENOTDIR: {
    says: 'a part of this path is a file, not a folder',
    hint: 'Move that file away, or choose another folder.',
    exitCode: EXIT.usage,
  },
  EISDIR: { says: 'this is a folder, not a file', hint: 'Name a file.', exitCode: EXIT.usage },
  EEXIST: { says: 'a file stands where a folder should be', hint: 'Move that file away, or choose another folder.', exitCode: EXIT.usage },
  ENOENT: { says: 'no such file or folder', hint: 'Check the path.', exitCode: EXIT.usage },
  EXDEV: {
    says: 'the folder lies on another file system than its staging area',
    hint: 'Do not mount a partition folder separately.',
    exitCode: EXIT.usage,
  },
};

/** A failed file operation as a UserError that names the path; any other error is returned as it is. */
export function describeFsError(error: unknown, path: string): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const known = FS_ERRORS[errorCode(error) ?? ''];
  if (error instanceof UserError || known === undefined) return error;
  return new UserError(`${path}: ${known.says}`, { hint: known.hint, exitCode: known.exitCode, cause: error });
}
