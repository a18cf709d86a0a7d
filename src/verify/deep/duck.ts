// A DuckDB of its own for one verification: bounded memory, what does not fit goes to a scratch folder.

import { mkdtemp } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { removeTree } from '../../lib/files.ts';
import type { ColumnType } from '../../tables/index.ts';

const MEMORY_LIMIT = '1400MB';

/** Whole numbers come as number: none here exceeds 2^53. */
export type Row = Record<string, string | number | boolean | null>;

export class Duck {
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;
  /** Folder for what does not fit into memory; gone with `close`. */
  readonly scratch: string;
  private running: Promise<unknown> = Promise.resolve();

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, scratch: string) {
    this.instance = instance;
    this.connection = connection;
    this.scratch = scratch;
  }

  static async open(): Promise<Duck> {
    const scratch = await mkdtemp(join(tmpdir(), 'ecomlake-verify-'));
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(availableParallelism()),
      memory_limit: MEMORY_LIMIT,
      temp_directory: scratch,
      preserve_insertion_order: 'false',
    });
    const duck = new Duck(instance, await instance.connect(), scratch);
    // What a timestamp without a zone means must not depend on the machine.
    await duck.run(`SET TimeZone = 'UTC'`);
    return duck;
  }

  async run(sql: string): Promise<void> {
    await this.wait(this.connection.run(sql));
  }

  /** Ends the query that runs, if any: it fails. */
  interrupt(): void {
    this.connection.interrupt();
  }

  private wait<T>(query: Promise<T>): Promise<T> {
    this.running = query;
    return query;
  }

  async rows(sql: string): Promise<Row[]> {
    const reader = await this.wait(this.connection.runAndReadAll(sql));
    return reader.getRowObjectsJS().map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)])));
  }

  async close(): Promise<void> {
    // A connection that is closed under a running query never lets the process end.
    this.interrupt();
    await this.running.catch(() => undefined);
    this.connection.closeSync();
    this.instance.closeSync();
    await removeTree(this.scratch);
  }
}

function plain(value: unknown): Row[string] {
  return typeof value === 'bigint' ? Number(value) : (value as Row[string]);
}

export const SQL_TYPES: Readonly<Record<ColumnType, string>> = { int64: 'BIGINT', float64: 'DOUBLE', bool: 'BOOLEAN', string: 'VARCHAR' };

/** A text as SQL has it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `('a', 'b')`; a list that nothing is in when empty. */
export function quoteList(texts: readonly string[]): string {
  return texts.length === 0 ? '(NULL)' : `(${texts.map(quote).join(', ')})`;
}

/** The files as a table; their paths in `filename`, what stands in the path is no column. */
export function readParquet(paths: readonly string[], options = ''): string {
  return `read_parquet([${paths.map(quote).join(', ')}], hive_partitioning = false${options === '' ? '' : `, ${options}`})`;
}

/** Text as it is compared: trimmed, case-folded. */
export function word(column: string): string {
  return `lower(trim(${column}))`;
}

/** Words of a vocabulary, compared like `word`. */
export function words(vocabulary: readonly string[]): string {
  return quoteList(vocabulary.map((text) => text.trim().toLowerCase()));
}

/** Position of a text in a vocabulary, from 1; NULL when it is none of its words. */
export function wordIndex(column: string, vocabulary: readonly string[]): string {
  return `nullif(list_position([${vocabulary.map((text) => quote(text.trim().toLowerCase())).join(', ')}], ${word(column)}), 0)`;
}
