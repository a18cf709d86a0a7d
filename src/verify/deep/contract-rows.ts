// Rows as the contract has them, out of files with the columns of their schema.

import type { FileSchema } from '../../tables/file-schema.ts';
import { parquetColumns, TABLES, type TableName, type TableSpec } from '../../tables/index.ts';
import { readParquet, SQL_TYPES } from './duck.ts';

/**
 * SQL by the contract's column, for rows `row` of files: a text that should be a number is NULL where it is none.
 * All texts that number_formats plants are none for DuckDB.
 */
export function contractCells(table: TableSpec, { columns }: FileSchema, row: string): Map<string, string> {
  return new Map(
    parquetColumns(table).map(({ name, type }) => {
      const column = columns.find(({ of }) => of === name);
      if (column === undefined) return [name, `NULL::${SQL_TYPES[type]}`];
      const cell = `${row}."${column.name}"`;
      return [name, column.type === type ? cell : `TRY_CAST(${cell} AS ${SQL_TYPES[type]})`];
    }),
  );
}

/** A table in SQL, with `filename`: all rows of files that each have their schema. */
export function contractRows(table: TableName, files: readonly { readonly path: string; readonly schema: FileSchema }[]): string {
  const versions = [...Map.groupBy(files, ({ schema }) => schema.version).values()].map((own) => {
    const cells = [...contractCells(TABLES[table], own[0]!.schema, 'x')].map(([name, sql]) => `${sql} AS "${name}"`);
    const from = readParquet(
      own.map(({ path }) => path),
      'filename = true',
    );
    return `SELECT ${cells.join(', ')}, x.filename FROM ${from} x`;
  });
  return `(${versions.join(' UNION ALL ')})`;
}
