// The grade of an answer: every table of it held against the messy lake and the answer key.

import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Effects } from '../events.ts';
import { EXIT, UserError } from '../lib/errors.ts';
import { DEFECTS } from '../tables/defects.ts';
import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../tables/index.ts';
import { Duck, readParquet } from '../verify/deep/duck.ts';
import { findUnreadable, type AnsweredTable } from './answer-files.ts';
import { INGEST_DT } from './cell-values.ts';
import { columnsOfLake, COMPARED_DATE, isAnswered, type ComparedColumn } from './compared-columns.ts';
import { keyWindows, splitAnswer } from './key-ranges.ts';
import { parts } from './lake-rows.ts';
import { keyOnly, partitionFolders, requireOwnKey, type PartitionFolder } from './partition-folders.ts';
import { readAnswer, type Answer } from './read-answer.ts';
import { saysValues, scoreList, type ListedTable } from './score-list.ts';
import { addUpReport, type ScoreReport, type TableResult } from './score-report.ts';
import { readColumns, scoreWindow, type CellCount, type WindowScore } from './score-table.ts';

export interface ScoreRequest {
  /** The messy lake, such as `output/raw`. */
  readonly root: string;
  /** Folder of the answer key, such as `output/truth`. */
  readonly truthRoot: string;
  /** Cleaned tables, or a list of defects. */
  readonly answer: string;
  /** Rows held in memory at once; for tests. */
  readonly windowRows?: number;
}

/** Throws a UserError: exit 2 when there is no lake, key or answer, exit 3 when interrupted. */
export async function scoreLake({ root, truthRoot, answer: path, windowRows }: ScoreRequest, fx: Effects): Promise<ScoreReport> {
  const started = fx.clock().getTime();
  const keyRoot = join(truthRoot, DEFECTS);
  if (!existsSync(root)) throw new UserError(`${root}: there is no lake here`, { hint: 'Name the messy lake with --source.' });
  if (!existsSync(keyRoot)) {
    throw new UserError(`${keyRoot}: there is no answer key here`, {
      hint: 'Name its folder with --truth. A lake made with messiness level none has no key: nothing was planted.',
    });
  }
  const duck = await Duck.open();
  const onAbort = (): void => duck.interrupt();
  fx.signal.addEventListener('abort', onAbort, { once: true });
  let answer: Answer | undefined;
  let folders: Folders = new Map();
  let absent: ReadonlyMap<TransactionTable, readonly string[]> = new Map();
  try {
    answer = await readAnswer(duck, path);
    folders = await readFolders(resolve(root), resolve(keyRoot), windowRows);
    for (const [table, windows] of folders) await requireOwnKey(duck, root, table, windows);
    absent = new Map(
      TRANSACTION_TABLES.map((table) => [table, keyOnly(resolve(keyRoot), table, folders.get(table) ?? [])] as const).filter(
        ([, own]) => own.length > 0,
      ),
    );
    const scorer = new Scorer(duck, folders, fx);
    await (answer.kind === 'list' ? scorer.scoreList(answer.list, [...absent.values()].flat()) : scorer.scoreTables(answer.tables));
    return {
      answer: path,
      lake: root,
      kind: answer.kind,
      ...addUpReport(scorer.results, scorer.strangers, answer.kind === 'tables' || saysValues(answer.list)),
      unscored: answer.kind === 'list' ? [] : [...answer.tables.keys()].filter((table) => !folders.has(table)),
      unscoredDays: [...absent].map(([table, own]) => ({ table, days: own.map((folder) => basename(folder).split('=')[1]!) })),
      elapsedMs: fx.clock().getTime() - started,
    };
  } catch (error) {
    if (!fx.signal.aborted)
      throw error instanceof UserError ? error : ((await findDamage(duck, answer, folders, [...absent.values()].flat())) ?? error);
    throw new UserError('interrupted: the answer was not scored to its end', {
      hint: 'Run the same command again.',
      exitCode: EXIT.incomplete,
    });
  } finally {
    fx.signal.removeEventListener('abort', onAbort);
    await duck.close();
  }
}

/** What made a query fail, if it is a file. `absent`: folders of the key alone. */
async function findDamage(
  duck: Duck,
  answer: Answer | undefined,
  folders: Folders,
  absent: readonly string[],
): Promise<UserError | undefined> {
  const files = answer?.kind === 'list' ? answer.list.files : [...(answer?.tables.values() ?? [])].flatMap((table) => table.files);
  const partitions = [...[...folders.values()].flat(2).flatMap(({ lake, key }) => [lake, key]), ...absent];
  return (
    (await findUnreadable(duck, files)) ??
    (await findUnreadable(
      duck,
      partitions.map((folder) => join(folder, '*.parquet')),
      { hint: 'ecomlake verify names what is wrong with the lake and its key.', exitCode: EXIT.damaged },
    ))
  );
}

/** In windows; tables that the lake lacks are left out. */
type Folders = ReadonlyMap<TransactionTable, readonly PartitionFolder[][]>;

async function readFolders(root: string, keyRoot: string, windowRows: number | undefined): Promise<Folders> {
  const folders = new Map<TransactionTable, readonly PartitionFolder[][]>();
  for (const table of TRANSACTION_TABLES) {
    const windows = await partitionFolders(root, keyRoot, table, windowRows);
    if (windows.length > 0) folders.set(table, windows);
  }
  if (folders.size === 0) {
    throw new UserError(`${root}: this lake has no partition to score against`, {
      hint: 'Name another lake with --source. A run with --bucket removes partitions here once they are in the bucket: copy them back first, as with gcloud storage cp --recursive.',
    });
  }
  return folders;
}

class Scorer {
  private readonly duck: Duck;
  private readonly folders: Folders;
  private readonly fx: Effects;
  readonly results: TableResult[] = [];
  strangers: readonly CellCount[] = [];

  constructor(duck: Duck, folders: Folders, fx: Effects) {
    this.duck = duck;
    this.folders = folders;
    this.fx = fx;
  }

  async scoreTables(tables: ReadonlyMap<TransactionTable, AnsweredTable>): Promise<void> {
    for (const [table, folders] of this.folders) {
      this.fx.emit({ type: 'phase', name: `scoring ${table}` });
      const answer = tables.get(table);
      this.results.push(answer === undefined ? await this.leaveAsItWas(table, folders) : await this.scoreTable(table, folders, answer));
    }
  }

  private async scoreTable(table: TransactionTable, folders: readonly PartitionFolder[][], answer: AnsweredTable): Promise<TableResult> {
    const columns = columnsOf(table, folders);
    const asked = await keyWindows(this.duck, table, columns, folders);
    const answers = asked.length > 1 ? await splitAnswer(this.duck, asked, answer, readColumns(asked[0]!, answer)) : [answer];
    const windows: WindowScore[] = [];
    for (const [index, window] of asked.entries()) {
      if (this.fx.signal.aborted) throw new Error('interrupted');
      windows.push(await scoreWindow(this.duck, window, answers[index]!));
    }
    const sum = (name: 'rows' | 'dropped' | 'kept'): number => windows.reduce((total, window) => total + window[name], 0);
    const [size] = await this.duck.rows(`SELECT count(*) AS rows FROM ${answer.source}`);
    const cells = windows.flatMap((window) => window.cells);
    // Most lakes have no late row: then nobody misses the date.
    const asksDate = cells.some(({ column }) => column === INGEST_DT.name);
    return {
      table,
      rows: sum('rows'),
      dropped: sum('dropped'),
      added: (size!['rows'] as number) - sum('kept'),
      isAnswered: true,
      missingColumns: [...columns, ...(asksDate ? [COMPARED_DATE] : [])]
        .filter((column) => !isAnswered(column, answer))
        .map(({ name }) => name),
      unknownColumns: unknownColumns(table, folders, answer),
      cells,
    };
  }

  /** Nothing was found in a table that was not handed in. */
  private async leaveAsItWas(table: TransactionTable, folders: readonly PartitionFolder[][]): Promise<TableResult> {
    const key = readParquet(parts(folders.flat(), 'key'));
    const cells = await this.duck.rows(
      `SELECT "column", kind, count(*) AS defects, 0 AS detected, 0 AS repaired, 0 AS wrong FROM ${key} GROUP BY ALL`,
    );
    return {
      table,
      rows: rowsOf(folders),
      dropped: 0,
      added: 0,
      isAnswered: false,
      missingColumns: [],
      unknownColumns: [],
      cells: cells as unknown as CellCount[],
    };
  }

  /** `unscored`: folders of the key that the lake lacks. */
  async scoreList(list: AnsweredTable, unscored: readonly string[]): Promise<void> {
    this.fx.emit({ type: 'phase', name: 'scoring the list of defects' });
    const tables = new Map([...this.folders].map(([table, windows]) => [table, listedTable(table, windows)]));
    const { byTable, strangers } = await scoreList(this.duck, list, tables, unscored);
    this.strangers = strangers;
    for (const [table, windows] of this.folders) {
      this.results.push({
        table,
        rows: rowsOf(windows),
        dropped: 0,
        added: 0,
        isAnswered: true,
        missingColumns: [],
        unknownColumns: [],
        cells: byTable.get(table)!,
      });
    }
  }
}

/** Columns of an answer that are neither the contract's nor the lake's, lineage and what drift added among them. */
function unknownColumns(table: TransactionTable, windows: readonly PartitionFolder[][], { types }: AnsweredTable): string[] {
  const names = [
    ...TABLES[table].columns.map(({ name }) => name),
    ...windows.flat().flatMap(({ schema }) => schema.columns.map(({ name }) => name)),
    INGEST_DT.name,
  ];
  const known = new Set(names.map((name) => name.toLowerCase()));
  return [...types.keys()].filter((name) => !known.has(name));
}

function listedTable(table: TransactionTable, windows: readonly PartitionFolder[][]): ListedTable {
  return { partitions: windows.flat(), columns: columnsOf(table, windows) };
}

function columnsOf(table: TransactionTable, windows: readonly PartitionFolder[][]): ComparedColumn[] {
  const versions = Map.groupBy(windows.flat(), ({ schema }) => schema.version);
  return columnsOfLake(
    table,
    [...versions.values()].map(([first]) => first!.schema),
  );
}

function rowsOf(windows: readonly PartitionFolder[][]): number {
  return windows.flat().reduce((sum, { rows }) => sum + rows, 0);
}
