// DuckDB as the second opinion on what was written.

import { DuckDBInstance } from '@duckdb/node-api';

export type DuckRow = Record<string, unknown>;

/** Runs one query in a database of its own; whole numbers come as bigint. */
export async function duck(sql: string): Promise<DuckRow[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
