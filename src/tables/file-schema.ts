// What columns the files of a partition have: the contract's, unless mess that a config turns on makes them others.

import { parquetColumns, TABLES, type ColumnSpec, type ColumnType, type TableName, type TableSpec } from './index.ts';

export interface FileColumn extends ColumnSpec {
  /** The contract's column whose values it holds; undefined: one that is not in the contract. */
  readonly of?: string;
  /** Of a column that is not in the contract: the name it was added with, and what its cells are drawn from; nothing: all are null. */
  readonly added?: { readonly name: string; readonly values: readonly string[] };
}

export interface FileSchema {
  /** Files of one table and one version have the same columns. */
  readonly version: number;
  /** Whether manifests name the version: in lakes with drift. */
  readonly isVersioned?: boolean;
  /** All columns of the Parquet files in order, lineage last; the partition key stands in the path. */
  readonly columns: readonly FileColumn[];
}

/** By table and the partition key's value, such as `2020-03-01`. */
export type FileSchemas = (table: TableName, value: string) => FileSchema;

/** A column of numbers as text. */
export function asText({ name, nullable, encoding }: ColumnSpec): FileColumn {
  // A day of 55,000 items: 110 KB of unit_price and 23 KB of quantity by dictionary, 169 KB and 43 KB plain; orders the other
  // way round. So as the numbers are, and integers by dictionary.
  return { name, type: 'string', nullable, encoding: encoding === 'delta' ? 'dictionary' : encoding, of: name };
}

/** The contract's columns, those of `texts` as text. */
export function fileSchema(table: TableSpec, texts: readonly string[] = []): FileSchema {
  return {
    version: 1,
    columns: parquetColumns(table).map((column) => (texts.includes(column.name) ? asText(column) : { ...column, of: column.name })),
  };
}

/** What a manifest says of columns; `of` stands in those of the answer key. */
interface ManifestColumn extends Pick<ColumnSpec, 'name' | 'type'> {
  readonly of?: string | null;
}

/**
 * The same by the names and types of a manifest, for who does not know the lake's config. In a lake with drift it has a
 * `version`: without `of`, a column is then taken to hold the contract's of its name.
 */
export function schemaOfManifest(table: TableSpec, columns: readonly ManifestColumn[], version?: number): FileSchema {
  if (version !== undefined) return { version, isVersioned: true, columns: columns.map((column) => driftedColumn(table, column)) };
  const own = new Map<string, ColumnType>(parquetColumns(table).map(({ name, type }) => [name, type]));
  const isText = ({ name, type }: Pick<ColumnSpec, 'name' | 'type'>): boolean =>
    type === 'string' && (own.get(name) === 'float64' || own.get(name) === 'int64');
  return fileSchema(
    table,
    columns.filter((column) => isText(column) && !table.key.includes(column.name)).map(({ name }) => name),
  );
}

function driftedColumn(table: TableSpec, { name, type, of }: ManifestColumn): FileColumn {
  const own = parquetColumns(table).find((column) => column.name === (of === undefined ? name : of));
  return { name, type, nullable: own?.nullable ?? true, encoding: 'plain', ...(own === undefined ? {} : { of: own.name }) };
}

/** Every file has the contract's columns. */
export const CONTRACT_SCHEMAS: FileSchemas = (table) => fileSchema(TABLES[table]);

/** The contract's column whose values it holds. */
export function contractColumn(table: TableSpec, { of }: FileColumn): ColumnSpec | undefined {
  return of === undefined ? undefined : parquetColumns(table).find(({ name }) => name === of);
}

/** Whether it holds the contract's numbers as text. */
export function isNumberText(table: TableSpec, column: FileColumn): boolean {
  const own = contractColumn(table, column);
  return column.type === 'string' && own !== undefined && own.type !== 'string';
}

/** Names of the columns that hold the contract's numbers as text. */
export function textColumns(table: TableSpec, { columns }: FileSchema): string[] {
  return columns.filter((column) => isNumberText(table, column)).map(({ name }) => name);
}

/** The table with its CSV columns as they are written: those of `texts` as text. */
export function writtenTable(table: TableSpec, texts: readonly string[]): TableSpec {
  if (texts.length === 0) return table;
  return { ...table, columns: table.columns.map((column) => (texts.includes(column.name) ? asText(column) : column)) };
}
