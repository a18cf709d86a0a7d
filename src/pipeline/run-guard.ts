// Around a run: the locks on its folders, and a note of how it ended for `status`.

import { basename, dirname, join, resolve } from 'node:path';
import { writeJsonFile } from '../checkpoint/json-file.ts';
import { LAST_RUN_FILE, type LastRun } from '../checkpoint/last-run.ts';
import type { Settings } from '../config/settings.ts';
import type { Effects } from '../events.ts';
import { EXIT, UserError } from '../lib/errors.ts';
import { describeFsError } from '../lib/files.ts';
import { acquireLock, type Release } from '../lib/lock.ts';

/** Two runs may share any of them. */
export type LockedFolders = Pick<Settings, 'artifactRoot' | 'targetRoot' | 'truthRoot'>;

/** Locks the folder of the state, and lake and answer key from beside them; throws a UserError (exit 3) that names the owner. */
export async function withLocks<T>(settings: LockedFolders, fx: Effects, command: string, work: () => Promise<T>): Promise<T> {
  const releases: Release[] = [];
  try {
    for (const { path, what } of lockFiles(settings)) {
      try {
        releases.push(acquireLock(path, what, fx.clock, command));
      } catch (error) {
        throw describeFsError(error, path);
      }
    }
    return await work();
  } finally {
    for (const release of releases) release();
  }
}

export function lockFiles({ artifactRoot, targetRoot, truthRoot }: LockedFolders): { path: string; what: string }[] {
  return [
    { path: join(artifactRoot, '.ecomlake.lock'), what: artifactRoot },
    ...[targetRoot, truthRoot].map((root) => ({ path: join(dirname(resolve(root)), `.${basename(resolve(root))}.lock`), what: root })),
  ];
}

/** Leaves `artifacts/.last_run.json`; a run that is refused for its input leaves things as they were. */
export async function recordOutcome<T>(settings: Settings, fx: Effects, work: () => Promise<T>): Promise<T> {
  const started = fx.clock().toISOString();
  const path = join(settings.artifactRoot, LAST_RUN_FILE);
  const write = (outcome: Partial<LastRun>): Promise<void> =>
    writeJsonFile(path, { started, ended: fx.clock().toISOString(), outcome: 'completed', ...outcome });
  try {
    const result = await work();
    await write({});
    return result;
  } catch (error) {
    if (error instanceof UserError && error.exitCode === EXIT.usage) throw error;
    const { message } = error as Error;
    const hint = error instanceof UserError ? error.hint : undefined;
    // The run's own error matters more than a note about it that cannot be written.
    await write({ outcome: 'failed', error: { message, ...(hint === undefined ? {} : { hint }) } }).catch(() => undefined);
    throw error;
  }
}
