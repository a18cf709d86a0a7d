// A column of a CSV file as the parser sees it: what to make of its text, and the builder that takes it.

import { BoolBuilder, FloatBuilder, IntBuilder, TextBuilder, type BatchBuilder } from '../tables/column-builders.ts';
import type { TableSpec } from '../tables/index.ts';
import type { CsvHeader } from './header.ts';

/** A column the table does not have. */
export const SKIPPED = 0;
export const TEXT = 1;
/** The column that decides the partition: must begin with a calendar date. */
export const DATE = 2;
export const TIMESTAMP = 3;
export const INT = 4;
export const FLOAT = 5;
export const BOOL = 6;

/** Every one has the same shape (builders that do not apply are empty), so that the field loop stays monomorphic. */
export interface FileColumn {
  kind: number;
  name: string;
  nullable: boolean;
  text: TextBuilder;
  int: IntBuilder;
  float: FloatBuilder;
  bool: BoolBuilder;
}

/**
 * One for each of the file's columns, in the file's order; `builder` has the table's columns. With `anyDates`, what should be
 * a timestamp may be any text.
 */
export function fileColumns(table: TableSpec, header: CsvHeader, builder: BatchBuilder, anyDates: boolean): FileColumn[] {
  const unused = { text: new TextBuilder(), int: new IntBuilder(), float: new FloatBuilder(), bool: new BoolBuilder() };
  return header.names.map((name, at) => {
    const index = header.columns[at]!;
    const spec = table.columns[index];
    const column: FileColumn = { kind: SKIPPED, name, nullable: spec?.nullable ?? true, ...unused };
    const target = builder.builders[index];
    if (target instanceof TextBuilder) {
      column.kind = TEXT;
      if (name === table.dateColumn && spec?.format === 'date') column.kind = DATE;
      if (name === table.dateColumn && spec?.format === 'timestamp' && !anyDates) column.kind = TIMESTAMP;
      column.text = target;
    } else if (target instanceof IntBuilder) {
      column.kind = INT;
      column.int = target;
    } else if (target instanceof FloatBuilder) {
      column.kind = FLOAT;
      column.float = target;
    } else if (target instanceof BoolBuilder) {
      column.kind = BOOL;
      column.bool = target;
    }
    return column;
  });
}
