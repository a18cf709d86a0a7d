// Values that are the same in another type or spelling, and values that only look so.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ScoreReport } from '../../src/score/score-report.ts';
import { ALL_ONE, ScoredLake } from './scored-lake.ts';

const NOTHING = { detected: 0, repaired: 0, wrong: 0 };
const DATES = 'mess: { medium_mess: { mixed_dates: { rate: 0.2 } } }\n';
let lake: ScoredLake;
beforeAll(async () => {
  lake = await ScoredLake.open({ 'end-date': '2020-01-08' }, DATES);
});

const columnOf = (report: ScoreReport, table: string, column: string) =>
  report.columns.find((entry) => entry.table === table && entry.column === column)!;

/** An answer of one table only. */
function only(table: string, sql: string, format: 'parquet' | 'csv' = 'parquet'): Promise<string> {
  return lake.answer((name) => (name === table ? sql : undefined), format);
}

describe('timestamps', () => {
  const dates = (value: string, from = 'clean'): string => `SELECT * REPLACE (${value} AS order_date) FROM ${from}`;

  it.each([
    ["replace(order_date, 'T', ' ')", 'csv'],
    ["strftime(order_date::TIMESTAMP + INTERVAL 150 MINUTE, '%Y-%m-%d %H:%M:%S.%g') || '000+02:30'", 'parquet'],
    ['order_date::TIMESTAMP_NS', 'parquet'],
    ["order_date::TIMESTAMP AT TIME ZONE 'UTC'", 'parquet'],
  ] as const)('written as %s in %s are the same instant', async (value, format) => {
    const report = await lake.score(await only('orders', dates(value), format));
    expect(columnOf(report, 'orders', 'order_date')).toMatchObject({
      repair: ALL_ONE,
      defects: await lake.countDefects(`"column" = 'order_date'`),
    });
  });

  it('that are dirty and left as they were are untouched, even in a zone', async () => {
    for (const format of ['parquet', 'csv'] as const) {
      const report = await lake.score(await only('orders', 'FROM lake', format));
      expect(columnOf(report, 'orders', 'order_date')).toMatchObject(NOTHING);
    }
    expect(await lake.countDefects(`"column" = 'order_date' AND dirty_value LIKE '%+0%'`)).toBeGreaterThan(0);
  });

  it('of another instant are wrong, by a microsecond too', async () => {
    const report = await lake.score(await only('orders', dates('order_date::TIMESTAMP + INTERVAL 1 MICROSECOND')));
    const { defects, detected, repaired, wrong } = columnOf(report, 'orders', 'order_date');
    expect({ detected, repaired }).toEqual({ detected: defects, repaired: 0 });
    expect(wrong).toBe(report.tables.find(({ table }) => table === 'orders')!.rows - defects);
  });

  it('with a zone mean the same whatever the machine calls local', () => {
    const duck = join(import.meta.dirname, '../../src/verify/deep/duck.ts');
    const script = `
      import { Duck } from ${JSON.stringify(pathToFileURL(duck).href)};
      const duck = await Duck.open();
      process.stdout.write(JSON.stringify(await duck.rows("SELECT CAST(TIMESTAMPTZ '2020-01-01 12:00:00Z' AS VARCHAR) AS noon")));
      await duck.close();`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, TZ: 'America/New_York' } });
    expect(JSON.parse(said.toString())).toEqual([{ noon: '2020-01-01 12:00:00+00' }]);
  });
});

describe('numbers', () => {
  it('are not rounded', async () => {
    for (const format of ['parquet', 'csv'] as const) {
      const report = await lake.score(await only('cart_items', 'SELECT * REPLACE (quantity + 0.3 AS quantity) FROM clean', format));
      const items = report.tables.find(({ table }) => table === 'cart_items')!;
      expect(columnOf(report, 'cart_items', 'quantity')).toMatchObject({ wrong: items.rows });
    }
  });

  it('are the same with and without decimals, in keys too', async () => {
    const sql =
      "SELECT * REPLACE (quantity || '.0' AS quantity, cart_item_id || '.0' AS cart_item_id, unit_price::DECIMAL(18, 4) AS unit_price) FROM clean";
    const report = await lake.score(await only('cart_items', sql, 'csv'));
    expect(report.tables.find(({ table }) => table === 'cart_items')).toMatchObject({ repair: ALL_ONE, dropped: 0, added: 0 });
    const keys = await lake.score(await only('cart_items', 'SELECT * REPLACE (cart_item_id + 0.3 AS cart_item_id) FROM clean'));
    const { rows, dropped, added } = keys.tables.find(({ table }) => table === 'cart_items')!;
    expect({ dropped, added }).toEqual({ dropped: rows, added: rows });
  });
});

describe('a list', () => {
  it('is compared by what its values mean', async () => {
    const value = `CASE WHEN "column" = 'total_items' THEN clean_value || '.0' WHEN "column" LIKE '%date' OR "column" LIKE '%_at' THEN replace(clean_value, 'T', ' ') ELSE clean_value END`;
    const report = await lake.score(await lake.list(`SELECT EVENT_ID, upper("column") AS "COLUMN", ${value} AS Clean_Value FROM KEY`));
    expect(report.overall.repair).toEqual(ALL_ONE);
  });

  it('that guesses repairs nothing: all values of a cell have to be right', async () => {
    const guessed = await lake.list(
      `SELECT event_id, "column", clean_value FROM KEY UNION ALL SELECT event_id, "column", 'a guess' FROM KEY`,
    );
    expect((await lake.score(guessed)).overall).toMatchObject({ detection: ALL_ONE, repaired: 0 });
    const twice = await lake.list(
      `FROM (SELECT event_id, "column", clean_value FROM KEY) UNION ALL SELECT event_id, "column", clean_value FROM KEY`,
    );
    expect((await lake.score(twice)).overall.repair).toEqual(ALL_ONE);
  });
});

describe('columns', () => {
  it('have the same names in any case', async () => {
    const sql = 'SELECT order_id AS "Order_ID", * EXCLUDE (order_id, payment_method), payment_method AS PAYMENT_METHOD FROM clean';
    for (const format of ['parquet', 'csv'] as const)
      expect(columnOf(await lake.score(await only('orders', sql, format)), 'orders', 'payment_method').repair).toEqual(ALL_ONE);
  });

  it('may stand in the path', async () => {
    for (const format of ['parquet', 'csv'] as const) {
      const answer = await lake.answer((table) => (table === 'orders' ? 'FROM clean' : undefined), format, 'payment_method');
      expect(columnOf(await lake.score(answer), 'orders', 'payment_method').repair).toEqual(ALL_ONE);
    }
  });
});
