// The words of a table's columns with their number of cells: what the funnel and the mess rates are told from.

import { TABLES, type TransactionTable } from '../tables/index.ts';
import { quote } from '../verify/deep/duck.ts';
import type { ColumnMess } from './figures.ts';
import type { RowSource } from './row-source.ts';

/** Columns to look at: of few different words, and such that may be empty. */
export interface WordColumns {
  readonly words: readonly string[];
  readonly nullable: readonly string[];
}

/**
 * One pass over a table, which reads the named columns only: leaves each word of each column with its cells in DuckDB, as
 * `words` (column_name, text, cells), and says how many rows there are, and how many cells of each column hold something.
 * Names that the table does not have are passed over.
 */
export async function loadWords(
  source: RowSource,
  table: TransactionTable,
  columns: WordColumns,
): Promise<{ readonly rows: number; readonly filled: ReadonlyMap<string, number> }> {
  const known = new Set(TABLES[table].columns.map(({ name }) => name));
  const words = columns.words.filter((name) => known.has(name));
  const counted = [...new Set([...columns.words, ...columns.nullable])].filter((name) => known.has(name));
  const names = words.map((name) => `WHEN grouping(${name}) = 0 THEN ${quote(name)}`);
  const select = [
    words.length === 0
      ? 'NULL::VARCHAR AS column_name, NULL::VARCHAR AS text'
      : `CASE ${names.join(' ')} END AS column_name, coalesce(${words.join(', ')}) AS text`,
    ...counted.map((name) => `count(${name}) AS filled_${name}`),
    'count(*) AS cells',
  ];
  await source.run(`CREATE OR REPLACE TEMP TABLE words AS SELECT ${select.join(', ')} FROM ${source.table(table)}
    GROUP BY GROUPING SETS (${['()', ...words.map((name) => `(${name})`)].join(', ')})`);
  const [total] = await source.rows('SELECT * FROM words WHERE column_name IS NULL');
  return {
    rows: total!['cells'] as number,
    filled: new Map(counted.map((name) => [name, total![`filled_${name}`] as number])),
  };
}

/** Leaves product names in the catalogue's spelling in DuckDB, as `catalogue` (fold, spelling); none without a catalogue. */
export async function loadCatalogue(source: RowSource): Promise<void> {
  const names = source.has('product_catalog') ? source.table('product_catalog') : "(SELECT '' AS product_name WHERE false)";
  await source.run(
    `CREATE OR REPLACE TEMP TABLE catalogue AS SELECT lower(trim(product_name)) AS fold, min(product_name) AS spelling FROM ${names} GROUP BY fold`,
  );
}

type WordMess = Required<Pick<ColumnMess, 'padded' | 'cased'>>;

/** Of `words`, by column. The right spelling is the catalogue's, or that of most cells. */
export async function judgeWords(source: RowSource): Promise<ReadonlyMap<string, WordMess>> {
  const rows = await source.rows(`
    WITH spelled AS (
      SELECT column_name, lower(trim(text)) AS fold, trim(text) AS spelling, sum(cells) AS cells,
        coalesce(sum(cells) FILTER (text <> trim(text)), 0) AS padded
      FROM words WHERE column_name IS NOT NULL AND text IS NOT NULL GROUP BY ALL),
    judged AS (
      SELECT s.column_name, s.fold, sum(s.cells) AS cells, sum(s.padded) AS padded,
        CASE WHEN c.spelling IS NULL THEN max(s.cells) ELSE coalesce(sum(s.cells) FILTER (s.spelling = c.spelling), 0) END AS right_cells
      FROM spelled s LEFT JOIN catalogue c ON s.column_name = 'product_name' AND s.fold = c.fold
      GROUP BY s.column_name, s.fold, c.spelling)
    SELECT column_name, sum(padded)::BIGINT AS padded, sum(cells - right_cells)::BIGINT AS cased FROM judged GROUP BY column_name`);
  return new Map(rows.map(({ column_name, padded, cased }) => [column_name as string, { padded, cased } as WordMess]));
}

/** Cells of a column by word, compared without case and padding; those of no such word, or empty, as `rest`. */
export async function countKnownWords(
  source: RowSource,
  column: string,
  known: readonly string[],
): Promise<{ readonly counts: Readonly<Record<string, number>>; readonly rest: number }> {
  const rows = await source.rows(
    `SELECT lower(trim(text)) AS word, sum(cells)::BIGINT AS cells FROM words WHERE column_name = ${quote(column)} GROUP BY ALL`,
  );
  const counts: Record<string, number> = Object.fromEntries(known.map((word) => [word, 0]));
  let rest = 0;
  for (const { word, cells } of rows) {
    if (typeof word === 'string' && known.includes(word)) counts[word] = cells as number;
    else rest += cells as number;
  }
  return { counts, rest };
}
