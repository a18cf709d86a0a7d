// Answers of known worth, against a lake and its key.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/lib/errors.ts';
import { scoreLake } from '../../src/score/score-lake.ts';
import { scorePage } from '../../src/score/score-page.ts';
import type { ScoreReport } from '../../src/score/score-report.ts';
import { TABLES, TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { Duck } from '../../src/verify/deep/duck.ts';
import { effects, makeTempFolder, TinyShop } from '../pipeline/tiny-shop.ts';

let messy: TinyShop;
let clean: TinyShop;
beforeAll(async () => {
  messy = await TinyShop.open();
  clean = await TinyShop.open();
  await messy.backlog({ direct: true });
  await clean.backlog({ direct: true, 'messiness-level': 'none' });
});

const keyFiles = (table = '*'): string => join(messy.folder, `output/truth/defects/table=${table}/*/*.parquet`);

async function inDuckDb<T>(work: (duck: Duck) => Promise<T>): Promise<T> {
  const duck = await Duck.open();
  try {
    return await work(duck);
  } finally {
    await duck.close();
  }
}

function score(answer: string, windowRows?: number): Promise<ScoreReport> {
  const { targetRoot: root, truthRoot } = messy.resolve().settings;
  return scoreLake({ root, truthRoot, answer, ...(windowRows === undefined ? {} : { windowRows }) }, effects());
}

async function countDefects(where = 'true'): Promise<number> {
  const [row] = await inDuckDb((duck) =>
    duck.rows(`SELECT count(*) AS n FROM read_parquet('${keyFiles()}', hive_partitioning = true) WHERE ${where}`),
  );
  return row!['n'] as number;
}

/** Writes an answer table by table; `sql` selects from `lake`, the messy rows, and may look at `clean`. */
async function answerWith(sql: (table: string) => string | undefined, format: 'parquet' | 'csv' = 'parquet'): Promise<string> {
  const folder = makeTempFolder();
  await inDuckDb(async (duck) => {
    for (const table of TRANSACTION_TABLES) {
      const query = sql(table);
      if (query === undefined) continue;
      await duck.run(
        `CREATE OR REPLACE TEMP VIEW lake AS FROM read_parquet('${messy.raw}/${table}/*/*.parquet', hive_partitioning = false)`,
      );
      await duck.run(
        `CREATE OR REPLACE TEMP VIEW clean AS FROM read_parquet('${clean.raw}/${table}/*/*.parquet', hive_partitioning = false)`,
      );
      await duck.run(`COPY (${query}) TO '${folder}/${table}.${format}' (FORMAT ${format})`);
    }
  });
  return folder;
}

const ALL_ONE = { precision: 1, recall: 1, f1: 1 };

describe('a cleaned lake', () => {
  it('that is perfect scores 1 throughout', async () => {
    const report = await score(clean.raw);
    const defects = await countDefects();
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
    const report = await score(messy.raw);
    expect(report.overall).toMatchObject({ defects: await countDefects(), detected: 0, repaired: 0, wrong: 0 });
    expect(report.overall.detection).toEqual({ precision: null, recall: 0, f1: 0 });
  });

  it('may come as CSV, typed as the cleaner likes, without lineage', async () => {
    const answer = await answerWith((table) => {
      const spec = TABLES[table as keyof typeof TABLES];
      const columns = spec.columns.map(({ name }) => name);
      return `SELECT ${columns.join(', ')} FROM clean`;
    }, 'csv');
    expect((await score(answer)).overall.repair).toEqual(ALL_ONE);
    const typed = await answerWith((table) =>
      table === 'shopping_carts'
        ? 'SELECT * REPLACE (created_at::TIMESTAMP AS created_at, updated_at::TIMESTAMP AS updated_at) FROM clean'
        : 'FROM clean',
    );
    expect((await score(typed)).overall.repair).toEqual(ALL_ONE);
  });

  it('is told what it found, repaired and spoiled, by kind, table and column', async () => {
    const answer = await answerWith((table) => {
      if (table === 'orders') return 'SELECT * REPLACE (trim(payment_method) AS payment_method) FROM lake';
      if (table === 'returns') return "SELECT * REPLACE ('Refund' AS return_type) FROM lake";
      if (table === 'shopping_carts') return 'SELECT * REPLACE (upper(status) AS status) FROM lake';
      return 'FROM lake';
    });
    const report = await score(answer);
    const columnOf = (table: string, column: string) => report.columns.find((entry) => entry.table === table && entry.column === column)!;
    const padded = await countDefects(`"table" = 'orders' AND "column" = 'payment_method' AND kind LIKE '%padding%'`);
    const onlyPadded = await countDefects(`"table" = 'orders' AND "column" = 'payment_method' AND kind = 'padding'`);
    expect(columnOf('orders', 'payment_method')).toMatchObject({ detected: padded, repaired: onlyPadded, wrong: 0 });
    expect(columnOf('returns', 'return_type')).toMatchObject({ detection: ALL_ONE, repair: ALL_ONE });
    const statuses = columnOf('shopping_carts', 'status');
    const [carts] = await inDuckDb((duck) =>
      duck.rows(`SELECT count(*) FILTER (status <> upper(status)) AS changed FROM read_parquet('${messy.raw}/shopping_carts/*/*.parquet')`),
    );
    expect(statuses.detected + statuses.wrong).toBe(carts!['changed']);
    expect(statuses).toMatchObject({ repaired: 0 });
    expect(report.kinds.find(({ kind }) => kind === 'casing')!.wrong).toBe(statuses.wrong);
  });

  it('is told of rows that were dropped, added or doubled', async () => {
    const answer = await answerWith((table) => {
      if (table === 'orders') return "FROM lake WHERE order_id NOT IN ('ORD-00000002', 'ORD-00000005')";
      if (table === 'returns')
        return "SELECT * FROM lake UNION ALL (FROM lake LIMIT 3) UNION ALL (SELECT * REPLACE ('RTN-99999999' AS return_id) FROM lake LIMIT 1)";
      return 'FROM lake';
    });
    const report = await score(answer);
    expect(report).toMatchObject({ dropped: 2, added: 4 });
    expect(report.tables.find(({ table }) => table === 'orders')).toMatchObject({ dropped: 2, added: 0 });
    expect(report.tables.find(({ table }) => table === 'returns')).toMatchObject({ dropped: 0, added: 4 });
  });

  it('has the same score whatever fits into memory, in whatever order it comes', async () => {
    const answer = await answerWith((table) => {
      if (table === 'orders')
        return "SELECT * REPLACE (trim(payment_method) AS payment_method) FROM lake WHERE order_id <> 'ORD-00000007' ORDER BY hash(order_id)";
      if (table === 'cart_items')
        return 'FROM (SELECT * FROM clean WHERE cart_item_id > 5 UNION ALL (SELECT * REPLACE (-1 AS cart_item_id) FROM clean LIMIT 1)) ORDER BY hash(cart_item_id)';
      return table === 'returns' ? undefined : 'FROM lake';
    });
    const { elapsedMs: _, ...whole } = await score(answer);
    const { elapsedMs: __, ...windowed } = await score(answer, 150);
    expect(whole).toMatchObject({ dropped: 6, added: 1 });
    expect(windowed).toEqual(whole);
  });

  it('counts tables and columns that it lacks as left as they were, and says so', async () => {
    const answer = await answerWith((table) => (table === 'orders' ? 'SELECT * EXCLUDE (clv_bucket) FROM clean' : undefined));
    const report = await score(answer);
    const defects = await countDefects(`"table" = 'orders' AND "column" <> 'clv_bucket'`);
    expect(report.overall).toMatchObject({ defects: await countDefects(), detected: defects, repaired: defects, wrong: 0 });
    expect(report.tables.filter(({ isAnswered }) => isAnswered).map(({ table, missingColumns }) => [table, missingColumns])).toEqual([
      ['orders', ['clv_bucket']],
    ]);
  });
});

describe('a list of defects', () => {
  async function list(query: string, format: 'parquet' | 'csv' = 'csv'): Promise<string> {
    const folder = makeTempFolder();
    const key = `read_parquet('${keyFiles()}', hive_partitioning = true)`;
    await inDuckDb((duck) => duck.run(`COPY (${query.replaceAll('KEY', key)}) TO '${folder}/defects.${format}' (FORMAT ${format})`));
    return folder;
  }

  it('that is the key scores 1; without values it finds all and repairs nothing', async () => {
    expect((await score(await list('FROM KEY', 'parquet'))).overall).toMatchObject({ detection: ALL_ONE, repair: ALL_ONE });
    const { overall, kind } = await score(join(await list('SELECT event_id, "column" FROM KEY'), 'defects.csv'));
    expect(kind).toBe('list');
    expect(overall).toMatchObject({ detection: ALL_ONE, repaired: 0 });
  });

  it('pays for what is not there, once however often it is listed', async () => {
    const half = await list(
      `SELECT event_id, "column" FROM KEY WHERE "column" = 'status' UNION ALL SELECT event_id, 'colour' FROM KEY WHERE "column" = 'status' UNION ALL SELECT event_id, 'colour' FROM read_parquet('${keyFiles('shopping_carts')}') WHERE "column" = 'status'`,
    );
    const statuses = await countDefects(`"column" = 'status'`);
    const { overall, columns } = await score(half);
    expect(overall).toMatchObject({ detected: statuses, wrong: statuses });
    expect(overall.detection.precision).toBe(0.5);
    expect(columns.find(({ column }) => column === 'colour')).toMatchObject({ table: null, wrong: statuses });
  });
});

describe('what cannot be scored', () => {
  async function problem(answer: string): Promise<string> {
    const error = await score(answer).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).exitCode).toBe(2);
    return (error as UserError).message;
  }

  it('says what is missing', async () => {
    const empty = makeTempFolder();
    expect(await problem(join(empty, 'none'))).toContain('there is no such file or folder');
    expect(await problem(empty)).toContain('no table and no list of defects');
    writeFileSync(join(empty, 'orders.csv'), 'id,total\n1,2\n');
    expect(await problem(empty)).toContain('lacks order_id');
    writeFileSync(join(empty, 'defects.csv'), 'event_id,column\n');
    expect(await problem(empty)).toContain('and a list of defects');
    rmSync(join(empty, 'defects.csv'));
    mkdirSync(join(empty, 'orders'));
    writeFileSync(join(empty, 'orders/a.parquet'), 'not Parquet');
    expect(await problem(empty)).toContain('stands beside the folder');
    rmSync(join(empty, 'orders.csv'));
    expect(await problem(empty)).toContain('cannot be read');
  });

  it('names a lake without a key, and a key of another lake', async () => {
    const { targetRoot: root, truthRoot } = clean.resolve().settings;
    await expect(scoreLake({ root, truthRoot, answer: clean.raw }, effects())).rejects.toThrow('there is no answer key here');
    const short = await TinyShop.open();
    await short.backlog({ direct: true, 'end-date': '2020-01-10' });
    const other = short.resolve().settings.truthRoot;
    await expect(scoreLake({ root: messy.raw, truthRoot: other, answer: messy.raw }, effects())).rejects.toThrow(
      'this is not the answer key of',
    );
  });
});

it('the page has every grade and asks for nothing', async () => {
  const report = await score(clean.raw);
  const page = scorePage(report);
  for (const { kind } of report.kinds) expect(page).toContain(`<td>${kind}<td>`);
  expect(page).toContain('1.000');
  expect(page).not.toMatch(/https?:|<script|src=|@import|url\(/);
  expect(scorePage({ ...report, answer: '<b>&' })).toContain('Score of &lt;b&gt;&amp;');
});
