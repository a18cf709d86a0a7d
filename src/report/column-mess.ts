// Mess as it can be seen without the answer key: padded cells, cells in another case, missing cells.

import { defaultConfig } from '../config/load.ts';
import { columnsOf } from '../config/planted-kinds.ts';
import type { Config } from '../config/schema.ts';
import type { TransactionTable } from '../tables/index.ts';
import { judgeWords, loadWords, type WordColumns } from './column-words.ts';
import type { ColumnMess } from './figures.ts';
import type { RowSource } from './row-source.ts';

const LEVELS = ['light_mess', 'medium_mess', 'heavy_mess'] as const;

/** Those that mess of the level may touch; of the default level without a config, or for a clean lake. */
export function messColumns(config: Config | undefined, level: string | undefined, table: TransactionTable): WordColumns {
  const { mess } = config ?? defaultConfig();
  const { padding, casing, missing_value } = mess[LEVELS.find((name) => name === level) ?? 'medium_mess'];
  return {
    words: [...new Set(columnsOf(table, [...padding.columns, ...casing.columns]))],
    nullable: columnsOf(table, missing_value.columns),
  };
}

/** Leaves the table's words in DuckDB (column-words.ts). */
export async function measureMess(source: RowSource, table: TransactionTable, columns: WordColumns): Promise<ColumnMess[]> {
  const { rows, filled } = await loadWords(source, table, columns);
  const judged = await judgeWords(source);
  return [...filled].map(([column, cells]) => {
    const isWord = columns.words.includes(column);
    const { padded, cased } = judged.get(column) ?? { padded: 0, cased: 0 };
    return { table, column, cells: rows, missing: rows - cells, padded: isWord ? padded : undefined, cased: isWord ? cased : undefined };
  });
}
