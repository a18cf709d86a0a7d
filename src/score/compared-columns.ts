// What of a table's columns is compared, and how the lake and an answer have each: under whatever name and type it came to bear.

import { asText, isNumberText, type FileSchema } from '../tables/file-schema.ts';
import { TABLES, type ColumnSpec, type TransactionTable } from '../tables/index.ts';
import { SQL_TYPES } from '../verify/deep/duck.ts';
import type { AnsweredTable } from './answer-files.ts';
import { asInLake, asKey, INGEST_DT } from './cell-values.ts';

/** A column of the contract; of type text where any file of the lake has its numbers as text. */
export interface ComparedColumn extends ColumnSpec {
  /** Under which an answer may have it: the contract's name, and those of the lake's files. */
  readonly names: readonly string[];
  /** Whether there are files that do not have it any more. */
  readonly isRemoved: boolean;
}

/** All columns of a table that a lake of these schemas has; none of lineage, nor such as drift added. */
export function columnsOfLake(table: TransactionTable, schemas: readonly FileSchema[]): ComparedColumn[] {
  const spec = TABLES[table];
  return spec.columns.flatMap((column): ComparedColumn[] => {
    const found = schemas.map(({ columns }) => columns.find(({ of }) => of === column.name));
    const own = found.flatMap((file) => file ?? []);
    if (own.length === 0 && schemas.length > 0) return [];
    const names = [...new Set([column.name, ...own.map(({ name }) => name)])];
    const isText = column.type !== 'bool' && own.some((file) => isNumberText(spec, file));
    return [{ ...(isText ? asText(column) : column), names, isRemoved: own.length < found.length }];
  });
}

/** Where rows lie: no column of the files, and compared where an answer tells it. */
export const COMPARED_DATE: ComparedColumn = { ...INGEST_DT, names: [INGEST_DT.name], isRemoved: false };

export function isKeyColumn(table: TransactionTable, { name }: ColumnSpec): boolean {
  return TABLES[table].key.includes(name);
}

export function isAnswered(column: ComparedColumn, answer: AnsweredTable): boolean {
  return namesInAnswer(column, answer).length > 0;
}

/** Of its names those that the answer has. */
export function namesInAnswer({ names }: ComparedColumn, { types }: AnsweredTable): string[] {
  return names.filter((name) => types.has(name.toLowerCase()));
}

/** SQL: a cell of the lake's files of one schema, read with their `filename`; NULL where they do not have it. */
export function lakeCell(table: TransactionTable, column: ComparedColumn, { columns }: FileSchema): string {
  if (column === COMPARED_DATE) return `regexp_extract(filename, '/${column.name}=([^/]*)/[^/]*$', 1)`;
  const file = columns.find(({ of }) => of === column.name);
  if (file === undefined) return `NULL::${SQL_TYPES[column.type]}`;
  const cell = `"${file.name}"`;
  return asCompared(table, column, file.type === column.type ? cell : `TRY_CAST(${cell} AS ${SQL_TYPES[column.type]})`);
}

/** SQL: a cell of an answer, which may have the column under several names: one for some rows, another for others. */
export function answerCell(table: TransactionTable, column: ComparedColumn, answer: AnsweredTable): string {
  const read = isKeyColumn(table, column) ? asKey : asInLake;
  const cells = namesInAnswer(column, answer).map((name) => asCompared(table, column, read({ ...column, name })));
  return cells.length === 1 ? cells[0]! : `coalesce(${cells.join(', ')})`;
}

/** Whether it is text and holds the contract's numbers. */
export function hasNumbers(table: TransactionTable, column: ComparedColumn): boolean {
  return isNumberText(TABLES[table], { ...column, of: column.name });
}

/** SQL: of a column that has numbers as text, the text of the number alone, however it is written; what is no number as it stands. */
function asCompared(table: TransactionTable, column: ComparedColumn, cell: string): string {
  return hasNumbers(table, column) ? `coalesce(CAST(TRY_CAST(${cell} AS DOUBLE) AS VARCHAR), ${cell})` : cell;
}
