// The words of a column with their number of cells: what the funnel and the mess rates are told from.

import { TABLES, type TableName, type TransactionTable } from '../tables/index.ts';
import type { RowSource } from './row-source.ts';

export interface TableWords {
  readonly table: TableName;
  readonly rows: number;
  /** Cells that hold something, by column. */
  readonly filled: ReadonlyMap<string, number>;
  /** By column; missing cells are not among them. */
  readonly words: ReadonlyMap<string, readonly Word[]>;
}

export interface Word {
  readonly text: string;
  readonly cells: number;
}

/**
 * One pass over a table, which reads the named columns only. `words` are columns of few different texts, `nullable` any;
 * names that the table does not have are passed over.
 */
export async function countWords(
  source: RowSource,
  table: TransactionTable,
  columns: { readonly words: readonly string[]; readonly nullable: readonly string[] },
): Promise<TableWords> {
  const known = new Set(TABLES[table].columns.map(({ name }) => name));
  const words = columns.words.filter((name) => known.has(name));
  const nullable = columns.nullable.filter((name) => known.has(name));
  const sets = ['()', ...words.map((name) => `(${name})`)].join(', ');
  const select = [
    ...words.map((name) => `${name} AS word_${name}, grouping(${name}) AS without_${name}`),
    ...nullable.map((name) => `count(${name}) AS filled_${name}`),
    'count(*) AS cells',
  ];
  const rows = await source.rows(`SELECT ${select.join(', ')} FROM ${source.table(table)} GROUP BY GROUPING SETS (${sets})`);
  const total = rows.find((row) => words.every((name) => row[`without_${name}`] === 1))!;
  const cellsOf = (name: string): Word[] =>
    rows.flatMap((row) => {
      const text = row[`word_${name}`];
      return row[`without_${name}`] === 0 && typeof text === 'string' ? { text, cells: row['cells'] as number } : [];
    });
  const wordsOf = new Map(words.map((name) => [name, cellsOf(name)]));
  const sum = (list: readonly Word[]): number => list.reduce((cells, word) => cells + word.cells, 0);
  return {
    table,
    rows: total['cells'] as number,
    filled: new Map([
      ...[...wordsOf].map(([name, list]) => [name, sum(list)] as const),
      ...nullable.map((name) => [name, total[`filled_${name}`] as number] as const),
    ]),
    words: wordsOf,
  };
}
