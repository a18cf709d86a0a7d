// The whole loop: chunk by chunk from the last checkpoint to the last day.

import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from '../checkpoint/checkpoint.ts';
import { compareSides, type Agreement } from '../checkpoint/compare-sides.ts';
import type { IdState } from '../checkpoint/id-state.ts';
import { writeJsonFile } from '../checkpoint/json-file.ts';
import { LAKE_FILE, type LakeFile } from '../checkpoint/lake-file.ts';
import {
  findResumePoint,
  idStateAt,
  reconcile,
  requireSameFingerprint,
  requireSameSettings,
  type ReconcileInput,
  type StateOnDisk,
} from '../checkpoint/reconcile.ts';
import { readStateOnDisk } from '../checkpoint/state-on-disk.ts';
import type { Config } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import type { Effects, LakeSummary } from '../events.ts';
import { formatDay, parseDay } from '../lib/days.ts';
import { interrupted } from '../lib/errors.ts';
import { removeTree } from '../lib/files.ts';
import { openPool } from './open-pool.ts';
import { partitionBytes, type StagedPartition } from '../parquet/manifest.ts';
import { GcsStore } from '../store/gcs-store.ts';
import { LocalStore } from '../store/local-store.ts';
import type { PartitionRef } from '../store/store.ts';
import { isSame, planUpload } from '../store/upload-plan.ts';
import { TRANSACTION_TABLES } from '../tables/index.ts';
import { defectsPrefix, defectsRoot, requireOwnKey } from './answer-key.ts';
import { hasBucket, requireOwnKeyPrefix, requireOwnPrefix, withBucket, type BucketSession } from './bucket-session.ts';
import { makeChunk, splitChunks, stageDimensions, type Chunk, type MadeChunk, type Pool } from './chunk-maker.ts';
import { sweepCsvLeftovers } from './csv-step.ts';
import { settingsIdentity } from './identity.ts';
import { noteKeyGaps } from './key-gaps.ts';
import { callHook, loadHook, type PostExportHook } from './post-export-hook.ts';
import { lastIdsThrough, prepareRun, rowsBetween, type PreparedRun } from './prepare-run.ts';
import { recordOutcome, withLocks } from './run-guard.ts';
import { estimateLake, summarizeLake, summarizeTruth } from './summary.ts';
import type { WorkerSetup } from './tasks.ts';

export interface RunRequest {
  readonly settings: Settings;
  readonly config: Config;
}

/** Parquet parts of a day lie far below it; only a hand-made day could reach it. */
const TARGET_SIZE_BYTES = 96 * 2 ** 20;

/** Makes what is missing of the lake, in the bucket if there is one, or says that nothing is. */
export async function backlogBear({ settings, config }: RunRequest, fx: Effects): Promise<LakeSummary> {
  const hook = await loadHook(settings.postExportHook);
  return withLocks(settings, fx, 'backlog-bear', () =>
    recordOutcome(settings, fx, async () => {
      const started = fx.clock().getTime();
      // Nothing is written, lookups neither, before the state on disk is known to fit.
      const found = readStateOnDisk(settings);
      if (found.state !== undefined) requireSameSettings(found.statePath, found.state, settingsIdentity(config, settings));
      findResumePoint(found);
      const run = async (fx: Effects, session: BucketSession | undefined): Promise<LakeSummary> => {
        const completed = session === undefined ? undefined : agreeWithBucket(session, found, config, settings);
        const prepared = await prepareRun(config, settings, lastPlannedDay(settings, completed?.completedDay), fx);
        const backlog = new Backlog(prepared, hook, fx, session);
        await backlog.requireOwnKeys();
        if (session !== undefined) await backlog.agree(session, completed!);
        const note = await backlog.run();
        if (session !== undefined && settings.publishTruth && prepared.generator.mess !== undefined)
          await noteKeyGaps(session.client, settings, { dates: undefined, tables: undefined }, fx);
        fx.emit({ type: 'phase', name: 'adding up' });
        const summary = await summarizeLake(session?.store ?? new LocalStore(settings.targetRoot));
        const truth = await summarizeTruth(settings);
        return { ...summary, truth, ...backlog.window(), elapsedMs: fx.clock().getTime() - started, estimated: false, note };
      };
      return hasBucket(settings) ? withBucket(settings, fx, 'backlog-bear', (session, inner) => run(inner, session)) : run(fx, undefined);
    }),
  );
}

/** What can be told before the lookups are there. Throws UserErrors that name both sides. */
function agreeWithBucket({ side }: BucketSession, found: StateOnDisk, config: Config, settings: Settings): Agreement {
  if (side.state !== undefined) requireSameSettings(side.statePath, side.state, settingsIdentity(config, settings));
  return compareSides(found, side, settings.startDate);
}

/** The same table without writing anything: rows and partitions exact, bytes estimated. */
export async function planBacklog({ settings, config }: RunRequest, fx: Effects): Promise<LakeSummary> {
  const started = fx.clock().getTime();
  return { ...(await estimateLake(config, settings, fx)), elapsedMs: fx.clock().getTime() - started };
}

/** A lake that reaches further than END_DATE is left as it is, but its state must still be checked against a plan that covers it. */
function lastPlannedDay(settings: Settings, completedDay?: number): number {
  return Math.max(settings.endDate, completedDay ?? readCheckpoint(settings.checkpointFile) ?? 0);
}

type TimedChunk = MadeChunk & { readonly startedMs: number };

class Backlog {
  private readonly prepared: PreparedRun;
  private readonly hook: PostExportHook | undefined;
  private readonly fx: Effects;
  private readonly session: BucketSession | undefined;
  private readonly store: LocalStore;
  /** The answer key's. */
  private readonly truth: LocalStore;
  private state: ReconcileInput;
  private readonly started: number;
  /** Chunks that are made while another is committed. */
  private making: Promise<TimedChunk>[] = [];
  private rows = 0;
  private bytes = 0;
  private uploadedBytes = 0;

  constructor(run: PreparedRun, hook: PostExportHook | undefined, fx: Effects, session: BucketSession | undefined) {
    this.prepared = run;
    this.hook = hook;
    this.fx = fx;
    this.session = session;
    this.store = new LocalStore(run.settings.targetRoot);
    this.truth = new LocalStore(defectsRoot(run.settings));
    this.started = fx.clock().getTime();
    const { settings, identity, plan } = run;
    this.state = {
      ...readStateOnDisk(settings),
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

  /** Throws a UserError (exit 2) when another lake's answer key lies where this one's is to go. */
  async requireOwnKeys(): Promise<void> {
    const { settings, identity, generator } = this.prepared;
    if (generator.mess === undefined) return;
    await requireOwnKey(settings, identity.batchId);
    if (this.session !== undefined && settings.publishTruth) await requireOwnKeyPrefix(this.session.client, settings, identity.batchId);
  }

  /** Sets this machine's state to the bucket's where it must be, and clears what a kill left of a chunk that is safe there. */
  async agree(session: BucketSession, { completedDay, adopted }: Agreement): Promise<void> {
    const { settings, identity } = this.prepared;
    const { statePath, state } = session.side;
    if (state !== undefined) requireSameFingerprint(statePath, state, identity.fingerprint);
    if (session.side.checkpointDay === undefined) await requireOwnPrefix(session.client, settings.prefix, identity.batchId);
    if (state === undefined || completedDay < settings.startDate) return;
    const isLastChunk = state.last_completed_date === formatDay(completedDay) && state.chunk_start_date !== null;
    const chunk = { first: isLastChunk ? parseDay(state.chunk_start_date!) : settings.startDate, last: completedDay };
    if (adopted !== undefined) {
      this.fx.emit({ type: 'note', message: adopted });
      // As one chunk from the first day where nothing was done yet: so a kill before the checkpoint explains itself.
      await this.commitHere(this.state.checkpointDay === undefined ? { ...chunk, first: settings.startDate } : chunk);
    }
    if (isLastChunk) await this.store.remove(await this.leftovers(chunk, session));
  }

  /** Returns a note for the summary. */
  async run(): Promise<string | undefined> {
    const { settings } = this.prepared;
    const { completedDay, repaired } = reconcile(this.state);
    if (repaired !== undefined) this.fx.emit({ type: 'note', message: repaired });
    await this.sweep();
    if (this.state.state === undefined || repaired !== undefined) await this.writeState(completedDay, settings.startDate);
    const chunks = splitChunks(completedDay, settings.endDate, settings.chunkSize);
    if (chunks.length === 0) return `nothing to do: the lake is complete to ${formatDay(completedDay)}`;
    const resumed = completedDay >= settings.startDate;
    if (resumed) this.fx.emit({ type: 'note', message: `resuming after ${formatDay(completedDay)}` });

    const setup: WorkerSetup = {
      export: {
        lineage: this.prepared.lineage,
        stagingRoot: this.store.stagingRoot,
        targetSizeBytes: TARGET_SIZE_BYTES,
        drift: this.prepared.drift,
      },
      generator: this.prepared.generator,
    };
    try {
      const totalRows = this.rowsOf(chunks[0]!.first, settings.endDate);
      await openPool(settings.workers, setup, this.fx.signal, (pool) => this.makeChunks(pool, chunks, totalRows));
    } finally {
      await Promise.allSettled(this.making);
      await this.sweep();
    }
    return resumed ? `resumed after ${formatDay(completedDay)}` : undefined;
  }

  /** Removes what is unfinished. */
  private async sweep(): Promise<void> {
    await this.store.sweepStaging();
    await this.truth.sweepStaging();
    await sweepCsvLeftovers(this.prepared.settings.artifactRoot);
  }

  /** While one chunk is committed the workers are already at the next, as far as the disk may hold them. */
  private async makeChunks(pool: Pool, chunks: readonly Chunk[], totalRows: number): Promise<void> {
    const make = async (index: number): Promise<TimedChunk> => {
      const chunk = chunks[index]!;
      const startedMs = this.fx.clock().getTime();
      const onStaged = (partition: StagedPartition): void => this.progress(index, chunks, totalRows, partition);
      const isFirst = chunk.first === this.prepared.settings.startDate;
      const [dimensions, made] = await Promise.all([
        isFirst ? stageDimensions(pool, this.prepared.ready.folder, onStaged) : [],
        makeChunk(this.prepared, pool, chunk, this.truth.stagingRoot, onStaged),
      ]);
      return { ...made, staged: [...dimensions, ...made.staged], startedMs };
    };
    let begun = 0;
    for (let index = 0; index < chunks.length; index++) {
      // Queued behind the current chunk's tasks: no worker waits for a commit.
      for (; begun < chunks.length && begun < index + this.prepared.settings.maxStagedChunks; begun++) {
        const next = make(begun);
        next.catch(() => undefined); // awaited in its turn
        this.making.push(next);
      }
      const made = await this.making.shift()!;
      this.throwIfInterrupted();
      await this.commit(chunks[index]!, made, () => this.progress(index, chunks, totalRows));
      this.report(index, chunks, made, totalRows);
      this.throwIfInterrupted(index + 1 === chunks.length);
    }
  }

  /** The checkpoint is the commit: everything it vouches for is on disk, or confirmed by the bucket, before it. */
  private async commit(chunk: Chunk, { staged, truth, csvFolder }: MadeChunk, onUploaded: () => void): Promise<void> {
    const { settings } = this.prepared;
    await this.truth.publish(truth);
    await this.store.publish(staged);
    if (this.hook !== undefined) {
      for (const { table, partition, manifest } of staged) {
        await callHook(this.hook, settings.postExportHook!, this.store.pathOf({ table, partition }), manifest);
      }
    }
    if (this.session !== undefined) {
      const { client, store, state, lease } = this.session;
      if (settings.publishTruth) {
        const key = new GcsStore(client, defectsPrefix(settings), settings.uploadConcurrency);
        await key.publish(truth.map((partition) => ({ ...partition, dir: this.truth.pathOf(partition) })));
      }
      const local = staged.map((partition) => ({ ...partition, dir: this.store.pathOf(partition) }));
      await store.publish(local, ({ bytes }) => {
        this.uploadedBytes += bytes;
        onUploaded();
      });
      await state.write(this.idStateAt(chunk), this.describeLake(chunk.last), chunk.last, () => lease.renew());
    }
    await this.commitHere(chunk);
    if (csvFolder !== undefined && !settings.keepCsv) await removeTree(csvFolder);
    if (this.session !== undefined) await this.store.remove(staged);
  }

  private async commitHere(chunk: Chunk): Promise<void> {
    const { artifactRoot, checkpointFile } = this.prepared.settings;
    await this.writeState(chunk.last, chunk.first);
    await writeJsonFile(join(artifactRoot, LAKE_FILE), this.describeLake(chunk.last));
    await writeCheckpoint(checkpointFile, chunk.last);
    this.state = { ...this.state, ...readStateOnDisk(this.prepared.settings) };
  }

  /**
   * What a kill left here of a chunk that lies in the bucket with the same bytes: a state alone is no reason to remove
   * anything. The dimensions go with the first chunk.
   */
  private async leftovers({ first, last }: Chunk, { client }: BucketSession): Promise<PartitionRef[]> {
    const { startDate, prefix } = this.prepared.settings;
    const isOfChunk = ({ partition }: PartitionRef): boolean => {
      const [key, value] = partition.split('=') as [string, string];
      return key === 'ingest_dt' ? value >= formatDay(first) && value <= formatDay(last) : first === startDate;
    };
    const partitions: StagedPartition[] = [];
    for (const ref of (await this.store.list()).filter(isOfChunk)) {
      const manifest = await this.store.readManifest(ref);
      if (manifest !== undefined) partitions.push({ ...ref, dir: this.store.pathOf(ref), manifest });
    }
    const plans = await planUpload(partitions, prefix, client);
    return plans.filter(isSame).map(({ partition }) => partition);
  }

  private writeState(day: number, chunkStart: number): Promise<void> {
    return writeJsonFile(this.prepared.settings.idStateFile, this.idStateAt({ first: chunkStart, last: day }));
  }

  private idStateAt({ first, last }: Chunk): IdState {
    return idStateAt(last, first, this.state, this.fx.clock());
  }

  private describeLake(day: number): LakeFile {
    const { identity, settings, config, plan, arrivals, ready } = this.prepared;
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
        ...(Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, { rows: arrivals[table][days]!, partitions: days }])) as Record<
          (typeof TRANSACTION_TABLES)[number],
          { rows: number; partitions: number }
        >),
      },
      last_ids: lastIdsThrough(plan, day),
      config: { ...config, horizon: { ...config.horizon, end_date: formatDay(day) } },
    };
  }

  private progress(index: number, chunks: readonly Chunk[], totalRows: number, staged?: StagedPartition): void {
    if (staged !== undefined) {
      this.rows += staged.manifest.total_rows;
      this.bytes += partitionBytes(staged.manifest);
    }
    const uploaded = this.session === undefined ? {} : { uploadedBytes: this.uploadedBytes };
    this.fx.emit({ type: 'progress', ...this.place(index, chunks), totalRows, rows: this.rows, bytes: this.bytes, ...uploaded });
  }

  private report(index: number, chunks: readonly Chunk[], { staged, startedMs }: TimedChunk, totalRows: number): void {
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
    const { settings, ready } = this.prepared;
    const { customers, products } = ready.lookups;
    return rowsBetween(this.prepared, first, last) + (first === settings.startDate ? customers.count + products.count : 0);
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
