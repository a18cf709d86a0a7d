// The whole loop: chunk by chunk from the last checkpoint to the last day.

import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from '../checkpoint/checkpoint.ts';
import { readIdState } from '../checkpoint/id-state.ts';
import { writeJsonFile } from '../checkpoint/json-file.ts';
import { LAKE_FILE, type LakeFile } from '../checkpoint/lake-file.ts';
import {
  findResumePoint,
  idStateAt,
  reconcile,
  requireSameSettings,
  type ReconcileInput,
  type StateOnDisk,
} from '../checkpoint/reconcile.ts';
import type { Config } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import type { Effects, LakeSummary } from '../events.ts';
import { formatDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { removeTree } from '../lib/files.ts';
import { interrupted, openPool } from './open-pool.ts';
import { partitionBytes, type StagedPartition } from '../parquet/manifest.ts';
import { LocalStore } from '../store/local-store.ts';
import { TRANSACTION_TABLES } from '../tables/index.ts';
import { makeChunk, splitChunks, stageDimensions, type Chunk, type MadeChunk, type Pool } from './chunk-maker.ts';
import { sweepCsvLeftovers } from './csv-step.ts';
import { settingsIdentity } from './identity.ts';
import { callHook, loadHook, type PostExportHook } from './post-export-hook.ts';
import { lastIdsThrough, prepareRun, rowsBetween, type PreparedRun } from './prepare-run.ts';
import { recordOutcome, withLocks } from './run-guard.ts';
import { estimateLake, summarizeLake } from './summary.ts';
import type { WorkerSetup } from './tasks.ts';

export interface RunRequest {
  readonly settings: Settings;
  readonly config: Config;
}

/** Parquet parts of a day lie far below it; only a hand-made day could reach it. */
const TARGET_SIZE_BYTES = 96 * 2 ** 20;

/** Makes what is missing of the lake, or says that nothing is. */
export async function backlogBear({ settings, config }: RunRequest, fx: Effects): Promise<LakeSummary> {
  requireLocal(settings);
  const hook = await loadHook(settings.postExportHook);
  return withLocks(settings, fx, 'backlog-bear', () =>
    recordOutcome(settings, fx, async () => {
      const started = fx.clock().getTime();
      // Nothing is written, lookups neither, before the state on disk is known to fit.
      const found = stateOnDisk(settings);
      if (found.state !== undefined) requireSameSettings(found.statePath, found.state, settingsIdentity(config, settings));
      findResumePoint(found);
      const run = await prepareRun(config, settings, lastPlannedDay(settings), fx);
      const backlog = new Backlog(run, hook, fx);
      const note = await backlog.run();
      fx.emit({ type: 'phase', name: 'adding up' });
      const summary = await summarizeLake(new LocalStore(settings.targetRoot));
      return { ...summary, ...backlog.window(), elapsedMs: fx.clock().getTime() - started, estimated: false, note };
    }),
  );
}

/** The same table without writing anything: rows and partitions exact, bytes estimated. */
export async function planBacklog({ settings, config }: RunRequest, fx: Effects): Promise<LakeSummary> {
  const started = fx.clock().getTime();
  return { ...(await estimateLake(config, settings, fx)), elapsedMs: fx.clock().getTime() - started };
}

function requireLocal({ bucket }: Settings): void {
  if (bucket === undefined) return;
  throw new UserError(`publishing to a bucket (${bucket}) is not in this version yet`, {
    hint: 'Unset BUCKET, or leave out --bucket: the lake stays on local disk.',
  });
}

function stateOnDisk(settings: Settings): StateOnDisk {
  return {
    statePath: settings.idStateFile,
    checkpointPath: settings.checkpointFile,
    state: readIdState(settings.idStateFile),
    checkpointDay: readCheckpoint(settings.checkpointFile),
    startDay: settings.startDate,
  };
}

/** A lake that reaches further than END_DATE is left as it is, but its state must still be checked against a plan that covers it. */
function lastPlannedDay(settings: Settings): number {
  return Math.max(settings.endDate, readCheckpoint(settings.checkpointFile) ?? 0);
}

class Backlog {
  private readonly prepared: PreparedRun;
  private readonly hook: PostExportHook | undefined;
  private readonly fx: Effects;
  private readonly store: LocalStore;
  private readonly state: ReconcileInput;
  private readonly started: number;
  /** The chunk after the one being committed. */
  private ahead: Promise<unknown> | undefined;
  private rows = 0;
  private bytes = 0;

  constructor(run: PreparedRun, hook: PostExportHook | undefined, fx: Effects) {
    this.prepared = run;
    this.hook = hook;
    this.fx = fx;
    this.store = new LocalStore(run.settings.targetRoot);
    this.started = fx.clock().getTime();
    const { settings, identity, plan } = run;
    this.state = {
      ...stateOnDisk(settings),
      fingerprint: identity.fingerprint,
      identity: identity.madeWith,
      idsThrough: (day) => lastIdsThrough(plan, day),
    };
  }

  window(): { start: string; end: string; chunks: number } {
    const { settings } = this.prepared;
    return {
      start: formatDay(settings.startDate),
      end: formatDay(lastPlannedDay(settings)),
      chunks: splitChunks(settings.startDate - 1, settings.endDate, settings.chunkSize).length,
    };
  }

  /** Returns a note for the summary. */
  async run(): Promise<string | undefined> {
    const { settings } = this.prepared;
    const { completedDay, repaired } = reconcile(this.state);
    if (repaired !== undefined) this.fx.emit({ type: 'note', message: repaired });
    await this.store.sweepStaging();
    await sweepCsvLeftovers(settings.artifactRoot);
    if (this.state.state === undefined || repaired !== undefined) await this.writeState(completedDay, settings.startDate);
    const chunks = splitChunks(completedDay, settings.endDate, settings.chunkSize);
    if (chunks.length === 0) return `nothing to do: the lake is complete to ${formatDay(completedDay)}`;
    const resumed = completedDay >= settings.startDate;
    if (resumed) this.fx.emit({ type: 'note', message: `resuming after ${formatDay(completedDay)}` });

    const setup: WorkerSetup = {
      export: { lineage: this.prepared.lineage, stagingRoot: this.store.stagingRoot, targetSizeBytes: TARGET_SIZE_BYTES },
      generator: this.prepared.generator,
    };
    try {
      const totalRows = this.rowsOf(chunks[0]!.first, settings.endDate);
      await openPool(settings.workers, setup, this.fx.signal, (pool) => this.makeChunks(pool, chunks, totalRows));
    } finally {
      await this.ahead;
      await this.store.sweepStaging();
      await sweepCsvLeftovers(settings.artifactRoot);
    }
    return resumed ? `resumed after ${formatDay(completedDay)}` : undefined;
  }

  /** While one chunk is committed the workers are already at the next. */
  private async makeChunks(pool: Pool, chunks: readonly Chunk[], totalRows: number): Promise<void> {
    const make = async (index: number): Promise<MadeChunk & { startedMs: number }> => {
      const chunk = chunks[index]!;
      const startedMs = this.fx.clock().getTime();
      const onStaged = (partition: StagedPartition): void => this.progress(index, chunks, partition, totalRows);
      const isFirst = chunk.first === this.prepared.settings.startDate;
      const [dimensions, made] = await Promise.all([
        isFirst ? stageDimensions(pool, this.prepared.ready.folder, onStaged) : [],
        makeChunk(this.prepared, pool, chunk, onStaged),
      ]);
      return { staged: [...dimensions, ...made.staged], csvFolder: made.csvFolder, startedMs };
    };
    let making = make(0);
    for (let index = 0; index < chunks.length; index++) {
      // Queued behind the current chunk's tasks: no worker waits for a commit.
      const next = index + 1 < chunks.length ? make(index + 1) : undefined;
      this.ahead = next?.catch(() => undefined); // awaited in its turn
      const made = await making;
      this.throwIfInterrupted();
      await this.commit(chunks[index]!, made);
      this.report(index, chunks, made, totalRows);
      this.throwIfInterrupted(index + 1 === chunks.length);
      if (next !== undefined) making = next;
    }
  }

  /** The checkpoint is the commit: everything it vouches for is on disk before it. */
  private async commit(chunk: Chunk, { staged, csvFolder }: MadeChunk): Promise<void> {
    const { settings } = this.prepared;
    await this.store.publish(staged);
    if (this.hook !== undefined) {
      for (const { table, partition, manifest } of staged) {
        await callHook(this.hook, settings.postExportHook!, this.store.pathOf({ table, partition }), manifest);
      }
    }
    await this.writeState(chunk.last, chunk.first);
    await writeJsonFile(join(settings.artifactRoot, LAKE_FILE), this.describeLake(chunk.last));
    await writeCheckpoint(settings.checkpointFile, chunk.last);
    if (csvFolder !== undefined && !settings.keepCsv) await removeTree(csvFolder);
  }

  private writeState(day: number, chunkStart: number): Promise<void> {
    return writeJsonFile(this.prepared.settings.idStateFile, idStateAt(day, chunkStart, this.state, this.fx.clock()));
  }

  private describeLake(day: number): LakeFile {
    const { identity, settings, config, plan, ready } = this.prepared;
    const days = day - settings.startDate + 1;
    const { customers, products } = ready.lookups;
    return {
      version: 1,
      fingerprint: identity.fingerprint,
      batch_id: identity.batchId,
      made_with: identity.madeWith,
      start_date: formatDay(settings.startDate),
      end_date: formatDay(day),
      signup_start_date: formatDay(customers.signupDay[0]!),
      signup_end_date: ready.signupEndDate,
      tables: {
        customers: { rows: customers.count, partitions: ready.partitions.customers },
        product_catalog: { rows: products.count, partitions: ready.partitions.product_catalog },
        ...(Object.fromEntries(
          TRANSACTION_TABLES.map((table) => [table, { rows: plan.rowsBefore[table][days]!, partitions: days }]),
        ) as Record<(typeof TRANSACTION_TABLES)[number], { rows: number; partitions: number }>),
      },
      last_ids: lastIdsThrough(plan, day),
      config: { ...config, horizon: { ...config.horizon, end_date: formatDay(day) } },
    };
  }

  private progress(index: number, chunks: readonly Chunk[], partition: StagedPartition, totalRows: number): void {
    this.rows += partition.manifest.total_rows;
    this.bytes += partitionBytes(partition.manifest);
    this.fx.emit({ type: 'progress', ...this.place(index, chunks), totalRows, rows: this.rows, bytes: this.bytes });
  }

  private report(
    index: number,
    chunks: readonly Chunk[],
    { staged, startedMs }: MadeChunk & { startedMs: number },
    totalRows: number,
  ): void {
    const { first, last } = chunks[index]!;
    this.fx.emit({
      type: 'chunk',
      ...this.place(index, chunks),
      totalRows,
      rows: this.rowsOf(first, last),
      bytes: staged.reduce((sum, { manifest }) => sum + partitionBytes(manifest), 0),
      chunkMs: this.fx.clock().getTime() - startedMs,
      runRows: this.rowsOf(chunks[0]!.first, last),
    });
  }

  /** Rows that making these days takes; the dimensions go with the first. */
  private rowsOf(first: number, last: number): number {
    const { plan, settings, ready } = this.prepared;
    const { customers, products } = ready.lookups;
    return rowsBetween(plan, first, last) + (first === settings.startDate ? customers.count + products.count : 0);
  }

  private place(index: number, chunks: readonly Chunk[]) {
    const { first, last } = chunks[index]!;
    return {
      chunk: index + 1,
      chunks: chunks.length,
      start: formatDay(first),
      end: formatDay(last),
      elapsedMs: this.fx.clock().getTime() - this.started,
    };
  }

  private throwIfInterrupted(finished = false): void {
    if (this.fx.signal.aborted && !finished) throw interrupted();
  }
}
