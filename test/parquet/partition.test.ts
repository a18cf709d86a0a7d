import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasmMemory } from 'parquet-wasm/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseManifest, type StagedPartition } from '../../src/parquet/manifest.ts';
import { PartEncoder } from '../../src/parquet/lineage.ts';
import { crc32cBase64, PartitionWriter, sha256Hex } from '../../src/parquet/partition.ts';
import { parquetColumns, TABLE_NAMES, TABLES, type TableSpec } from '../../src/tables/index.ts';
import { duck } from './duck.ts';
import { sampleBatch, sampleValue } from './sample-batch.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ecomlake-parquet-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const valueFor = (table: TableSpec): string => (table.name === 'product_catalog' ? 'Books' : '2020-03-01');

function write(
  table: TableSpec,
  rows: number,
  stagingRoot: string,
  targetSizeBytes = 96e6,
  writer = new PartitionWriter(),
): StagedPartition {
  return writer.write({
    table,
    partitionValue: valueFor(table),
    batch: sampleBatch(table, rows),
    batchId: 'backlog-1234567890ab',
    ingestionTs: '2020-03-02T02:00:00+00:00',
    sourcePrefix: 'ecom/raw',
    stagingRoot,
    targetSizeBytes,
  });
}

const LINEAGE = { batchId: 'b', ingestionTs: 't', sourceFile: 's' };

const DUCK_TYPES = { int64: 'BIGINT', float64: 'DOUBLE', bool: 'BOOLEAN', string: 'VARCHAR' } as const;

describe('a partition', () => {
  test.each(TABLE_NAMES)('of %s reads back cell by cell, its key from the path', async (name) => {
    const table = TABLES[name];
    const rows = 300;
    const { dir, partition } = write(table, rows, join(root, 'whole'));
    const glob = join(dir, '*.parquet');

    const described = await duck(`DESCRIBE SELECT * FROM read_parquet('${glob}', hive_partitioning = false)`);
    expect(described.map((column) => [column['column_name'], column['column_type']])).toEqual(
      parquetColumns(table).map((column) => [column.name, DUCK_TYPES[column.type]]),
    );

    const folder = join(root, 'whole', table.name, '*', '*.parquet');
    const read = await duck(
      `SELECT * FROM read_parquet('${folder}', hive_partitioning = true, hive_types_autocast = false, file_row_number = true) ORDER BY file_row_number`,
    );
    expect(read.length).toBe(rows);
    for (const [row, values] of read.entries()) {
      for (const [index, column] of table.columns.entries()) {
        if (column.name === table.partitionKey) continue;
        const expected = sampleValue(table, index, row);
        expect(values[column.name], `${column.name} of row ${row}`).toBe(
          column.type === 'int64' && expected !== null ? BigInt(expected as number) : expected,
        );
      }
      expect(values[table.partitionKey]).toBe(valueFor(table));
      expect(values['event_id']).toMatch(/^evt_[0-9a-f]{32}$/);
      expect(values).toMatchObject({
        batch_id: 'backlog-1234567890ab',
        ingestion_ts: '2020-03-02T02:00:00+00:00',
        source_file: `ecom/raw/${table.name}/${partition}/part-0000.parquet`,
      });
    }
  });

  test.each(TABLE_NAMES)('of %s without rows is an empty part with the schema', async (name) => {
    const table = TABLES[name];
    const { dir, manifest } = write(table, 0, join(root, 'empty'));
    const described = await duck(`DESCRIBE SELECT * FROM read_parquet('${join(dir, 'part-0000.parquet')}', hive_partitioning = false)`);
    expect(described.map((column) => column['column_name'])).toEqual(parquetColumns(table).map((column) => column.name));
    expect(await duck(`SELECT count(*) AS n FROM '${join(dir, 'part-0000.parquet')}'`)).toEqual([{ n: 0n }]);
    expect(manifest).toMatchObject({ total_rows: 0, min_event_dt: null, max_event_dt: null });
    expect(manifest.files).toHaveLength(1);
  });

  test('is the same bytes from any writer, in any order, over any leftover', async () => {
    const used = new PartitionWriter();
    write(TABLES.customers, 999, join(root, 'other'), 96e6, used);
    const leftover = write(TABLES.orders, 77, join(root, 'again'));
    await writeFile(join(leftover.dir, 'part-0007.parquet'), 'half a file');
    const first = write(TABLES.orders, 400, join(root, 'first'));
    const again = write(TABLES.orders, 400, join(root, 'again'), 96e6, used);
    expect(again.manifest).toEqual(first.manifest);
    expect(readdirSync(again.dir).toSorted()).toEqual(['_MANIFEST.json', '_SUCCESS', 'part-0000.parquet']);
    for (const name of readdirSync(first.dir)) {
      expect(readFileSync(join(again.dir, name)).equals(readFileSync(join(first.dir, name)))).toBe(true);
    }
  });

  test('is split by size into equal parts that hold the same rows', async () => {
    const table = TABLES.cart_items;
    const whole = write(table, 5000, join(root, 'one'));
    const target = Math.ceil(whole.manifest.files[0]!.bytes / 2.5);
    const split = write(table, 5000, join(root, 'split'), target);
    expect(split.manifest.files.map((file) => [file.path, file.rows])).toEqual([
      ['part-0000.parquet', 1666],
      ['part-0001.parquet', 1667],
      ['part-0002.parquet', 1667],
    ]);
    const rows = (dir: string): Promise<object[]> =>
      duck(`SELECT * EXCLUDE source_file FROM read_parquet('${dir}/*.parquet') ORDER BY cart_item_id`);
    expect(await rows(split.dir)).toEqual(await rows(whole.dir));
    const sources = await duck(
      `SELECT source_file, count(*)::INT AS rows FROM read_parquet('${split.dir}/*.parquet') GROUP BY ALL ORDER BY ALL`,
    );
    expect(sources).toEqual(
      split.manifest.files.map((file) => ({ source_file: `ecom/raw/cart_items/ingest_dt=2020-03-01/${file.path}`, rows: file.rows })),
    );
  });

  test('has a manifest that fits its files', async () => {
    const { dir, manifest } = write(TABLES.order_items, 2000, join(root, 'sums'), 30_000);
    const text = readFileSync(join(dir, '_MANIFEST.json'), 'utf8');
    expect(parseManifest(text, dir)).toEqual(manifest);
    expect(manifest.files.length).toBeGreaterThan(1);
    for (const file of manifest.files) {
      const bytes = readFileSync(join(dir, file.path));
      expect(file).toMatchObject({ bytes: bytes.length, sha256: sha256Hex(bytes), crc32c: crc32cBase64(bytes) });
      expect(await duck(`SELECT count(*)::INT AS n FROM '${join(dir, file.path)}'`)).toEqual([{ n: file.rows }]);
    }
    expect(statSync(join(dir, '_SUCCESS')).size).toBe(0);
  });

  test('knows the dates of its events', () => {
    const dates = (table: TableSpec) => {
      const { min_event_dt, max_event_dt } = write(table, 30, join(root, 'dates')).manifest;
      return [min_event_dt, max_event_dt];
    };
    for (const name of ['orders', 'cart_items', 'customers'] as const) expect(dates(TABLES[name])).toEqual(['2020-03-01', '2020-03-01']);
    expect(dates(TABLES.product_catalog)).toEqual([null, null]);
  });
});

test('crc32c as Google Cloud Storage gives it', () => {
  // The check value of CRC-32C: "123456789" has 0xE3069283.
  expect(crc32cBase64(Buffer.from('123456789'))).toBe(Buffer.from('e3069283', 'hex').toString('base64'));
});

test('two columns over one piece of memory are told apart', async () => {
  const table = TABLES.orders;
  const batch = sampleBatch(table, 50);
  const column = (name: string): number => batch.schema.names.indexOf(name);
  expect(column('net_total')).toBe(column('gross_total') + 1);
  batch.data.children[column('net_total')] = batch.data.children[column('gross_total')]!;
  const path = join(root, 'shared.parquet');
  await writeFile(path, new PartEncoder().encode(table, batch, LINEAGE));
  expect(await duck(`SELECT count(*)::INT AS n FROM '${path}' WHERE gross_total = net_total`)).toEqual([{ n: 50 }]);
});

test('a null where none may be is named', () => {
  const table = TABLES.returns;
  const batch = sampleBatch(table, 10);
  const index = batch.schema.names.indexOf('agent_id');
  batch.data.children[batch.schema.names.indexOf('reason')] = batch.data.children[index]!;
  expect(() => new PartEncoder().encode(table, batch, LINEAGE)).toThrow('column reason has 2 nulls');
});

const wasmBytes = (): number => (wasmMemory() as { buffer: ArrayBuffer }).buffer.byteLength;

test('memory does not grow with the number of parts', () => {
  const table = TABLES.returns;
  const encoder = new PartEncoder();
  const batch = sampleBatch(table, 300);
  const encode = (times: number): void => {
    for (let i = 0; i < times; i++) encoder.encode(table, batch, { ...LINEAGE, sourceFile: `part ${i}` });
  };
  encode(100);
  const before = wasmBytes();
  encode(1900);
  expect(wasmBytes()).toBe(before);
});
