// One chunk of days to staged partitions: straight from memory, or by way of CSV files.

import { join } from 'node:path';
import { comesTwice } from '../config/planted-kinds.ts';
import { planExport } from '../csv/export-plan.ts';
import { formatDay } from '../lib/days.ts';
import type { WorkerPool } from '../lib/worker-pool.ts';
import type { StagedPartition } from '../parquet/manifest.ts';
import { textColumns } from '../tables/file-schema.ts';
import { DIMENSION_TABLES, TABLES, TRANSACTION_TABLES, type TableName } from '../tables/index.ts';
import { stageTruthOfRun } from './answer-key.ts';
import { CsvRunWriter, runFolderName, type RunDescription } from './csv-step.ts';
import type { PreparedRun } from './prepare-run.ts';
import type { Task, TaskAnswers } from './tasks.ts';

export type Pool = WorkerPool<Task, TaskAnswers[Task['type']]>;

async function runTask<K extends Task['type']>(pool: Pool, task: Extract<Task, { type: K }>): Promise<TaskAnswers[K]> {
  return (await pool.run(task)) as TaskAnswers[K];
}

/** First and last day, both inclusive. */
export interface Chunk {
  readonly first: number;
  readonly last: number;
}

/** Days after `completed` in chunks of at most `size`; the last one is shorter. */
export function splitChunks(completed: number, lastDay: number, size: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let first = completed + 1; first <= lastDay; first += size) chunks.push({ first, last: Math.min(first + size - 1, lastDay) });
  return chunks;
}

export interface MadeChunk {
  readonly staged: readonly StagedPartition[];
  /** The chunk's part of the answer key; empty where no mess is planted. */
  readonly truth: readonly StagedPartition[];
  /** Folder of the chunk's CSVs, if it has one. */
  readonly csvFolder: string | undefined;
}

/** Called as partitions are staged. */
export type OnStaged = (partition: StagedPartition) => void;

/** `truthRoot` receives the answer key's partitions. */
export async function makeChunk(run: PreparedRun, pool: Pool, chunk: Chunk, truthRoot: string, onStaged: OnStaged): Promise<MadeChunk> {
  if (run.settings.direct) {
    const days = Array.from({ length: chunk.last - chunk.first + 1 }, (_, i) => chunk.first + i - run.plan.firstDay);
    const made = await Promise.all(
      days.map(async (day) => {
        const answer = await runTask(pool, { type: 'stage-day', day, truthRoot });
        answer.partitions.forEach(onStaged);
        return answer;
      }),
    );
    return {
      staged: made.flatMap(({ partitions }) => partitions),
      truth: made.flatMap(({ truth }) => truth),
      csvFolder: undefined,
    };
  }
  const { keepCsv } = run.settings;
  const { folder, truth } = await writeCsvRun(run, pool, chunk, keepCsv ? { temporary: false } : { temporary: true, truthRoot });
  const staged = await stageFolder(pool, folder, TRANSACTION_TABLES, undefined, onStaged);
  // CSVs that are kept keep their answer key: what is published is a copy.
  return { staged: staged.partitions, truth: keepCsv ? await stageTruthOfRun(folder, truthRoot) : truth, csvFolder: folder };
}

function describeRun(run: PreparedRun, temporary: boolean): RunDescription {
  return {
    batchId: run.identity.batchId,
    signupEndDate: run.ready.signupEndDate,
    messinessLevel: run.settings.messinessLevel,
    seed: run.config.faker_seed,
    scale: run.settings.scale,
    drift: run.drift,
    temporary,
    repeatedRowsClock: TRANSACTION_TABLES.some((table) => comesTwice(run.config, run.settings.messinessLevel, table))
      ? run.settings.ingestionClock
      : undefined,
  };
}

export interface CsvRunOptions {
  /** Whether the folder goes once its chunk is committed. */
  readonly temporary: boolean;
  /** Receives the answer key's partitions; default: in the folder itself, for `export-raw` to find. */
  readonly truthRoot?: string;
  readonly onDay?: (bytes: number, rows: number) => void;
}

export interface CsvRun {
  readonly folder: string;
  /** As it was staged: in the folder's own it has moved. */
  readonly truth: readonly StagedPartition[];
}

/** Writes the chunk's CSVs. Workers make days in any order; they are appended in the days' order. */
export async function writeCsvRun(
  run: PreparedRun,
  pool: Pool,
  chunk: Chunk,
  { temporary, truthRoot, onDay }: CsvRunOptions,
): Promise<CsvRun> {
  const writer = await CsvRunWriter.create(join(run.settings.artifactRoot, runFolderName(chunk.first, chunk.last)), (table) =>
    textColumns(TABLES[table], run.csvSchemas(table, formatDay(chunk.first))),
  );
  const truth: StagedPartition[] = [];
  // Few days are in flight at once: what is made waits in memory for the days before it.
  const inFlight: Promise<TaskAnswers['write-csv-day']>[] = [];
  try {
    let next = chunk.first;
    for (let day = chunk.first; day <= chunk.last; day++) {
      while (next <= chunk.last && inFlight.length < run.settings.workers * 2) {
        const index = next++ - run.plan.firstDay;
        const making = runTask(pool, { type: 'write-csv-day', day: index, truthRoot: truthRoot ?? writer.truthRoot });
        making.catch(() => undefined); // awaited in its turn
        inFlight.push(making);
      }
      const made = await inFlight.shift()!;
      truth.push(...made.truth);
      const bytes = await writer.append(formatDay(day), made.tables);
      onDay?.(
        bytes,
        Object.values(made.tables).reduce((sum, { rows }) => sum + rows, 0),
      );
    }
    await writer.finish(chunk.first, chunk.last, describeRun(run, temporary));
    if (!temporary) await writer.sync();
    return { folder: writer.folder, truth };
  } catch (error) {
    // What workers have begun may still write into the folder.
    await Promise.allSettled(inFlight);
    await writer.abandon();
    throw error;
  }
}

export interface StagedFolder {
  readonly partitions: readonly StagedPartition[];
  /** Tables whose CSVs are still as the run wrote them. */
  readonly generated: readonly TableName[];
  readonly notes: readonly string[];
}

/** Stages the partitions of a folder of CSVs; `dates` limits the transactional tables. */
export async function stageFolder(
  pool: Pool,
  folder: string,
  tables: readonly TableName[] | undefined,
  dates: ReadonlySet<string> | undefined,
  onStaged: OnStaged,
): Promise<StagedFolder> {
  const plan = await planExport(folder, { tables, dates });
  // Every date that occurs in any table is a partition of every transactional table, empty where it has no rows.
  const allDates = [...new Set([...plan.dates, ...(dates ?? [])])].toSorted();
  const wanted = (table: TableName, values: readonly string[]) =>
    (DIMENSION_TABLES as readonly string[]).includes(table) ? values : allDates;
  const sources = [...plan.tables.entries()].flatMap(([table, partitions]) =>
    wanted(table, partitions.values).map((value) => partitions.partition(value)),
  );
  const staged = await Promise.all(
    sources.map(async (source) => {
      const partition = await runTask(pool, { type: 'stage-csv', source });
      onStaged(partition);
      return partition;
    }),
  );
  const generated = [...plan.tables].flatMap(([table, { isIndexed }]) => (isIndexed ? [table] : []));
  return { partitions: staged, generated, notes: plan.notes };
}

/** The dimensions go with a lake's first chunk. */
export async function stageDimensions(pool: Pool, folder: string, onStaged: OnStaged): Promise<readonly StagedPartition[]> {
  return (await stageFolder(pool, folder, DIMENSION_TABLES, undefined, onStaged)).partitions;
}
