// The grade of an answer: every table of it held against the messy lake and the answer key.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Effects } from '../events.ts';
import { EXIT, UserError } from '../lib/errors.ts';
import { partitionFolders, type PartitionFolder } from './partition-folders.ts';
import { DEFECTS, KIND_SEPARATOR } from '../tables/defects.ts';
import type { FileSchema } from '../tables/file-schema.ts';
import { TRANSACTION_TABLES, type TransactionTable } from '../tables/index.ts';
import { Duck } from '../verify/deep/duck.ts';
import { columnsOfLake, isAnswered } from './compared-columns.ts';
import { addCounts, grade, NOTHING, type Counts, type Grade } from './grade.ts';
import { readAnswer, type Answer, type AnsweredTable } from './read-answer.ts';
import { scoreList } from './score-list.ts';
import { scoreWindow, splitAnswer, type CellCount, type WindowScore } from './score-table.ts';

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

export interface RowCounts {
  /** Of the messy lake. */
  readonly rows: number;
  /** Rows of the lake that the answer does not have. */
  readonly dropped: number;
  /** Rows of the answer that the lake does not have, or that it has more than once. */
  readonly added: number;
}

export interface TableScore extends Grade, RowCounts {
  readonly table: TransactionTable;
  /** False: the answer has no such table, which counts as left as it was. */
  readonly isAnswered: boolean;
  /** Columns that the answer lacks: left as they were. */
  readonly missingColumns: readonly string[];
}

export interface ScoreReport extends RowCounts {
  readonly answer: string;
  readonly lake: string;
  readonly kind: Answer['kind'];
  readonly overall: Grade;
  /** A cell that several kinds hit counts for each of them. */
  readonly kinds: readonly (Grade & { readonly kind: string })[];
  readonly tables: readonly TableScore[];
  readonly columns: readonly (Grade & { readonly table: TransactionTable | null; readonly column: string })[];
  readonly elapsedMs: number;
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
  try {
    const answer = await readAnswer(duck, path);
    const scorer = new Scorer(duck, resolve(root), resolve(keyRoot), windowRows, fx);
    await (answer.kind === 'list' ? scorer.scoreList(answer.list) : scorer.scoreTables(answer.tables));
    return { answer: path, lake: root, kind: answer.kind, ...scorer.report(), elapsedMs: fx.clock().getTime() - started };
  } catch (error) {
    if (!fx.signal.aborted) throw error;
    throw new UserError('interrupted: the answer was not scored to its end', {
      hint: 'Run the same command again.',
      exitCode: EXIT.incomplete,
    });
  } finally {
    fx.signal.removeEventListener('abort', onAbort);
    await duck.close();
  }
}

type TableResult = Pick<TableScore, 'table' | 'rows' | 'dropped' | 'added' | 'isAnswered' | 'missingColumns'> & {
  readonly cells: readonly CellCount[];
};

class Scorer {
  private readonly duck: Duck;
  private readonly root: string;
  private readonly keyRoot: string;
  private readonly windowRows: number | undefined;
  private readonly fx: Effects;
  private readonly results: TableResult[] = [];
  private strangers: readonly CellCount[] = [];

  constructor(duck: Duck, root: string, keyRoot: string, windowRows: number | undefined, fx: Effects) {
    this.duck = duck;
    this.root = root;
    this.keyRoot = keyRoot;
    this.windowRows = windowRows;
    this.fx = fx;
  }

  async scoreTables(tables: ReadonlyMap<TransactionTable, AnsweredTable>): Promise<void> {
    for (const table of TRANSACTION_TABLES) {
      this.fx.emit({ type: 'phase', name: `scoring ${table}` });
      const answer = tables.get(table);
      const folders = await partitionFolders(this.root, this.keyRoot, table, this.windowRows);
      this.results.push(answer === undefined ? await this.leaveAsItWas(table, folders) : await this.scoreTable(table, folders, answer));
    }
  }

  private async scoreTable(table: TransactionTable, folders: readonly PartitionFolder[][], answer: AnsweredTable): Promise<TableResult> {
    const columns = columnsOfLake(table, schemasOf(folders));
    const asked = folders.map((window) => ({
      table,
      columns,
      lake: window.map(({ lake, schema }) => ({ folder: lake, schema })),
      key: window.map(({ key }) => key),
    }));
    const answers = asked.length > 1 ? await splitAnswer(this.duck, asked, answer) : [answer];
    const windows: WindowScore[] = [];
    for (const [index, window] of asked.entries()) {
      if (this.fx.signal.aborted) throw new Error('interrupted');
      windows.push(await scoreWindow(this.duck, window, answers[index]!));
    }
    const rows = windows.reduce((sum, window) => sum + window.rows, 0);
    const found = windows.reduce((sum, window) => sum + window.found, 0);
    const [total] = await this.duck.rows(`SELECT count(*) AS rows FROM ${answer.source}`);
    return {
      table,
      rows,
      dropped: rows - found,
      added: (total!['rows'] as number) - found,
      isAnswered: true,
      missingColumns: columns.filter((column) => !isAnswered(column, answer)).map(({ name }) => name),
      cells: windows.flatMap(({ cells }) => cells),
    };
  }

  /** Nothing was found in a table that was not handed in. */
  private async leaveAsItWas(table: TransactionTable, folders: readonly PartitionFolder[][]): Promise<TableResult> {
    const none = { source: '(SELECT NULL::VARCHAR AS event_id, NULL::VARCHAR AS "column" WHERE false)', types: new Map<string, string>() };
    const { byTable } = await scoreList(this.duck, none, new Map([[table, folders.flat().map(({ key }) => key)]]));
    const rows = folders.flat().reduce((sum, partition) => sum + partition.rows, 0);
    return { table, rows, dropped: 0, added: 0, isAnswered: false, missingColumns: [], cells: byTable.get(table)! };
  }

  async scoreList(list: AnsweredTable): Promise<void> {
    this.fx.emit({ type: 'phase', name: 'scoring the list of defects' });
    const folders = new Map<TransactionTable, readonly PartitionFolder[]>();
    for (const table of TRANSACTION_TABLES) folders.set(table, (await partitionFolders(this.root, this.keyRoot, table)).flat());
    const keys = new Map([...folders].map(([table, own]) => [table, own.map(({ key }) => key)]));
    const names = new Map([...folders].map(([table, own]) => [table, columnsOfLake(table, schemasOf([[...own]]))]));
    const { byTable, strangers } = await scoreList(this.duck, list, keys, names);
    this.strangers = strangers;
    for (const [table, own] of folders) {
      const rows = own.reduce((sum, partition) => sum + partition.rows, 0);
      this.results.push({ table, rows, dropped: 0, added: 0, isAnswered: true, missingColumns: [], cells: byTable.get(table)! });
    }
  }

  report(): Omit<ScoreReport, 'answer' | 'lake' | 'kind' | 'elapsedMs'> {
    const all = [...this.results.flatMap(({ cells }) => cells), ...this.strangers];
    const sum = (key: 'rows' | 'dropped' | 'added'): number => this.results.reduce((total, result) => total + result[key], 0);
    const byKind = addUp(
      all.flatMap((cell) => cell.kind.split(KIND_SEPARATOR).map((kind) => ({ ...cell, kind }))),
      ({ kind }) => kind,
    );
    return {
      rows: sum('rows'),
      dropped: sum('dropped'),
      added: sum('added'),
      overall: grade(total(all)),
      kinds: byKind.map(([kind, counts]) => ({ kind, ...grade(counts) })),
      tables: this.results.map(({ cells, ...result }) => ({ ...result, ...grade(total(cells)) })),
      columns: [...this.results.flatMap(({ table, cells }) => byColumn(table, cells)), ...byColumn(null, this.strangers)],
    };
  }
}

/** One of each version. */
function schemasOf(folders: readonly PartitionFolder[][]): FileSchema[] {
  return [...Map.groupBy(folders.flat(), ({ schema }) => schema.version).values()].map(([first]) => first!.schema);
}

function byColumn(table: TransactionTable | null, cells: readonly CellCount[]): ScoreReport['columns'][number][] {
  return addUp(cells, ({ column }) => column).map(([column, counts]) => ({ table, column, ...grade(counts) }));
}

function total(cells: readonly Counts[]): Counts {
  return cells.reduce(addCounts, NOTHING);
}

/** Sums by name, in order of name. */
function addUp(cells: readonly CellCount[], nameOf: (cell: CellCount) => string): [string, Counts][] {
  return [...Map.groupBy(cells, nameOf)]
    .map(([name, own]): [string, Counts] => [name, total(own)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}
