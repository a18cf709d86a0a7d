// The checks of `doctor`, each with what to do about it.

import { mkdtempSync, rmdirSync, statfsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readCheckpoint } from '../checkpoint/checkpoint.ts';
import { plantsNothing } from '../config/mess-levels.ts';
import type { Settings } from '../config/settings.ts';
import { formatDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { formatBytes, formatCounted } from '../lib/numbers.ts';
import { whoIsAtWork } from './read-status.ts';

export interface Finding {
  name: string;
  level: 'ok' | 'warn' | 'fail';
  message: string;
  hint?: string | undefined;
}

/** Transactional rows of a day at scale 1: about 130 M over 2,200 days. */
const ROWS_PER_DAY = 59_000;
const PARQUET_BYTES_PER_ROW = 28;
const CSV_BYTES_PER_ROW = 110;
/** Of the answer key, at medium mess. */
const TRUTH_BYTES_PER_ROW = 7;
/** The program with its lookups; each worker; each row of the plan's carts (about 23 M of 130 M rows, 16 bytes each). */
const BASE_MEMORY_BYTES = 350e6;
const WORKER_MEMORY_BYTES = 300e6;
const PLAN_BYTES_PER_ROW = 3;

export function checkProgram(): Finding {
  return { name: 'node', level: 'ok', message: `Node.js ${process.versions.node}` };
}

/** Folders, state and disk room of the run. */
export function checkRun(settings: Settings): Finding[] {
  const { artifactRoot, targetRoot } = settings;
  return [
    checkFolder('artifacts', artifactRoot),
    checkLakeFolder(targetRoot),
    checkLock(settings),
    ...checkState(settings),
    ...checkDisks(settings),
  ];
}

/** Memory and cores. */
export function checkMachine({ workers, scale, startDate, endDate }: Settings): Finding[] {
  const planned = rowsOf(endDate - startDate + 1, scale) * PLAN_BYTES_PER_ROW;
  const needed = BASE_MEMORY_BYTES * Math.max(1, scale) + planned + workers * WORKER_MEMORY_BYTES;
  const available = process.availableMemory();
  const cores = availableParallelism();
  const memory = `about ${formatBytes(needed)} needed, ${formatBytes(available)} available`;
  return [
    available >= needed
      ? { name: 'memory', level: 'ok', message: memory }
      : { name: 'memory', level: 'warn', message: memory, hint: 'Close other programs, or use fewer --workers or a smaller --scale.' },
    workers <= cores
      ? { name: 'cores', level: 'ok', message: `${formatCounted(workers, 'worker')} on ${formatCounted(cores, 'core')}` }
      : {
          name: 'cores',
          level: 'warn',
          message: `${formatCounted(workers, 'worker')} on ${formatCounted(cores, 'core')}`,
          hint: `More workers than cores only cost memory: use --workers ${cores}.`,
        },
  ];
}

/** Tries it, for permission bits do not tell of read-only mounts. */
function checkFolder(name: string, folder: string): Finding {
  const existing = nearestFolder(folder);
  try {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) throw new Error('it is not a folder');
    rmdirSync(mkdtempSync(join(existing, '.ecomlake-doctor-')));
    return { name, level: 'ok', message: `${resolve(folder)} can be written${existing === resolve(folder) ? '' : ' (it will be made)'}` };
  } catch (error) {
    return {
      name,
      level: 'fail',
      message: `${resolve(folder)} cannot be written (${(error as Error).message})`,
      hint: `Make ${existing} writable, or choose another folder with --${name === 'lake' ? 'target-root' : 'artifact-root'}.`,
    };
  }
}

/** Work in progress is staged beside the lake. */
function checkLakeFolder(targetRoot: string): Finding {
  const lake = checkFolder('lake', targetRoot);
  const beside = checkFolder('lake', dirname(resolve(targetRoot)));
  return beside.level === 'ok' ? lake : beside;
}

function checkLock(settings: Settings): Finding {
  const owner = whoIsAtWork(settings);
  if (owner === undefined) return { name: 'lock', level: 'ok', message: 'no other run is at work here' };
  return {
    name: 'lock',
    level: 'fail',
    message: `${owner.command} is at work here: process ${owner.pid} on ${owner.host}, since ${owner.since}`,
    hint: 'Wait for it to end.',
  };
}

function checkState({ checkpointFile, startDate, endDate }: Settings): Finding[] {
  try {
    const day = readCheckpoint(checkpointFile);
    if (day === undefined) return [{ name: 'state', level: 'ok', message: `a fresh start on ${formatDay(startDate)}` }];
    return [
      { name: 'state', level: 'ok', message: day >= endDate ? `complete through ${formatDay(day)}` : `goes on after ${formatDay(day)}` },
    ];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ name: 'state', level: 'fail', message: error.message, hint: error.hint }];
  }
}

/** One finding a file system: lake and CSVs may share one. */
function checkDisks(settings: Settings): Finding[] {
  const { artifactRoot, targetRoot, truthRoot, messinessLevel, bucket, scale, endDate, chunkSize, maxStagedChunks, direct, keepCsv } =
    settings;
  const daysLeft = Math.max(0, endDate - firstDayLeft(settings) + 1);
  const csvDays = direct ? 0 : keepCsv ? daysLeft : Math.min(daysLeft, maxStagedChunks * chunkSize);
  const parquetDays = bucket === undefined ? daysLeft : Math.min(daysLeft, maxStagedChunks * chunkSize);
  const needs = new Map<number, { folder: string; bytes: number }>();
  const add = (folder: string, bytes: number): void => {
    const existing = nearestFolder(folder);
    const { dev } = statSync(existing);
    const need = needs.get(dev) ?? { folder: existing, bytes: 0 };
    needs.set(dev, { ...need, bytes: need.bytes + bytes });
  };
  add(targetRoot, rowsOf(parquetDays, scale) * PARQUET_BYTES_PER_ROW);
  add(artifactRoot, rowsOf(csvDays, scale) * CSV_BYTES_PER_ROW);
  // With a bucket too, the answer key stays here.
  if (!plantsNothing(messinessLevel)) add(truthRoot, rowsOf(daysLeft, scale) * TRUTH_BYTES_PER_ROW);
  return [...needs.values()].map(({ folder, bytes }) => {
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    const message = `about ${formatBytes(bytes)} needed, ${formatBytes(free)} free at ${folder}`;
    if (free >= 1.2 * bytes) return { name: 'disk', level: 'ok', message };
    const hint = 'Make room, choose folders elsewhere with --target-root and --artifact-root, or use --direct or a smaller --scale.';
    return { name: 'disk', level: free >= bytes ? 'warn' : 'fail', message, hint };
  });
}

/** The first day that is not in the lake; a checkpoint that cannot be read is told elsewhere. */
function firstDayLeft({ checkpointFile, startDate }: Settings): number {
  try {
    return Math.max(startDate, (readCheckpoint(checkpointFile) ?? startDate - 1) + 1);
  } catch {
    return startDate;
  }
}

function rowsOf(days: number, scale: number): number {
  return days * ROWS_PER_DAY * scale;
}

/** The folder itself, or the first above it that is there. */
function nearestFolder(folder: string): string {
  const path = resolve(folder);
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() === true || dirname(path) === path ? path : nearestFolder(dirname(path));
}
