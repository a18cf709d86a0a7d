// One window of CSVs, with the IDs that the whole lake has.

import { join } from 'node:path';
import { readIdState, type LakeIdentity } from '../checkpoint/id-state.ts';
import { writeJsonFile } from '../checkpoint/json-file.ts';
import { LAKE_FILE, readLakeFile } from '../checkpoint/lake-file.ts';
import { describeDifferences, idStateAt, reconcile } from '../checkpoint/reconcile.ts';
import type { Config } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import type { Effects, TableTotals } from '../events.ts';
import { readRunFile } from '../csv/run-file.ts';
import { formatDay, parseDay } from '../lib/days.ts';
import { EXIT, UserError } from '../lib/errors.ts';
import { TRANSACTION_TABLES } from '../tables/index.ts';
import { writeCsvRun, type Chunk } from './chunk-maker.ts';
import { openPool } from './open-pool.ts';
import { lastIdsThrough, prepareRun, rowsBetween } from './prepare-run.ts';
import { withLocks } from './run-guard.ts';

export interface GeneratorRequest {
  /** `startDate` is where the lake and its IDs begin. */
  readonly settings: Settings;
  readonly config: Config;
  /** Days to write; default: the whole horizon, or with a state one chunk after it. */
  readonly window?: Partial<Chunk> | undefined;
  /** Go on after the ID state at `settings.idStateFile` and move it on. */
  readonly useState: boolean;
  /** Default: `static_lookups` in the artifact root. */
  readonly lookupsFolder?: string | undefined;
}

export interface GeneratorSummary {
  folder: string;
  start: string;
  end: string;
  tables: TableTotals[];
  elapsedMs: number;
}

export async function runGenerator(request: GeneratorRequest, fx: Effects): Promise<GeneratorSummary> {
  const { settings, config, lookupsFolder } = request;
  return withLocks(settings, fx, 'run-generator', async () => {
    const started = fx.clock().getTime();
    const window = chooseWindow(request);
    const run = await prepareRun(config, settings, window.last, fx, { folder: lookupsFolder });
    const state = {
      fingerprint: run.identity.fingerprint,
      identity: run.identity.madeWith,
      startDay: settings.startDate,
      idsThrough: (day: number) => lastIdsThrough(run.plan, day),
    };
    if (request.useState) {
      const idState = readIdState(settings.idStateFile);
      const stateDay = idState?.last_completed_date ?? undefined;
      const checkpointDay = stateDay === undefined ? undefined : parseDay(stateDay);
      reconcile({ ...state, statePath: settings.idStateFile, checkpointPath: settings.idStateFile, state: idState, checkpointDay });
    }
    warnOfOtherLake(settings.artifactRoot, run.identity.madeWith, fx);
    const totalRows = rowsBetween(run, window.first, window.last);
    const place = { chunk: 1, chunks: 1, start: formatDay(window.first), end: formatDay(window.last), totalRows };
    let rows = 0;
    let bytes = 0;
    const onDay = (dayBytes: number, dayRows: number): void => {
      rows += dayRows;
      bytes += dayBytes;
      fx.emit({ type: 'progress', ...place, rows, bytes, elapsedMs: fx.clock().getTime() - started });
    };
    const { folder } = await openPool(settings.workers, { generator: run.generator }, fx.signal, (pool) =>
      writeCsvRun(run, pool, window, { temporary: false, onDay }),
    );
    if (request.useState) await writeJsonFile(settings.idStateFile, idStateAt(window.last, window.first, state, fx.clock()));
    return {
      folder,
      start: place.start,
      end: place.end,
      tables: await countTables(folder, window),
      elapsedMs: fx.clock().getTime() - started,
    };
  });
}

/** CSVs of another level or config fit into the lake's partitions, and nothing tells them apart there. */
function warnOfOtherLake(artifactRoot: string, madeWith: LakeIdentity, fx: Effects): void {
  const path = join(artifactRoot, LAKE_FILE);
  // What export-raw decides, and CSVs do not have.
  const { source_prefix: _prefix, ingestion_clock: _clock, ...ofCsvs } = madeWith;
  try {
    const lake = readLakeFile(path);
    const differences = lake === undefined ? undefined : describeDifferences(lake.made_with, ofCsvs);
    if (differences !== undefined) fx.emit({ type: 'warning', message: `these CSVs are not of the lake of ${path}: ${differences}` });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    fx.emit({ type: 'warning', message: `whether these CSVs are of the lake cannot be told: ${error.message}` });
  }
}

function chooseWindow({ settings, window, useState }: GeneratorRequest): Chunk {
  if (!useState) return requireWithin({ first: window?.first ?? settings.startDate, last: window?.last ?? settings.endDate }, settings);
  const done = readIdState(settings.idStateFile)?.last_completed_date;
  const first = done === undefined || done === null ? settings.startDate : parseDay(done) + 1;
  if (window?.first !== undefined && window.first !== first) {
    throw new UserError(
      `--start-date ${formatDay(window.first)} does not follow ${settings.idStateFile}, which goes on with ${formatDay(first)}`,
      {
        hint: 'Leave out --start-date, or leave out --id-state-file to write any window.',
      },
    );
  }
  const last = window?.last ?? Math.min(first + settings.chunkSize - 1, settings.endDate);
  if (last < first) {
    throw new UserError(`nothing is left to generate: ${settings.idStateFile} is at ${done ?? 'the start'}`, {
      hint: 'Set a later --end-date.',
      exitCode: EXIT.usage,
    });
  }
  return { first, last };
}

function requireWithin(window: Chunk, settings: Settings): Chunk {
  if (window.first < settings.startDate) {
    throw new UserError(`the window begins on ${formatDay(window.first)}, before the lake does on ${formatDay(settings.startDate)}`, {
      hint: 'IDs begin with the lake: set horizon.start_date in the config to make an earlier one.',
    });
  }
  return window;
}

async function countTables(folder: string, { first, last }: Chunk): Promise<TableTotals[]> {
  const run = await readRunFile(folder);
  return TRANSACTION_TABLES.map((table) => {
    const { rows, bytes } = run!.tables[table]!;
    return { table, rows, bytes, files: 1, partitions: last - first + 1 };
  });
}
