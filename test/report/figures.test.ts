// The figures behind the page, held against queries of another kind and against the answer key.

import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Figures } from '../../src/report/figures.ts';
import { gatherFigures } from '../../src/report/gather-figures.ts';
import { effects, makeTempFolder, TinyShop } from '../pipeline/tiny-shop.ts';
import { makeYearLake, yearLake, type YearLake } from './year-lake.ts';

let lake: YearLake;
let figures: Figures;
beforeAll(async () => {
  lake = await yearLake();
  figures = await gatherFigures(lake.request, effects());
});

async function ask(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value])),
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** As any reader opens it: the partition key is a column. */
const hive = (table: string): string =>
  `read_parquet('${lake.shop.raw}/${table}/*/*.parquet', hive_partitioning = true, hive_types_autocast = false)`;
const key = (): string => `read_parquet('${lake.request.truthRoot}/defects/*/*/*.parquet', hive_partitioning = true)`;

describe('of a whole lake', () => {
  test.each(['shopping_carts', 'cart_items', 'orders', 'order_items', 'returns', 'return_items'] as const)(
    'rows a day of %s are those of its partitions',
    async (table) => {
      const rows = await ask(`SELECT ingest_dt AS date, count(*) AS rows FROM ${hive(table)} GROUP BY ALL ORDER BY date`);
      expect(figures.daily[table]!.filter((day) => day.rows > 0)).toEqual(rows);
      expect(figures.daily[table]).toHaveLength(386);
    },
  );

  test('sign-ups a day', async () => {
    const rows = await ask(`SELECT signup_date AS date, count(*) AS rows FROM ${hive('customers')} GROUP BY ALL ORDER BY date`);
    expect(figures.daily.customers!.filter((day) => day.rows > 0)).toEqual(rows);
  });

  test('sizes are those of the files', () => {
    for (const { table, partitions, files, bytes } of figures.sizes) {
      const parts = readdirSync(join(lake.shop.raw, table), { recursive: true, encoding: 'utf8' }).filter((path) =>
        path.endsWith('.parquet'),
      );
      expect({ partitions, files }).toEqual({ partitions: readdirSync(join(lake.shop.raw, table)).length, files: parts.length });
      expect(bytes).toBe(parts.reduce((sum, path) => sum + statSync(join(lake.shop.raw, table, path)).size, 0));
    }
    expect(figures.sizes).toHaveLength(8);
  });

  test('the funnel', async () => {
    const [row] = await ask(`
      SELECT (SELECT count(*) FROM ${hive('shopping_carts')}) AS carts,
        (SELECT count(*) FROM ${hive('shopping_carts')} WHERE status ILIKE '%converted%') AS converted,
        (SELECT count(*) FROM ${hive('shopping_carts')} WHERE status ILIKE '%abandoned%') AS abandoned,
        (SELECT count(*) FROM ${hive('shopping_carts')} WHERE status ILIKE '%emptied%') AS emptied,
        (SELECT count(*) FROM ${hive('orders')}) AS orders,
        (SELECT count(*) FROM ${hive('orders')} WHERE order_id IN (SELECT order_id FROM ${hive('returns')})) AS "ordersReturned"`);
    const { carts, converted, abandoned, emptied, orders, ordersReturned } = row as Record<string, number>;
    expect(figures.funnel).toEqual({ carts, states: { converted, abandoned, emptied }, otherStates: 0, orders, ordersReturned });
    expect(ordersReturned).toBeGreaterThan(100);
  });

  test('return delays, of orders that were watched for a year', async () => {
    const rows = await ask(`
      WITH o AS (SELECT * FROM ${hive('orders')} WHERE order_date < '2020-01-21'),
        r AS (SELECT order_id, min(return_date) AS first FROM ${hive('returns')} GROUP BY order_id)
      SELECT CAST(floor(date_diff('millisecond', CAST(order_date AS TIMESTAMP), CAST(first AS TIMESTAMP)) / 86400000) AS INTEGER) AS day, count(*) AS orders
      FROM o JOIN r USING (order_id) GROUP BY ALL ORDER BY day`);
    const [watched] = await ask(`SELECT count(*) AS orders FROM ${hive('orders')} WHERE order_date < '2020-01-21'`);
    expect(figures.returnDelays).toEqual({ orders: watched!['orders'], horizonDays: 366, isWatchedToTheEnd: true, days: rows });
    expect(rows.length).toBeGreaterThan(5);
  });

  test('orders by month and tier', async () => {
    const rows = await ask(
      `SELECT left(order_date, 7) AS month, customer_tier AS tier, count(*) AS orders FROM ${hive('orders')} GROUP BY ALL ORDER BY month, tier`,
    );
    expect(figures.orderTiers).toEqual(rows);
  });

  test('untidy cells are those of the answer key', async () => {
    const rows = await ask(`SELECT "table", "column", kind, count(*) AS cells FROM ${key()} GROUP BY ALL`);
    const planted = (table: string, column: string, kind: string): number =>
      rows
        .filter((row) => row['table'] === table && row['column'] === column && (row['kind'] as string).split('+').includes(kind))
        .reduce((sum, row) => sum + (row['cells'] as number), 0);
    expect(figures.mess).toHaveLength(14);
    for (const { table, column, padded, cased, missing } of figures.mess) {
      const isWord = padded !== undefined;
      expect({ column, padded: padded ?? 0, cased: cased ?? 0, missing }).toEqual({
        column,
        padded: isWord ? planted(table, column, 'padding') : 0,
        cased: isWord ? planted(table, column, 'casing') : 0,
        missing: planted(table, column, 'missing_value'),
      });
    }
  });

  test('planted cells are those of the answer key', async () => {
    const rows = await ask(`SELECT "table", "column", kind, count(*) AS cells FROM ${key()} GROUP BY ALL`);
    const sorted = (list: readonly object[]): string[] => list.map((row) => JSON.stringify(row)).toSorted();
    expect(sorted(figures.planted!)).toEqual(sorted(rows));
  });

  test('facts, seasons and checks', () => {
    expect(figures.lake).toMatchObject({
      ok: true,
      complete: true,
      start: '2020-01-01',
      end: '2021-01-20',
      made: { scale: 1, messinessLevel: 'medium_mess' },
    });
    expect(figures.seasons!.map(({ configured }) => configured)).toEqual([1, 1, 1, 1, 1, 1, 1.2, 1, 1, 1, 1.6, 2.1]);
    expect(figures.checks.map(({ name }) => name)).toContain('sums');
    expect(figures.notes).toEqual([]);
  });
});

test('a lake without lake.json and without an answer key still has its figures', async () => {
  const bare = await gatherFigures(
    { ...lake.request, artifactRoot: makeTempFolder(), truthRoot: join(makeTempFolder(), 'none') },
    effects(),
  );
  expect(bare.lake).toMatchObject({ made: undefined, complete: false });
  expect(bare.planted).toBeUndefined();
  expect(bare.seasons!.map(({ configured }) => configured)).toEqual(Array(12).fill(undefined));
  const { funnel, returnDelays, orderTiers, mess, daily } = figures;
  expect(bare).toMatchObject({ funnel, returnDelays, orderTiers, mess, daily });
});

describe('of a lake that is not whole', () => {
  test('a damaged part is told of, and its rows are left out', async () => {
    const { shop, request } = await makeYearLake({ 'end-date': '2020-01-20' });
    const part = join(shop.raw, 'orders/ingest_dt=2020-01-05/part-0000.parquet');
    writeFileSync(part, 'not a Parquet file');
    const damaged = await gatherFigures(request, effects());
    expect(damaged.lake.ok).toBe(false);
    expect(damaged.notes).toEqual(['1 damaged part is counted as the manifests have it, but no row of it was read.']);
    const orders = damaged.orderTiers.reduce((sum, row) => sum + row.orders, 0);
    const ofDay = damaged.daily.orders!.find(({ date }) => date === '2020-01-05')!.rows;
    expect(orders + ofDay).toBe(damaged.daily.orders!.reduce((sum, { rows }) => sum + rows, 0));
  });

  test('a clean, young lake: nothing planted, no season', async () => {
    const { request } = await makeYearLake({ 'end-date': '2020-01-03', 'messiness-level': 'none' });
    const young = await gatherFigures(request, effects());
    expect(young).toMatchObject({ seasons: undefined, planted: undefined });
    expect(young.returnDelays?.isWatchedToTheEnd).toBe(false);
    expect(young.mess.every(({ padded = 0, cased = 0, missing }) => padded + cased + missing === 0)).toBe(true);
  });

  test('no lake: the way out is told', async () => {
    const { folder } = await TinyShop.open();
    const request = { root: join(folder, 'none'), truthRoot: folder, artifactRoot: folder, deep: false };
    await expect(gatherFigures(request, effects())).rejects.toMatchObject({ name: 'UserError', exitCode: 2 });
  });

  test('interrupted: exit code 3', async () => {
    const controller = new AbortController();
    const fx = effects(controller.signal);
    const stopping = {
      ...fx,
      emit: (event: { type: string; name?: string }) => void (event.name === 'reading orders' && controller.abort()),
    };
    await expect(gatherFigures(lake.request, stopping)).rejects.toMatchObject({ name: 'UserError', exitCode: 3 });
  });
});
