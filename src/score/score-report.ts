// A score as it is reported: what was counted in each table, added up and graded.

import { KIND_SEPARATOR } from '../tables/defects.ts';
import type { TransactionTable } from '../tables/index.ts';
import { addCounts, grade, NOTHING, type Counts, type Grade } from './grade.ts';
import type { Answer } from './read-answer.ts';
import type { CellCount } from './score-table.ts';

export interface RowCounts {
  /** Of the messy lake. */
  readonly rows: number;
  /** Rows of the lake that the answer does not have. One that was delivered twice counts once. */
  readonly dropped: number;
  /** Rows of the answer that the lake does not have, or that it has more often than the lake. */
  readonly added: number;
}

export interface TableScore extends Grade, RowCounts {
  readonly table: TransactionTable;
  /** False: the answer has no such table, which counts as left as it was. */
  readonly isAnswered: boolean;
  /** Columns that the answer lacks: left as they were. */
  readonly missingColumns: readonly string[];
  /** Columns of the answer that are none of the lake's: not looked at. */
  readonly unknownColumns: readonly string[];
}

export interface ScoreReport extends RowCounts {
  readonly answer: string;
  readonly lake: string;
  readonly kind: Answer['kind'];
  readonly overall: Grade;
  /** A cell that several kinds hit counts for each of them. */
  readonly kinds: readonly (Grade & { readonly kind: string })[];
  readonly tables: readonly TableScore[];
  /** Tables of the answer that the lake lacks. */
  readonly unscored: readonly TransactionTable[];
  /** Days of the answer key that the lake lacks. */
  readonly unscoredDays: readonly { readonly table: TransactionTable; readonly days: readonly string[] }[];
  readonly columns: readonly (Grade & { readonly table: TransactionTable | null; readonly column: string })[];
  readonly elapsedMs: number;
}

type Totals = Pick<ScoreReport, 'rows' | 'dropped' | 'added' | 'overall' | 'kinds' | 'tables' | 'columns'>;

export type TableResult = Pick<TableScore, 'table' | 'rows' | 'dropped' | 'added' | 'isAnswered' | 'missingColumns' | 'unknownColumns'> & {
  readonly cells: readonly CellCount[];
};

/** Of tables as they were counted, and of cells that no table has. `saysValues`: whether the answer repairs. */
export function addUpReport(results: readonly TableResult[], strangers: readonly CellCount[], saysValues: boolean): Totals {
  const all = [...results.flatMap(({ cells }) => cells), ...strangers];
  const sum = (key: 'rows' | 'dropped' | 'added'): number => results.reduce((total, result) => total + result[key], 0);
  const byKind = addUp(
    all.flatMap((cell) => cell.kind.split(KIND_SEPARATOR).map((kind) => ({ ...cell, kind }))),
    ({ kind }) => kind,
  );
  return {
    rows: sum('rows'),
    dropped: sum('dropped'),
    added: sum('added'),
    overall: grade(total(all), saysValues),
    kinds: byKind.map(([kind, counts]) => ({ kind, ...grade(counts, saysValues) })),
    tables: results.map(({ cells, ...result }) => ({ ...result, ...grade(total(cells), saysValues) })),
    columns: [...results, { table: null, cells: strangers }].flatMap(({ table, cells }) =>
      addUp(cells, ({ column }) => column).map(([column, counts]) => ({ table, column, ...grade(counts, saysValues) })),
    ),
  };
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
