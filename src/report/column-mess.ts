// Mess as it can be seen without the answer key: padded cells, cells in another case, missing cells.

import type { Config } from '../config/schema.ts';
import { defaultConfig } from '../config/load.ts';
import type { TransactionTable } from '../tables/index.ts';
import type { TableWords, Word } from './column-words.ts';
import type { ColumnMess } from './figures.ts';
import type { RowSource } from './row-source.ts';

/** Columns to look at, by table. */
export interface MessColumns {
  readonly words: readonly string[];
  readonly nullable: readonly string[];
}

const LEVELS = ['light_mess', 'medium_mess', 'heavy_mess'] as const;

/** Those that mess of the level may touch; of the default level without a config, or for a clean lake. */
export function messColumns(config: Config | undefined, level: string | undefined, table: TransactionTable): MessColumns {
  const { mess } = config ?? defaultConfig();
  const { padding, casing, missing_value } = mess[LEVELS.find((name) => name === level) ?? 'medium_mess'];
  return {
    words: ownColumns([...padding.columns, ...casing.columns], table),
    nullable: ownColumns(missing_value.columns, table),
  };
}

function ownColumns(paths: readonly string[], table: TransactionTable): string[] {
  const own = paths.filter((path) => path.startsWith(`${table}.`)).map((path) => path.slice(table.length + 1));
  return [...new Set(own)];
}

/** Names in the catalogue's spelling, by their folded form; none without a catalogue. */
export async function readCatalogueNames(source: RowSource): Promise<ReadonlyMap<string, string>> {
  if (!source.has('product_catalog')) return new Map();
  const rows = await source.rows(`SELECT DISTINCT product_name FROM ${source.table('product_catalog')}`);
  return new Map(rows.map(({ product_name }) => [fold(product_name as string), product_name as string]));
}

export function measureMess(
  { table, rows, filled, words }: TableWords,
  { nullable }: MessColumns,
  catalogue: ReadonlyMap<string, string>,
): ColumnMess[] {
  const columns = [...new Set([...words.keys(), ...nullable])];
  return columns.map((column) => {
    const found = words.get(column);
    const spelling = column === 'product_name' && catalogue.size > 0 ? catalogue : usualSpelling(found ?? []);
    return {
      table,
      column,
      cells: rows,
      missing: rows - (filled.get(column) ?? rows),
      padded: found && countCells(found, (text) => text !== text.trim()),
      cased: found && countCells(found, (text) => text.trim() !== (spelling.get(fold(text)) ?? text.trim())),
    };
  });
}

/** Cells of each state, compared without case and padding. */
export function foldWords(words: readonly Word[]): Record<string, number> {
  const folded: Record<string, number> = {};
  for (const { text, cells } of words) folded[fold(text)] = (folded[fold(text)] ?? 0) + cells;
  return folded;
}

/** Of each word, the spelling of most cells. */
function usualSpelling(words: readonly Word[]): Map<string, string> {
  const cells = new Map<string, number>();
  for (const word of words) cells.set(word.text.trim(), (cells.get(word.text.trim()) ?? 0) + word.cells);
  const usual = new Map<string, string>();
  for (const [text, count] of cells) {
    const best = usual.get(fold(text));
    if (best === undefined || count > cells.get(best)!) usual.set(fold(text), text);
  }
  return usual;
}

function countCells(words: readonly Word[], isDirty: (text: string) => boolean): number {
  return words.reduce((sum, { text, cells }) => sum + (isDirty(text) ? cells : 0), 0);
}

function fold(text: string): string {
  return text.trim().toLowerCase();
}
