// What is handed in for a score: cleaned tables as Parquet or CSV, or a list of the defects that were found.

import { statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { UserError } from '../lib/errors.ts';
import { listTree } from '../lib/files.ts';
import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../tables/index.ts';
import type { Duck } from '../verify/deep/duck.ts';
import { openFiles, type AnsweredTable } from './answer-files.ts';

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
  if (info.isFile()) return { kind: 'list', list: await openListFile(duck, path) };
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
  const below = (await listTree(join(root, name))).filter(isData);
  if (single.length > 0 && below.length > 0) {
    throw new UserError(`${single[0]} stands beside the folder ${join(root, name)}, which has ${name} too`, {
      hint: 'Hand in one of both.',
    });
  }
  return [...single, ...below];
}

async function openListFile(duck: Duck, path: string): Promise<AnsweredTable> {
  const table = TRANSACTION_TABLES.find((name) => name === basename(path, extname(path)));
  if (table !== undefined) {
    throw new UserError(`${path} is the table ${table}, and a single file is taken as a list of defects`, {
      hint: `Name the folder that it is in: --answer ${dirname(path)}`,
    });
  }
  return openList(duck, path, [resolve(path)]);
}

async function openList(duck: Duck, place: string, files: readonly string[]): Promise<AnsweredTable> {
  const list = await openFiles(duck, place, files);
  requireColumns(
    place,
    list,
    LIST_COLUMNS,
    ' A file by itself is a list of defects; hand in tables as a folder with orders.parquet or orders.csv in it.',
  );
  return list;
}

function requireColumns(place: string, { types }: AnsweredTable, names: readonly string[], also = ''): void {
  const missing = names.filter((name) => !types.has(name));
  if (missing.length === 0) return;
  throw new UserError(`${place} lacks ${missing.join(' and ')}`, {
    hint: `Its columns are ${[...types.keys()].join(', ')}. Rows are found by ${names.join(' and ')}.${also}`,
  });
}
