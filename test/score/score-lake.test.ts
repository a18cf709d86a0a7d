// Answers of known worth, against a lake and its key.

import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { TABLES, TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { ALL_ONE, inDuckDb, ScoredLake } from './scored-lake.ts';

let lake: ScoredLake;
beforeAll(async () => {
  lake = await ScoredLake.open();
});

describe('a cleaned lake', () => {
  it('that is perfect scores 1 throughout', async () => {
    const report = await lake.score(lake.clean);
    const defects = await lake.countDefects();
    expect(report).toMatchObject({ kind: 'tables', dropped: 0, added: 0 });
    expect(report.overall).toEqual({ defects, detected: defects, repaired: defects, wrong: 0, detection: ALL_ONE, repair: ALL_ONE });
    for (const { detection, repair } of [...report.kinds, ...report.tables, ...report.columns])
      expect({ detection, repair }).toEqual({ detection: ALL_ONE, repair: ALL_ONE });
    expect(report.tables.map(({ table }) => table)).toEqual(TRANSACTION_TABLES);
    expect(report.kinds.map(({ kind }) => kind)).toEqual([
      'biased_return_reasons',
      'casing',
      'inflated_total_items',
      'missing_value',
      'padding',
    ]);
  });

  it('that is the messy one has recall 0, and changed nothing', async () => {
    const report = await lake.score(lake.raw);
    expect(report.overall).toMatchObject({ defects: await lake.countDefects(), detected: 0, repaired: 0, wrong: 0 });
    expect(report.overall.detection).toEqual({ precision: null, recall: 0, f1: 0 });
  });

  it('may come as CSV, typed as the cleaner likes, without lineage', async () => {
    const answer = await lake.answer((table) => {
      const spec = TABLES[table as keyof typeof TABLES];
      const columns = spec.columns.map(({ name }) => name);
      return `SELECT ${columns.join(', ')} FROM clean`;
    }, 'csv');
    expect((await lake.score(answer)).overall.repair).toEqual(ALL_ONE);
    const typed = await lake.answer((table) =>
      table === 'shopping_carts'
        ? 'SELECT * REPLACE (created_at::TIMESTAMP AS created_at, updated_at::TIMESTAMP AS updated_at) FROM clean'
        : 'FROM clean',
    );
    expect((await lake.score(typed)).overall.repair).toEqual(ALL_ONE);
  });

  it('is told what it found, repaired and spoiled, by kind, table and column', async () => {
    const answer = await lake.answer((table) => {
      if (table === 'orders') return 'SELECT * REPLACE (trim(payment_method) AS payment_method) FROM lake';
      if (table === 'returns') return "SELECT * REPLACE ('Refund' AS return_type) FROM lake";
      if (table === 'shopping_carts') return 'SELECT * REPLACE (upper(status) AS status) FROM lake';
      return 'FROM lake';
    });
    const report = await lake.score(answer);
    const columnOf = (table: string, column: string) => report.columns.find((entry) => entry.table === table && entry.column === column)!;
    const padded = await lake.countDefects(`"table" = 'orders' AND "column" = 'payment_method' AND kind LIKE '%padding%'`);
    const onlyPadded = await lake.countDefects(`"table" = 'orders' AND "column" = 'payment_method' AND kind = 'padding'`);
    expect(columnOf('orders', 'payment_method')).toMatchObject({ detected: padded, repaired: onlyPadded, wrong: 0 });
    expect(columnOf('returns', 'return_type')).toMatchObject({ detection: ALL_ONE, repair: ALL_ONE });
    const statuses = columnOf('shopping_carts', 'status');
    const [carts] = await inDuckDb((duck) =>
      duck.rows(`SELECT count(*) FILTER (status <> upper(status)) AS changed FROM read_parquet('${lake.raw}/shopping_carts/*/*.parquet')`),
    );
    expect(statuses.detected + statuses.wrong).toBe(carts!['changed']);
    expect(statuses).toMatchObject({ repaired: 0 });
    expect(report.kinds.find(({ kind }) => kind === 'casing')!.wrong).toBe(statuses.wrong);
  });

  it('is told of rows that were dropped, added or doubled', async () => {
    const answer = await lake.answer((table) => {
      if (table === 'orders') return "FROM lake WHERE order_id NOT IN ('ORD-00000002', 'ORD-00000005')";
      if (table === 'returns')
        return "SELECT * FROM lake UNION ALL (FROM lake LIMIT 3) UNION ALL (SELECT * REPLACE ('RTN-99999999' AS return_id) FROM lake LIMIT 1)";
      return 'FROM lake';
    });
    const report = await lake.score(answer);
    expect(report).toMatchObject({ dropped: 2, added: 4 });
    expect(report.tables.find(({ table }) => table === 'orders')).toMatchObject({ dropped: 2, added: 0 });
    expect(report.tables.find(({ table }) => table === 'returns')).toMatchObject({ dropped: 0, added: 4 });
  });

  it('has the same score whatever fits into memory, in whatever order it comes', async () => {
    const answer = await lake.answer((table) => {
      if (table === 'orders')
        return "SELECT * REPLACE (trim(payment_method) AS payment_method) FROM lake WHERE order_id <> 'ORD-00000007' ORDER BY hash(order_id)";
      if (table === 'cart_items')
        return 'FROM (SELECT * FROM clean WHERE cart_item_id > 5 UNION ALL (SELECT * REPLACE (-1 AS cart_item_id) FROM clean LIMIT 1)) ORDER BY hash(cart_item_id)';
      return table === 'returns' ? undefined : 'FROM lake';
    });
    const { elapsedMs: _, ...whole } = await lake.score(answer);
    const { elapsedMs: __, ...windowed } = await lake.score(answer, 1_500);
    expect(whole).toMatchObject({ dropped: 6, added: 1 });
    expect(windowed).toEqual(whole);
  });

  it('counts tables and columns that it lacks as left as they were, and says so', async () => {
    const answer = await lake.answer((table) => (table === 'orders' ? 'SELECT * EXCLUDE (clv_bucket) FROM clean' : undefined));
    const report = await lake.score(answer);
    const defects = await lake.countDefects(`"table" = 'orders' AND "column" <> 'clv_bucket'`);
    expect(report.overall).toMatchObject({ defects: await lake.countDefects(), detected: defects, repaired: defects, wrong: 0 });
    expect(report.tables.filter(({ isAnswered }) => isAnswered).map(({ table, missingColumns }) => [table, missingColumns])).toEqual([
      ['orders', ['clv_bucket']],
    ]);
    expect(report.tables.flatMap(({ unknownColumns }) => unknownColumns)).toEqual([]);
    const renamed = await lake.answer((table) => (table === 'orders' ? 'SELECT * RENAME (email AS e_mail) FROM clean' : undefined));
    expect((await lake.score(renamed)).tables.find(({ table }) => table === 'orders')).toMatchObject({
      missingColumns: ['email'],
      unknownColumns: ['e_mail'],
    });
  });
});

describe('a list of defects', () => {
  it('that is the key scores 1; without values it finds all, and has no grade of repair', async () => {
    expect((await lake.score(await lake.list('FROM KEY', 'parquet'))).overall).toMatchObject({ detection: ALL_ONE, repair: ALL_ONE });
    const { overall, kind } = await lake.score(join(await lake.list('SELECT event_id, "column" FROM KEY'), 'defects.csv'));
    expect(kind).toBe('list');
    expect(overall).toMatchObject({ detection: ALL_ONE, repaired: 0, repair: { precision: null, recall: null, f1: null } });
  });

  it('has its false alarms at the table and column that they are of, as the kind that they look like', async () => {
    const sound = (table: string, column: string, value: string): string =>
      `SELECT event_id, '${column}' AS "column", ${value} AS clean_value
       FROM (SELECT event_id, ${column} AS v FROM read_parquet('${lake.raw}/${table}/*/*.parquet')
             WHERE event_id NOT IN (SELECT event_id FROM read_parquet('${lake.keyFiles(table)}')) AND v IS NOT NULL ORDER BY event_id LIMIT 10)`;
    const list = await lake.list(`
      ${sound('orders', 'payment_method', "' ' || v")}
      UNION ALL ${sound('returns', 'reason', 'lower(v)')}
      UNION ALL ${sound('returns', 'return_id', "'RTN-1'")}
      UNION ALL ${sound('returns', 'ingestion_ts', "''")}
      UNION ALL ${sound('returns', 'return_type', 'v')}
      UNION ALL SELECT 'evt_0', 'reason', ''
      UNION ALL SELECT 'evt_0', NULL, ''`);
    const { overall, tables, columns, kinds } = await lake.score(list);
    expect(overall).toMatchObject({ detected: 0, wrong: 52 });
    expect(tables.filter(({ wrong }) => wrong > 0).map(({ table, wrong }) => [table, wrong])).toEqual([
      ['orders', 10],
      ['returns', 40],
    ]);
    expect(columns.filter(({ wrong }) => wrong > 0).map(({ table, column, wrong }) => [table, column, wrong])).toEqual([
      ['orders', 'payment_method', 10],
      ['returns', 'ingestion_ts', 10],
      ['returns', 'reason', 10],
      ['returns', 'return_id', 10],
      ['returns', 'return_type', 10],
      [null, '', 1],
      [null, 'reason', 1],
    ]);
    expect(kinds.filter(({ wrong }) => wrong > 0).map(({ kind, wrong }) => [kind, wrong])).toEqual([
      ['casing', 10],
      ['other', 32],
      ['padding', 10],
    ]);
  });

  it('pays for what is not there, once however often it is listed', async () => {
    const half = await lake.list(
      `SELECT event_id, "column" FROM KEY WHERE "column" = 'status' UNION ALL SELECT event_id, 'colour' FROM KEY WHERE "column" = 'status' UNION ALL SELECT event_id, 'colour' FROM read_parquet('${lake.keyFiles('shopping_carts')}') WHERE "column" = 'status'`,
    );
    const statuses = await lake.countDefects(`"column" = 'status'`);
    const { overall, columns } = await lake.score(half);
    expect(overall).toMatchObject({ detected: statuses, wrong: statuses });
    expect(overall.detection.precision).toBe(0.5);
    expect(columns.find(({ column }) => column === 'colour')).toMatchObject({ table: null, wrong: statuses });
  });
});
