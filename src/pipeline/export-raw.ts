// A folder of CSVs, whoever wrote them, to partitions of the lake.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline as streamPipeline } from 'node:stream/promises';
import { readJsonFile } from '../checkpoint/json-file.ts';
import type { Config } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import { readRunFile, type RunFile } from '../csv/run-file.ts';
import type { Effects, LakeSummary } from '../events.ts';
import { UserError } from '../lib/errors.ts';
import { formatCounted } from '../lib/numbers.ts';
import { partitionBytes, type StagedPartition } from '../parquet/manifest.ts';
import { LOOKUPS_FILE, lookupsFileSchema } from '../lookups/lookups-file.ts';
import { LocalStore } from '../store/local-store.ts';
import { DIMENSION_TABLES, isTransactionTable, TABLE_NAMES, type TableName } from '../tables/index.ts';
import { stageFolder } from './chunk-maker.ts';
import { publishTruthOfRun } from './answer-key.ts';
import { lineageOfRun } from './csv-step.ts';
import { openPool } from './open-pool.ts';
import { callHook, loadHook } from './post-export-hook.ts';
import { wallTimestamp } from './prepare-run.ts';
import { withLocks } from './run-guard.ts';
import { summarizeLake, summarizeTruth } from './summary.ts';

export interface ExportRequest {
  readonly settings: Settings;
  readonly config: Config;
  /** Folder of the CSVs. */
  readonly source: string;
  /** Dates of the transactional tables; undefined: all that occur. */
  readonly dates: ReadonlySet<string> | undefined;
  /** Undefined: every table with a CSV. */
  readonly tables: readonly TableName[] | undefined;
  /** Undefined: that of the run that wrote the CSVs, or a hash of their content. */
  readonly batchId: string | undefined;
  readonly targetSizeMb: number;
  /** Folder with customers.csv and product_catalog.csv to export too. */
  readonly lookupsFrom: string | undefined;
}

/** Nothing reaches the lake unless all of it can be read. */
export async function exportRaw(request: ExportRequest, fx: Effects): Promise<LakeSummary> {
  const { settings, source, dates, tables } = request;
  if (!existsSync(source)) throw new UserError(`${source}: no such folder`, { hint: 'Name the folder of the CSVs with --source.' });
  const hook = await loadHook(settings.postExportHook);
  return withLocks(settings, fx, 'export-raw', async () => {
    const started = fx.clock().getTime();
    const store = new LocalStore(settings.targetRoot);
    await store.sweepStaging();
    const run = await readRunFile(source);
    const fromRun = lineageOfRun(run);
    requireClockOfKey(run, settings, source);
    const lineage = {
      batchId: request.batchId ?? fromRun?.batchId ?? (await hashContent(source)),
      sourcePrefix: settings.sourcePrefix,
      wallClock: settings.ingestionClock === 'wall' ? wallTimestamp(fx.clock()) : undefined,
      signupEndDate: signupEnd(request) ?? fromRun?.signupEndDate ?? request.config.lookup_config.customers.signup_end_date,
    };
    const setup = { lineage, stagingRoot: store.stagingRoot, targetSizeBytes: request.targetSizeMb * 2 ** 20, drift: run?.drift ?? [] };
    let rows = 0;
    let bytes = 0;
    const onStaged = ({ manifest }: StagedPartition): void => {
      rows += manifest.total_rows;
      bytes += partitionBytes(manifest);
      fx.emit({
        type: 'progress',
        chunk: 1,
        chunks: 1,
        start: '',
        end: '',
        rows,
        totalRows: rows,
        bytes,
        elapsedMs: fx.clock().getTime() - started,
      });
    };
    try {
      const { staged, generated } = await openPool(settings.workers, { export: setup }, fx.signal, async (pool) => {
        const folders = [
          { folder: source, wanted: tables ?? TABLE_NAMES.filter((name) => existsSync(join(source, `${name}.csv`))) },
          ...(request.lookupsFrom === undefined
            ? []
            : [{ folder: request.lookupsFrom, wanted: DIMENSION_TABLES.filter((name) => tables?.includes(name) ?? true) }]),
        ];
        const all: StagedPartition[] = [];
        const generated: TableName[] = [];
        for (const { folder, wanted } of folders) {
          // The dimensions come from the lookups when both folders have them.
          const own = folder === source && request.lookupsFrom !== undefined ? wanted.filter((name) => isTransactionTable(name)) : wanted;
          if (own.length === 0 && folders.length > 1) continue;
          const { partitions, notes, ...found } = await stageFolder(pool, folder, own, dates, onStaged);
          for (const message of notes) fx.emit({ type: 'note', message });
          all.push(...partitions);
          if (folder === source) generated.push(...found.generated);
        }
        return { staged: all, generated };
      });
      const removed = await publishTruthOfRun(source, staged, generated, settings);
      if (removed > 0) {
        const message = `${source} has no answer key of ${formatCounted(removed, 'partition')}, or not of CSVs as they are now: what ${settings.truthRoot} had of them is removed`;
        fx.emit({ type: 'note', message });
      }
      await store.publish(staged);
      if (hook !== undefined) {
        for (const { table, partition, manifest } of staged)
          await callHook(hook, settings.postExportHook!, store.pathOf({ table, partition }), manifest);
      }
      const days = staged
        .flatMap(({ partition }) => (partition.startsWith('ingest_dt=') ? [partition.slice('ingest_dt='.length)] : []))
        .toSorted();
      return {
        ...(await summarizeLake(store)),
        truth: await summarizeTruth(settings),
        elapsedMs: fx.clock().getTime() - started,
        start: days[0] ?? '',
        end: days.at(-1) ?? '',
        chunks: 1,
        estimated: false,
        note: `${staged.length.toLocaleString('en-US')} partitions exported`,
      };
    } finally {
      await store.sweepStaging();
    }
  });
}

/** Products carry no date: their clock follows the end of the sign-up window they were built with. */
function signupEnd({ lookupsFrom }: ExportRequest): string | undefined {
  if (lookupsFrom === undefined) return undefined;
  return readJsonFile(join(lookupsFrom, LOOKUPS_FILE), lookupsFileSchema, 'description of lookups')?.signup_end_date;
}

/** `csv-` and a short hash of all CSVs: the same files have the same batch. */
async function hashContent(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const table of TABLE_NAMES) {
    const path = join(folder, `${table}.csv`);
    if (!existsSync(path)) continue;
    const content = createHash('sha256');
    await streamPipeline(createReadStream(path), content);
    hash.update(`${table} ${content.digest('hex')}\n`);
  }
  return `csv-${hash.digest('hex').slice(0, 12)}`;
}

/** Throws a UserError (exit 2) when the run's key would name another `ingestion_ts` of rows that come twice than the lake has. */
function requireClockOfKey(run: RunFile | undefined, { ingestionClock }: Settings, source: string): void {
  const clock = run?.repeated_rows_clock;
  if (clock === undefined || (clock === 'logical' && ingestionClock === 'logical')) return;
  throw new UserError(`${source} has rows that come twice, and its answer key has their ingestion_ts by the ${clock} clock`, {
    hint: 'Export it with --ingestion-clock logical from a run that was made with it, or let backlog-bear make the lake.',
  });
}
