// DuckDB at the same work: rows made by SQL, and our CSVs to partitioned Parquet.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { formatDay } from '../src/lib/days.ts';
import { TABLES, TRANSACTION_TABLES, type ColumnType, type TableSpec, type TransactionTable } from '../src/tables/index.ts';
import { Stopwatch, type Measurement } from './measure.ts';
import { BATCH_ID, csvsOf, lookupsOf, makeScratch, type Workload } from './workspace.ts';

const SQL_TYPES: Record<ColumnType, string> = { string: 'VARCHAR', int64: 'BIGINT', float64: 'DOUBLE', bool: 'BOOLEAN' };

async function connect(threads: number): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  return instance.connect();
}

export async function duckdbVersion(): Promise<string> {
  const reader = await (await connect(1)).runAndReadAll('SELECT version()');
  return String(reader.getRows()[0]![0]).replace(/^v/, '');
}

/** Rows of the shape of cart_items, with lineage, `rows` in all over the window's days. */
export async function measureDuckdbRows(workload: Workload, threads: number, rows: number): Promise<Measurement> {
  const folder = makeScratch(workload);
  const connection = await connect(threads);
  await connection.run(
    `CREATE TABLE products AS SELECT row_number() OVER () - 1 AS n, product_id, product_name, category, unit_price
     FROM read_csv('${join(lookupsOf(workload), 'product_catalog.csv')}', header = true)`,
  );
  const products = String((await connection.runAndReadAll('SELECT count(*) FROM products')).getRows()[0]![0]);
  const rowsPerDay = Math.ceil(rows / workload.days);
  const start = formatDay(workload.firstDay);
  const day = `CAST(DATE '${start}' + CAST(i // ${rowsPerDay} AS INTEGER) AS VARCHAR)`;
  const moment = `(TIMESTAMP '${start} 00:00:00' + to_milliseconds((i // ${rowsPerDay}) * 86400000 + (i % ${rowsPerDay}) * 86400000 // ${rowsPerDay} + hash(i, 1) % 1000))`;
  const watch = new Stopwatch();
  watch.start();
  const { rowsChanged } = await connection.run(`
    COPY (
      SELECT i + 1 AS cart_item_id,
             'CART-' || lpad(CAST(i // 4 + 1 AS VARCHAR), 8, '0') AS cart_id,
             p.product_id, p.product_name, p.category,
             strftime(${moment}, '%Y-%m-%dT%H:%M:%S.%g') AS added_at,
             CAST(1 + hash(i, 2) % 3 AS BIGINT) AS quantity,
             p.unit_price,
             '${BATCH_ID}' AS batch_id,
             ${day} || 'T02:00:00+00:00' AS ingestion_ts,
             'evt_' || md5('cart_items|' || CAST(i + 1 AS VARCHAR)) AS event_id,
             'ecom/raw/cart_items/ingest_dt=' || ${day} || '/part-0000.parquet' AS source_file,
             ${day} AS ingest_dt
      FROM (SELECT i, CAST(hash(i, 3) % ${products} AS BIGINT) AS n FROM range(${rows}) AS r(i)) JOIN products AS p USING (n)
    ) TO '${join(folder, 'cart_items')}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (ingest_dt))`);
  watch.stop();
  return { ...watch.measurement(rowsChanged), bytes: folderBytes(folder) };
}

/** What `export-raw` does, as far as DuckDB can: no checksums, manifests, order of keys or whole-or-nothing. */
export async function measureDuckdbExport(workload: Workload, threads: number): Promise<Measurement> {
  const folder = makeScratch(workload);
  const connection = await connect(threads);
  const watch = new Stopwatch();
  let rows = 0;
  watch.start();
  for (const table of TRANSACTION_TABLES) {
    const result = await connection.run(
      `COPY (${selectPartitions(csvsOf(workload), TABLES[table])}) TO '${join(folder, table)}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (ingest_dt))`,
    );
    rows += result.rowsChanged;
  }
  watch.stop();
  return { ...watch.measurement(rows), bytes: folderBytes(folder) };
}

/** A table's columns, its lineage and its partition; a child's date is its parent's. */
function selectPartitions(csvs: string, table: TableSpec): string {
  const read = ({ name, columns }: TableSpec): string => {
    const types = columns.map((column) => `'${column.name}': '${SQL_TYPES[column.type]}'`).join(', ');
    return `read_csv('${join(csvs, `${name}.csv`)}', header = true, columns = {${types}})`;
  };
  const { parent } = table;
  const dates: TableSpec = parent === undefined ? table : TABLES[parent.table as TransactionTable];
  const date = `substr(${parent === undefined ? 't' : 'p'}.${dates.dateColumn}, 1, 10)`;
  const join_ = parent === undefined ? '' : `JOIN ${read(dates)} AS p ON p.${parent.column} = t.${parent.column}`;
  const key = [`'${table.name}'`, ...table.key.map((name) => `CAST(t.${name} AS VARCHAR)`)].join(` || '|' || `);
  return `
    SELECT t.*, '${BATCH_ID}' AS batch_id, CAST(CAST(${date} AS DATE) + 1 AS VARCHAR) || 'T02:00:00+00:00' AS ingestion_ts,
           'evt_' || md5(${key}) AS event_id, 'ecom/raw/${table.name}/ingest_dt=' || ${date} || '/part-0000.parquet' AS source_file,
           ${date} AS ingest_dt
    FROM ${read(table)} AS t ${join_}`;
}

function folderBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}
