// Days of the plan to a folder of CSVs, one file a table, with an index of where each day lies.

import { open, rename, rm, mkdir, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { writeJsonFile } from '../checkpoint/json-file.ts';
import type { Settings } from '../config/settings.ts';
import { readRunFile, RUN_FILE, type RunFile, type TableIndex } from '../csv/run-file.ts';
import { CsvEncoder } from '../csv/write.ts';
import { formatDay } from '../lib/days.ts';
import { describeFsError, listEntries, listTree, removeTree, syncAll } from '../lib/files.ts';
import type { Drift } from '../tables/drift.ts';
import { DEFECTS } from '../tables/defects.ts';
import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../tables/index.ts';
import type { CsvDay, LineageSettings } from './tasks.ts';

/** What a run says of itself in `_RUN.json`, beside the index. */
export interface RunDescription {
  readonly batchId: string;
  readonly signupEndDate: string;
  readonly messinessLevel: string;
  readonly seed: number | string;
  readonly scale: number;
  readonly drift: Drift;
  /** By which clock the key knows rows that come twice; undefined where none do. */
  readonly repeatedRowsClock: Settings['ingestionClock'] | undefined;
  /** Whether the folder goes once its chunk is committed. */
  readonly temporary: boolean;
}

export function runFolderName(firstDay: number, lastDay: number): string {
  return `raw_run_${formatDay(firstDay)}_${formatDay(lastDay)}`;
}

/** Where a run's answer key lies in its folder, laid out as a store. */
export function truthOfRun(folder: string): string {
  return join(folder, 'truth', DEFECTS);
}

/** Appends days in order; the folder appears under its name when all are written. */
export class CsvRunWriter {
  readonly folder: string;
  private readonly temporary: string;
  private readonly files: Record<TransactionTable, { handle: FileHandle; index: TableIndex }>;

  private constructor(folder: string, temporary: string, files: CsvRunWriter['files']) {
    this.folder = folder;
    this.temporary = temporary;
    this.files = files;
  }

  /** `textsOf`: columns of the contract's numbers that the CSV has as text. */
  static async create(folder: string, textsOf: (table: TransactionTable) => readonly string[]): Promise<CsvRunWriter> {
    const temporary = join(dirname(folder), `.${basename(folder)}.tmp`);
    await removeTree(temporary);
    try {
      await mkdir(temporary, { recursive: true });
      const files = {} as CsvRunWriter['files'];
      for (const table of TRANSACTION_TABLES) {
        const file = `${table}.csv`;
        const handle = await open(join(temporary, file), 'w');
        const header = new CsvEncoder(TABLES[table]).header();
        await handle.writeFile(header);
        const texts = textsOf(table);
        const own = texts.length === 0 ? {} : { text_columns: [...texts] };
        files[table] = { handle, index: { file, bytes: header.length, rows: 0, ...own, days: [] } };
      }
      return new CsvRunWriter(folder, temporary, files);
    } catch (error) {
      throw describeFsError(error, temporary);
    }
  }

  /** The answer key's partitions go here; they move with the folder. */
  get truthRoot(): string {
    return truthOfRun(this.temporary);
  }

  /** Returns the bytes written. */
  async append(date: string, day: CsvDay): Promise<number> {
    let written = 0;
    for (const table of TRANSACTION_TABLES) {
      const { handle, index } = this.files[table];
      const { bytes, rows } = day[table];
      try {
        await handle.writeFile(bytes);
      } catch (error) {
        throw describeFsError(error, join(this.temporary, index.file));
      }
      index.days.push({ value: date, offset: index.bytes, bytes: bytes.length, rows, first_line: index.rows + 2, crc32c: crc32c(bytes) });
      index.bytes += bytes.length;
      index.rows += rows;
      written += bytes.length;
    }
    return written;
  }

  /** Writes the index and gives the folder its name. */
  async finish(firstDay: number, lastDay: number, run: RunDescription): Promise<RunFile> {
    await this.close();
    const content: RunFile = {
      version: 1,
      start_date: formatDay(firstDay),
      end_date: formatDay(lastDay),
      batch_id: run.batchId,
      signup_end_date: run.signupEndDate,
      messiness_level: run.messinessLevel,
      seed: run.seed,
      scale: run.scale,
      temporary: run.temporary,
      ...(run.drift.length > 0 ? { drift: [...run.drift] } : {}),
      ...(run.repeatedRowsClock === undefined ? {} : { repeated_rows_clock: run.repeatedRowsClock }),
      tables: Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, this.files[table].index])),
    };
    await writeJsonFile(join(this.temporary, RUN_FILE), content);
    await removeTree(this.folder);
    try {
      await rename(this.temporary, this.folder);
    } catch (error) {
      throw describeFsError(error, this.folder);
    }
    return content;
  }

  /** For CSVs that are a result in themselves: to the disk for good. */
  async sync(): Promise<void> {
    const truth = await listTree(join(this.folder, 'truth'));
    const files = Object.values(this.files).map(({ index }) => join(this.folder, index.file));
    await syncAll([...files, join(this.folder, RUN_FILE), ...truth, this.folder, dirname(this.folder)]);
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.close();
    await rm(this.temporary, { recursive: true, force: true });
  }

  private async close(): Promise<void> {
    await Promise.all(Object.values(this.files).map(({ handle }) => handle.close()));
  }
}

/** Removes what a killed run left: unfinished folders, and finished ones of a chunk that was to be cleaned up. */
export async function sweepCsvLeftovers(artifactRoot: string): Promise<void> {
  for (const { name } of await listEntries(artifactRoot)) {
    const folder = join(artifactRoot, name);
    const unfinished = name.startsWith('.raw_run_') && name.endsWith('.tmp');
    if (unfinished || (name.startsWith('raw_run_') && (await readRunFile(folder))?.['temporary'] === true)) await removeTree(folder);
  }
}

/** What `export-raw` needs of the run that wrote a folder of CSVs; undefined where another program wrote them. */
export function lineageOfRun(run: RunFile | undefined): Pick<LineageSettings, 'batchId' | 'signupEndDate'> | undefined {
  if (typeof run?.['batch_id'] !== 'string' || typeof run['signup_end_date'] !== 'string') return undefined;
  return { batchId: run['batch_id'], signupEndDate: run['signup_end_date'] };
}
