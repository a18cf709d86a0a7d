// What is handed in for a score: cleaned tables as Parquet or CSV, or a list of the defects that were found.

import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../lib/errors.ts';
import { listTree } from '../lib/files.ts';
import { TABLES, TRANSACTION_TABLES, type ColumnSpec, type TransactionTable } from '../tables/index.ts';
import { quote, type Duck } from '../verify/deep/duck.ts';

/** One table's answer. */
export interface AnsweredTable {
  /** SQL that can stand behind FROM. */
  readonly source: string;
  /** SQL types of its columns by name. */
  readonly types: ReadonlyMap<string, string>;
}

export type Answer =
  | { readonly kind: 'tables'; readonly tables: ReadonlyMap<TransactionTable, AnsweredTable> }
  | { readonly kind: 'list'; readonly list: AnsweredTable };

/** Name of a list's file or folder. */
const LIST = 'defects';
const LIST_COLUMNS = ['event_id', 'column'];

/** Throws a UserError (exit 2) when there is nothing to score, or a column that it takes is missing. */
export async function readAnswer(duck: Duck, path: string): Promise<Answer> {
  const root = resolve(path);
  const info = statSync(root, { throwIfNoEntry: false });
  if (info === undefined)
    throw new UserError(`${path}: there is no such file or folder`, { hint: 'Name what is to be scored with --answer.' });
  if (info.isFile()) return { kind: 'list', list: await openList(duck, root, [root]) };
  const listed = await filesOf(root, LIST);
  const found = new Map<TransactionTable, readonly string[]>();
  for (const table of TRANSACTION_TABLES) {
    const files = await filesOf(root, table);
    if (files.length > 0) found.set(table, files);
  }
  if (listed.length > 0 && found.size > 0) {
    throw new UserError(`${path} has cleaned tables (${[...found.keys()].join(', ')}) and a list of defects`, {
      hint: 'Score them one after the other, from folders of their own.',
    });
  }
  if (listed.length > 0) return { kind: 'list', list: await openList(duck, join(root, LIST), listed) };
  if (found.size === 0) {
    throw new UserError(`${path}: no table and no list of defects is here`, {
      hint: 'Expected <table>.parquet, <table>.csv or a folder of either named after the table, such as orders/; or defects.csv with event_id and column.',
    });
  }
  const tables = new Map<TransactionTable, AnsweredTable>();
  for (const [table, files] of found) {
    const answered = await openFiles(duck, join(root, table), files);
    requireColumns(join(path, table), answered, TABLES[table].key);
    tables.set(table, answered);
  }
  return { kind: 'tables', tables };
}

/** `orders.parquet`, `orders.csv`, or all such files below `orders/`. */
async function filesOf(root: string, name: string): Promise<string[]> {
  const isData = (path: string): boolean => path.endsWith('.parquet') || path.endsWith('.csv');
  const single = ['.parquet', '.csv']
    .map((ending) => join(root, `${name}${ending}`))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  return [...single, ...(await listTree(join(root, name))).filter(isData)];
}

async function openList(duck: Duck, place: string, files: readonly string[]): Promise<AnsweredTable> {
  const list = await openFiles(duck, place, files);
  requireColumns(place, list, LIST_COLUMNS);
  return list;
}

async function openFiles(duck: Duck, place: string, files: readonly string[]): Promise<AnsweredTable> {
  const parquet = files.filter((path) => path.endsWith('.parquet'));
  if (parquet.length > 0 && parquet.length < files.length) {
    throw new UserError(`${place} has Parquet and CSV files`, { hint: 'Hand in one of both.' });
  }
  const list = `[${files.map(quote).join(', ')}]`;
  const source =
    parquet.length > 0
      ? `read_parquet(${list}, union_by_name = true, hive_partitioning = false)`
      : `read_csv(${list}, union_by_name = true, hive_partitioning = false, header = true, all_varchar = true)`;
  try {
    const columns = await duck.rows(`DESCRIBE SELECT * FROM ${source}`);
    return { source, types: new Map(columns.map((row) => [row['column_name'] as string, row['column_type'] as string])) };
  } catch (cause) {
    throw new UserError(`${place} cannot be read: ${(cause as Error).message.split('\n')[0]}`, { hint: 'Check its files.', cause });
  }
}

function requireColumns(place: string, { types }: AnsweredTable, names: readonly string[]): void {
  const missing = names.filter((name) => !types.has(name));
  if (missing.length === 0) return;
  throw new UserError(`${place} lacks ${missing.join(' and ')}`, {
    hint: `Its columns are ${[...types.keys()].join(', ')}. Rows are found by ${names.join(' and ')}.`,
  });
}

/** SQL: a column of an answer as the lake has it, whatever type the cleaner gave it; what does not fit is NULL. */
export function asInLake(column: ColumnSpec, type: string): string {
  const name = `"${column.name}"`;
  if (column.type === 'int64') return `TRY_CAST(${name} AS BIGINT)`;
  if (column.type === 'float64') return `TRY_CAST(${name} AS DOUBLE)`;
  if (column.type === 'bool') return `TRY_CAST(${name} AS BOOLEAN)`;
  if (type.startsWith('TIMESTAMP')) return `strftime(${name}, '%Y-%m-%dT%H:%M:%S.%g')`;
  return type === 'VARCHAR' ? name : `CAST(${name} AS VARCHAR)`;
}
