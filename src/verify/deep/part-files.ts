// The lake's parts as DuckDB reads them: each with a number, and windows of days that fit into memory.

import { join } from 'node:path';
import { parseDay } from '../../lib/days.ts';
import type { FileSchema } from '../../tables/file-schema.ts';
import {
  isTransactionTable,
  LINEAGE_COLUMNS,
  TABLES,
  TRANSACTION_TABLES,
  type TableName,
  type TransactionTable,
} from '../../tables/index.ts';
import { manifestOf, type LakeFiles } from '../lake-files.ts';
import { contractCells } from './contract-rows.ts';
import { quote, type Duck } from './duck.ts';

/** Rows of the largest table in a window: about 100 bytes each in memory. */
const WINDOW_ROWS = 1_500_000;
/** Keeps a window of a small lake to a number of files that opens in a second or two. */
const WINDOW_DAYS = 400;
const INSERT_ROWS = 1000;
const LINEAGE: ReadonlySet<string> = new Set(LINEAGE_COLUMNS.map(({ name }) => name));

export interface PartFile {
  /** Number among all parts; those of one table follow each other in order of partition and part. */
  readonly id: number;
  readonly table: TableName;
  /** Below the root. */
  readonly path: string;
  /** The partition key's value. */
  readonly value: string;
  readonly rows: number;
  readonly bytes: number;
  readonly batchId: string;
  readonly ingestionTs: string;
  readonly schema: FileSchema;
}

/** First and last date, both inclusive, and the parts of their partitions. */
export interface Window {
  readonly start: string;
  readonly end: string;
  readonly rows: number;
  readonly bytes: number;
  readonly parts: Readonly<Record<TransactionTable, readonly PartFile[]>>;
}

export function listParts(lake: LakeFiles): PartFile[] {
  const parts: PartFile[] = [];
  for (const partition of lake.partitions) {
    const manifest = manifestOf(partition);
    for (const { path, rows, bytes } of manifest?.files ?? []) {
      parts.push({
        id: parts.length,
        table: partition.table.name,
        path: `${partition.place}/${path}`,
        value: partition.value,
        rows,
        bytes,
        batchId: manifest!.batch_id,
        ingestionTs: manifest!.created_at,
        schema: lake.layout.schemaOf(partition.table.name, partition.value),
      });
    }
  }
  return parts;
}

/** Days together as long as no table has too many rows. */
export function splitWindows(parts: readonly PartFile[]): Window[] {
  const days = Map.groupBy(
    parts.filter(({ table }) => isTransactionTable(table)),
    ({ value }) => value,
  );
  const windows: Window[] = [];
  let start = '';
  let end = '';
  let rows = new Map<TableName, number>();
  let own: PartFile[] = [];
  let dates = 0;
  const close = (): void => {
    if (own.length === 0) return;
    const byTable = Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, own.filter((part) => part.table === table)]));
    const sum = (key: 'rows' | 'bytes'): number => own.reduce((total, part) => total + part[key], 0);
    windows.push({
      start,
      end,
      rows: sum('rows'),
      bytes: sum('bytes'),
      parts: byTable as Record<TransactionTable, PartFile[]>,
    });
    rows = new Map();
    own = [];
    dates = 0;
  };
  for (const date of [...days.keys()].toSorted()) {
    const today = days.get(date)!;
    const fits = today.every((part) => (rows.get(part.table) ?? 0) + part.rows <= WINDOW_ROWS);
    if (!fits || dates === WINDOW_DAYS) close();
    if (own.length === 0) start = date;
    end = date;
    dates++;
    own.push(...today);
    for (const part of today) rows.set(part.table, (rows.get(part.table) ?? 0) + part.rows);
  }
  close();
  return windows;
}

/**
 * Table `files`: what every row of a part must say of it. `day` counts from 1970-01-01; NULL for products. `may_repeat`:
 * rows may come twice, the second time with a later `ingestion_ts`.
 */
export async function createFilesTable(
  duck: Duck,
  parts: readonly PartFile[],
  sourcePrefix: string,
  mayRepeat: (table: TableName) => boolean,
): Promise<void> {
  await duck.run(
    'CREATE TEMP TABLE files (id INTEGER, value VARCHAR, day INTEGER, batch_id VARCHAR, ingestion_ts VARCHAR, source_file VARCHAR, may_repeat BOOLEAN)',
  );
  for (let at = 0; at < parts.length; at += INSERT_ROWS) {
    const rows = parts.slice(at, at + INSERT_ROWS).map(({ id, table, path, value, batchId, ingestionTs }) => {
      const day = table === 'product_catalog' ? 'NULL' : parseDay(value, path);
      return `(${id}, ${quote(value)}, ${day}, ${quote(batchId)}, ${quote(ingestionTs)}, ${quote(`${sourcePrefix}/${path}`)}, ${mayRepeat(table)})`;
    });
    await duck.run(`INSERT INTO files VALUES ${rows.join(', ')}`);
  }
}

/**
 * Rows of parts of one table as the contract has them, with their place: `file` (number of the part), `line` (from 0 within
 * it), `value` and `day` of the partition, and whether the lineage columns name them. Parts of one version of the schema
 * follow each other. What comes twice is read once, as it came first.
 */
export function readParts(root: string, parts: readonly PartFile[]): string {
  return `(SELECT * EXCLUDE (event_id, has_origin, is_later) FROM ${readAllParts(root, parts)} WHERE NOT is_later)`;
}

/** The same of all that comes, with `event_id`, whether the row `is_later` than the first, and whether batch and part are its own (`has_origin`). */
export function readAllParts(root: string, parts: readonly PartFile[]): string {
  const versions = [...Map.groupBy(parts, ({ schema }) => schema.version).values()];
  return `(${versions.map((own) => readVersion(root, own)).join(' UNION ALL ')})`;
}

function readVersion(root: string, parts: readonly PartFile[]): string {
  const [{ id, table, schema }] = parts as [PartFile, ...PartFile[]];
  const paths = parts.map(({ path }) => quote(join(root, path))).join(', ');
  const cells = [...contractCells(TABLES[table], schema, 'x')].filter(([name]) => !LINEAGE.has(name));
  return `
    SELECT f.id AS file, x.file_row_number AS line, f.value, f.day, ${cells.map(([name, sql]) => `${sql} AS "${name}"`).join(', ')},
      x.event_id, x.batch_id = f.batch_id AND x.source_file = f.source_file AS has_origin,
      has_origin AND x.ingestion_ts = f.ingestion_ts AS has_lineage,
      f.may_repeat AND x.ingestion_ts > f.ingestion_ts AS is_later
    FROM read_parquet([${paths}], file_row_number = true, hive_partitioning = false) x
    JOIN files f ON f.id = x.file_index + ${id}`;
}
