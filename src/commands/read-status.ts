// What the files of a backlog say about it.

import { join } from 'node:path';
import { readCheckpoint } from '../checkpoint/checkpoint.ts';
import { readIdState } from '../checkpoint/id-state.ts';
import { readJsonFile } from '../checkpoint/json-file.ts';
import { LAKE_FILE, readLakeFile } from '../checkpoint/lake-file.ts';
import { LAST_RUN_FILE, readLastRun, type LastRun } from '../checkpoint/last-run.ts';
import type { Settings } from '../config/settings.ts';
import { formatDay, parseDay } from '../lib/days.ts';
import { lockOwner, type Owner } from '../lib/lock.ts';
import type { BucketStatus } from '../pipeline/bucket-status.ts';
import { lockFiles, type LockedFolders } from '../pipeline/run-guard.ts';
import { LOOKUPS_FILE, LOOKUPS_FOLDER, lookupsFileSchema } from '../lookups/lookups-file.ts';

export interface BacklogStatus {
  artifactRoot: string;
  targetRoot: string;
  /** Undefined when none is given. */
  bucket: BucketStatus | undefined;
  /** The window that is asked for. */
  start: string;
  end: string;
  days: number;
  daysDone: number;
  /** Undefined before the first chunk. */
  completedThrough: string | undefined;
  complete: boolean;
  lookups: { customers: number; products: number } | undefined;
  /** As of the last chunk. */
  lake: { fingerprint: string; batchId: string; rows: number; rowsByTable: Record<string, number> } | undefined;
  lastIds: Record<string, number> | undefined;
  /** Undefined when nothing is left. `command` makes it and all that follow. */
  next: { chunk: number; chunks: number; start: string; end: string; command: string } | undefined;
  lastRun: LastRun | undefined;
  runningNow: Owner | undefined;
  /** State and checkpoint tell different stories. */
  problem: string | undefined;
}

/** `command` is what to type to go on. Throws a UserError when a file cannot be read for what it is. */
export function readStatus(settings: Settings, command: string, bucket: BucketStatus | undefined): BacklogStatus {
  const { artifactRoot, targetRoot, startDate, endDate, chunkSize } = settings;
  const here = readCheckpoint(settings.checkpointFile);
  // A machine without a state of its own goes on from the bucket's.
  const there = bucket?.completedThrough;
  const completed = here ?? (there === undefined ? undefined : parseDay(there));
  const done = Math.max(completed ?? startDate - 1, startDate - 1);
  const state = readIdState(settings.idStateFile);
  const lookups = readJsonFile(join(artifactRoot, LOOKUPS_FOLDER, LOOKUPS_FILE), lookupsFileSchema, 'description of lookups');
  const lake = readLakeFile(join(artifactRoot, LAKE_FILE));
  const rowsByTable = Object.fromEntries(Object.entries(lake?.tables ?? {}).map(([table, { rows }]) => [table, rows]));
  const chunksDone = Math.ceil((Math.min(done, endDate) - startDate + 1) / chunkSize);
  const stateDate = state?.last_completed_date ?? undefined;
  const checkpointDate = here === undefined ? undefined : formatDay(here);
  return {
    artifactRoot,
    targetRoot,
    bucket,
    start: formatDay(startDate),
    end: formatDay(endDate),
    days: endDate - startDate + 1,
    daysDone: Math.min(done, endDate) - startDate + 1,
    completedThrough: completed === undefined ? undefined : formatDay(completed),
    complete: done >= endDate,
    lookups: lookups && { customers: lookups.customers, products: lookups.products },
    lake: lake && { fingerprint: lake.fingerprint, batchId: lake.batch_id, rows: sum(rowsByTable), rowsByTable },
    lastIds: state && pickIds(state),
    next:
      done >= endDate
        ? undefined
        : {
            chunk: chunksDone + 1,
            chunks: chunksDone + Math.ceil((endDate - done) / chunkSize),
            start: formatDay(done + 1),
            end: formatDay(Math.min(done + chunkSize, endDate)),
            command,
          },
    lastRun: readLastRun(join(artifactRoot, LAST_RUN_FILE)),
    runningNow: whoIsAtWork(settings),
    problem:
      stateDate === checkpointDate
        ? undefined
        : `the ID state says ${stateDate ?? 'nothing'} is done, the checkpoint ${checkpointDate ?? 'nothing'}: the next run puts it right or says why it cannot`,
  };
}

/** The run that holds the state, the lake or its answer key; undefined when all are free. */
export function whoIsAtWork(settings: LockedFolders): Owner | undefined {
  return lockFiles(settings)
    .map(({ path }) => lockOwner(path))
    .find((owner) => owner !== undefined);
}

function pickIds(state: object): Record<string, number> {
  return Object.fromEntries(Object.entries(state).filter(([key]) => /^last_\w+_id$/.test(key)));
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
