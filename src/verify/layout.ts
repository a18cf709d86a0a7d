// How partitions lie under a root: the lake's own, and those of its answer key.

import { DEFECT_COLUMNS, DEFECTS, defectsFolder } from '../tables/defects.ts';
import { CONTRACT_SCHEMAS, type FileSchema, type FileSchemas } from '../tables/file-schema.ts';
import { TABLE_NAMES, TABLES, TRANSACTION_TABLES, type TableName, type TableSpec } from '../tables/index.ts';

export interface Layout {
  readonly tables: readonly TableName[];
  /** Folder of a table below the root. */
  folderOf(table: TableName): string;
  /** Columns of a partition's files, by the value of its key. */
  schemaOf(table: TableName, value: string): FileSchema;
  /** What a manifest calls table and partition. */
  named(table: TableName, partition: string): { readonly table: string; readonly partition: string };
}

/** `schemas`: of a lake that nothing is known of, the contract's. */
export function lakeLayout(schemas: FileSchemas = CONTRACT_SCHEMAS): Layout {
  return {
    tables: TABLE_NAMES,
    folderOf: (table) => table,
    schemaOf: schemas,
    named: (table, partition) => ({ table, partition }),
  };
}

export const ANSWER_KEY: Layout = {
  tables: TRANSACTION_TABLES,
  folderOf: defectsFolder,
  schemaOf: () => ({ version: 1, columns: DEFECT_COLUMNS }),
  named: (table, partition) => ({ table: DEFECTS, partition: `${defectsFolder(table)}/${partition}` }),
};

/** The table whose folder it is; undefined when it is none. */
export function tableIn(layout: Layout, folder: string): TableSpec | undefined {
  const name = layout.tables.find((table) => layout.folderOf(table) === folder);
  return name === undefined ? undefined : TABLES[name];
}
