// Columns of a table that a change may touch, as the contract calls them.

import { whyFixed } from '../../src/tables/drift-problems.ts';
import { fileSchema } from '../../src/tables/file-schema.ts';
import { isTransactionTable, TABLES, type TableName } from '../../src/tables/index.ts';

export function driftableColumns(table: TableName): string[] {
  const { columns } = fileSchema(TABLES[table]);
  const isFree = (column: (typeof columns)[number]): boolean => whyFixed(TABLES[table], column) === undefined;
  return isTransactionTable(table) ? columns.filter(isFree).map(({ name }) => name) : [];
}
