// Columns that change by date: what files and manifests then have, and that it is one lake however it is made.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportRaw, runGenerator } from '../../src/pipeline/index.ts';
import { murmur128 } from '../../src/parquet/murmur128.ts';
import { parseManifest, type Manifest } from '../../src/parquet/manifest.ts';
import { lakeIdentity } from '../../src/store/identity.ts';
import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../../src/tables/index.ts';
import { Duck } from '../../src/verify/deep/duck.ts';
import { readFooter } from '../parquet/column-chunks.ts';
import { DRIFT, LAST, makeDriftingShop, openDriftingShop } from './drifting-shop.ts';
import { effects, sums, TinyShop } from './tiny-shop.ts';

type Row = Record<string, unknown>;

let plain: TinyShop;
let drifting: TinyShop;
beforeAll(async () => {
  plain = await TinyShop.open();
  await plain.backlog({ direct: true, 'end-date': LAST });
  drifting = await makeDriftingShop();
});

const partOf = ({ raw }: TinyShop, table: string, date: string): string => join(raw, table, `ingest_dt=${date}`, 'part-0000.parquet');
const truthOf = (shop: TinyShop): string => join(shop.folder, 'output/truth/defects');

function manifestOf(root: string, table: string, date: string): Manifest {
  const path = join(root, table, `ingest_dt=${date}`, '_MANIFEST.json');
  return parseManifest(readFileSync(path, 'utf8'), path);
}

function rowsOf(shop: TinyShop, table: string, date: string): Row[] {
  return tableFromIPC(readParquet(readFileSync(partOf(shop, table, date))).intoIPCStream())
    .toArray()
    .map((row: { toJSON(): Row }) => row.toJSON());
}

/** Columns as `name type`, without those that did not change. */
function changedColumns(table: TransactionTable, date: string): string[] {
  const text = ({ columns }: Manifest): string[] => columns.map(({ name, type }) => `${name} ${type}`);
  const before = text(manifestOf(plain.raw, table, date));
  return text(manifestOf(drifting.raw, table, date)).filter((column) => !before.includes(column));
}

describe('files', () => {
  it('have the columns of their date, new ones last before lineage', () => {
    expect(changedColumns('orders', '2020-01-04')).toEqual([]);
    expect(changedColumns('orders', '2020-01-05')).toEqual(['sales_region string']);
    expect(changedColumns('orders', '2020-01-07')).toEqual(['shipping_method string', 'sales_region string']);
    expect(changedColumns('orders', LAST)).toEqual([
      'total_items string',
      'is_expedited string',
      'shipping_method string',
      'region string',
    ]);
    const names = manifestOf(drifting.raw, 'orders', LAST).columns.map(({ name }) => name);
    expect(names).toEqual(
      [
        ...TABLES.orders.columns.map(({ name }) => name).filter((name) => name !== 'clv_bucket'),
        ...['sales_region', 'batch_id', 'ingestion_ts', 'event_id', 'source_file'],
      ].map((name) => ({ shipping_speed: 'shipping_method', sales_region: 'region' })[name] ?? name),
    );
    for (const table of TRANSACTION_TABLES) {
      for (const date of ['2020-01-01', '2020-01-10', LAST]) {
        const { columns } = readFooter(readFileSync(partOf(drifting, table, date)));
        expect(columns.map(({ name, type }) => ({ name, type }))).toEqual(manifestOf(drifting.raw, table, date).columns);
      }
    }
  });

  it('have the same values under another name and type', () => {
    const before = rowsOf(plain, 'orders', LAST);
    const after = rowsOf(drifting, 'orders', LAST);
    expect(after.map((row) => row['shipping_method'])).toEqual(before.map((row) => row['shipping_speed']));
    expect(after.map((row) => row['is_expedited'])).toEqual(before.map((row) => String(row['is_expedited'])));
    expect(after.map((row) => row['total_items'])).toEqual(before.map((row) => String(row['total_items'])));
    expect(rowsOf(drifting, 'orders', '2020-01-12').map((row) => row['total_items'])).toEqual(
      rowsOf(plain, 'orders', '2020-01-12').map((row) => Number(row['total_items'])),
    );
    expect(rowsOf(drifting, 'returns', LAST).map((row) => row['refund'])).toEqual(
      rowsOf(plain, 'returns', LAST).map((row) => (row['refunded_amount'] as number).toFixed(2)),
    );
  });

  it('have in a new column what the row’s event_id draws, or nothing', () => {
    const values = ['north', 'south', 'west'];
    const draw = (id: string): string => {
      const text = new TextEncoder().encode(`sales_region|${id}`);
      const hash = new Uint32Array(4);
      murmur128(text, 0, text.length, 0, hash);
      return values[hash[0]! % 3]!;
    };
    const seen = new Set<string>();
    for (const [date, name] of [
      ['2020-01-05', 'sales_region'],
      [LAST, 'region'],
    ] as const) {
      for (const row of rowsOf(drifting, 'orders', date)) {
        seen.add(row[name] as string);
        expect(row[name]).toBe(draw(row['event_id'] as string));
      }
    }
    expect(seen).toEqual(new Set(values));
    expect(new Set(rowsOf(drifting, 'return_items', LAST).map((row) => row['note']))).toEqual(new Set([null]));
  });

  it('keep the bytes of every column that no change touches', () => {
    const touched = new Set(DRIFT.flatMap(({ table, rename, retype, remove }) => `${table}.${rename ?? retype ?? remove}`));
    let compared = 0;
    for (const table of TRANSACTION_TABLES) {
      for (const date of ['2020-01-03', '2020-01-10', LAST]) {
        const before = readFooter(readFileSync(partOf(plain, table, date)));
        const after = readFooter(readFileSync(partOf(drifting, table, date)));
        for (const { name, bytes } of before.columns.filter((column) => !touched.has(`${table}.${column.name}`))) {
          const own = after.columns.find((column) => column.name === name);
          expect(own?.bytes.equals(bytes), `${table}.${name} on ${date}`).toBe(true);
          compared += bytes.length;
        }
      }
    }
    expect(compared).toBeGreaterThan(50_000);
  });
});

describe('manifests', () => {
  it('name the version of the table’s schema, in lakes with drift only', () => {
    const versions = (table: string): (number | undefined)[] =>
      ['2020-01-01', '2020-01-05', '2020-01-07', '2020-01-10', '2020-01-11', LAST].map(
        (date) => manifestOf(drifting.raw, table, date).table_schema_version,
      );
    expect(versions('orders')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(versions('returns')).toEqual([1, 1, 1, 1, 2, 2]);
    expect(manifestOf(plain.raw, 'orders', LAST).table_schema_version).toBeUndefined();
  });

  it('of the answer key say what the lake’s columns hold', () => {
    const columns = manifestOf(truthOf(drifting), 'table=orders', LAST).lake_columns!;
    expect(columns.map(({ name, type }) => ({ name, type }))).toEqual(manifestOf(drifting.raw, 'orders', LAST).columns);
    const other = columns.filter(({ name, of }) => name !== of);
    expect(other).toEqual([
      { name: 'shipping_method', type: 'string', of: 'shipping_speed' },
      { name: 'region', type: 'string', of: null },
    ]);
    expect(manifestOf(truthOf(plain), 'table=orders', LAST).lake_columns).toBeUndefined();
  });
});

describe('the answer key', () => {
  it('has the contract’s column names, and no cell of a column that is not there', async () => {
    const duck = await Duck.open();
    const rows = await duck.rows(
      `SELECT "column" AS name, min(partition) AS first, max(partition) AS last FROM read_parquet('${truthOf(drifting)}/table=orders/*/*.parquet') GROUP BY ALL`,
    );
    await duck.close();
    const spans = new Map(rows.map(({ name, first, last }) => [name, [first, last]]));
    expect(spans.get('clv_bucket')).toEqual(['ingest_dt=2020-01-01', 'ingest_dt=2020-01-10']);
    expect(spans.get('shipping_speed')).toEqual(['ingest_dt=2020-01-01', `ingest_dt=${LAST}`]);
    expect(spans.has('shipping_method')).toBe(false);
  });
});

describe('one lake', () => {
  const keyIdentity = (shop: TinyShop): string => lakeIdentity(sums(truthOf(shop)));

  it('whatever the chunks, the workers and the way', async () => {
    const shop = await makeDriftingShop({ 'chunk-size': 6, workers: 1, direct: false });
    expect([shop.identity(), keyIdentity(shop)]).toEqual([drifting.identity(), keyIdentity(drifting)]);
  });

  it('by way of CSVs that have the contract’s columns, whatever the config of the export says', async () => {
    const shop = await openDriftingShop();
    const { settings, config } = shop.resolve({ 'end-date': LAST });
    const { folder } = await runGenerator({ settings, config, useState: false }, effects());
    const header = readFileSync(join(folder, 'orders.csv'), 'utf8').split('\n', 1)[0];
    expect(header).toBe(TABLES.orders.columns.map(({ name }) => name).join());
    const { config: other } = (await TinyShop.open()).resolve();
    const request = { settings, config: other, source: folder, dates: undefined, tables: undefined, batchId: undefined, targetSizeMb: 96 };
    await exportRaw({ ...request, lookupsFrom: join(shop.artifacts, 'static_lookups') }, effects());
    expect([shop.identity(), keyIdentity(shop)]).toEqual([drifting.identity(), keyIdentity(drifting)]);
  });
});
