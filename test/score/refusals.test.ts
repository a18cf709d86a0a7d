// Answers, lakes and keys that cannot be scored, and what is said of them.

import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { scoreLake } from '../../src/score/score-lake.ts';
import { effects, makeTempFolder } from '../pipeline/tiny-shop.ts';
import { ALL_ONE, inDuckDb, ScoredLake } from './scored-lake.ts';

let lake: ScoredLake;
beforeAll(async () => {
  lake = await ScoredLake.open({ 'end-date': '2020-01-06' });
});

/** The lake and its key once more, to be damaged. */
function copy(): ScoredLake {
  const folder = makeTempFolder();
  cpSync(join(lake.raw, '../../output'), folder, { recursive: true });
  return new ScoredLake(join(folder, 'raw'), join(folder, 'truth'), lake.clean);
}

const orders = (sql = 'FROM lake', format: 'parquet' | 'csv' = 'parquet'): Promise<string> =>
  lake.answer((table) => (table === 'orders' ? sql : undefined), format);

describe('an answer', () => {
  it('of which something is missing', async () => {
    const empty = makeTempFolder();
    expect(await lake.problem(join(empty, 'none'))).toContain('there is no such file or folder');
    expect(await lake.problem(empty)).toContain('no table and no list of defects');
    writeFileSync(join(empty, 'orders.csv'), 'id,total\n1,2\n');
    expect(await lake.problem(empty)).toContain('lacks order_id');
    writeFileSync(join(empty, 'defects.csv'), 'event_id,column\n');
    expect(await lake.problem(empty)).toContain('and a list of defects');
  });

  it('that has a table in two forms', async () => {
    const answer = await orders();
    writeFileSync(join(answer, 'orders.csv'), 'order_id\n');
    expect(await lake.problem(answer)).toContain('has Parquet and CSV files');
    rmSync(join(answer, 'orders.csv'));
    mkdirSync(join(answer, 'orders'));
    cpSync(join(answer, 'orders.parquet'), join(answer, 'orders/part.parquet'));
    expect(await lake.problem(answer)).toMatch(/orders\.parquet stands beside the folder .*orders/);
    mkdirSync(join(answer, 'orders/order_date=2020-01-01'));
    renameSync(join(answer, 'orders.parquet'), join(answer, 'orders/order_date=2020-01-01/part.parquet'));
    expect(await lake.problem(answer)).toContain('are partitioned in different ways');
  });

  it('that is one table and no list', async () => {
    expect(await lake.problem(join(await orders(), 'orders.parquet'))).toContain('orders.parquet is the table orders, and a single file');
  });

  it('whose Parquet is damaged at its end or within a page', async () => {
    const path = join(await orders(), 'orders.parquet');
    const bytes = readFileSync(path);
    bytes.fill(0xff, 100, 1_000);
    writeFileSync(path, bytes);
    expect(await lake.problem(join(path, '..'))).toContain(`${path}: cannot be read`);
    writeFileSync(path, 'not Parquet');
    expect(await lake.problem(join(path, '..'))).toContain(`${path}: cannot be read`);
  });

  it.each([
    ['a value too many', (line: string) => `${line},1`],
    ['a value too few', (line: string) => line.slice(0, line.lastIndexOf(','))],
    ['an open quote', (line: string) => `"${line}`],
  ])('whose CSV has %s, near its beginning or far below', async (_, damage) => {
    const path = join(await orders('SELECT order_id, payment_method, gross_total FROM lake, range(450)', 'csv'), 'orders.csv');
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.length).toBeGreaterThan(25_000);
    for (const at of [3, lines.length - 100]) {
      writeFileSync(path, lines.with(at - 1, damage(lines[at - 1]!)).join('\n'));
      expect(await lake.problem(join(path, '..'))).toContain(`${path}, line ${at}: cannot be read`);
    }
  });

  it('whose CSV is not UTF-8', async () => {
    const path = join(await orders('FROM lake', 'csv'), 'orders.csv');
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from([0xe4, 0xff, 0x0a])]));
    expect(await lake.problem(join(path, '..'))).toMatch(/orders\.csv, line \d+: cannot be read: .*unicode/);
  });
});

describe('a lake', () => {
  it('of some tables is scored by these, and the others are named', async () => {
    const part = copy();
    for (const table of ['orders', 'returns', 'return_items']) rmSync(join(part.raw, table), { recursive: true });
    const report = await part.score(lake.clean);
    expect(report.tables.map(({ table }) => table)).toEqual(['shopping_carts', 'cart_items', 'order_items']);
    expect(report).toMatchObject({ unscored: ['orders', 'returns', 'return_items'], overall: { repair: ALL_ONE } });
    expect((await part.score(await part.list('FROM KEY WHERE "table" = \'cart_items\''))).overall.wrong).toBe(0);
  });

  it('of some days is scored by these, and the others are named', async () => {
    const part = copy();
    rmSync(join(part.raw, 'cart_items/ingest_dt=2020-01-03'), { recursive: true });
    const report = await part.score(await part.list('FROM KEY'));
    expect(report).toMatchObject({
      overall: { detection: ALL_ONE, repair: ALL_ONE },
      unscoredDays: [{ table: 'cart_items', days: ['2020-01-03'] }],
    });
    expect((await lake.score(lake.clean)).unscoredDays).toEqual([]);
    const sound = await part.list(
      `SELECT event_id, 'added_at' AS "column" FROM read_parquet('${lake.raw}/cart_items/ingest_dt=2020-01-03/*.parquet')`,
    );
    expect((await part.score(sound)).overall).toMatchObject({ detected: 0, wrong: 0 });
    writeFileSync(join(part.truth, 'defects/table=cart_items/ingest_dt=2020-01-03/part-0000.parquet'), 'not Parquet');
    expect(await part.problem(sound, 4)).toMatch(/table=cart_items\/ingest_dt=2020-01-03.* cannot be read/);
  });

  it('that is empty', async () => {
    const empty = copy();
    for (const table of readdirSync(empty.raw)) rmSync(join(empty.raw, table), { recursive: true });
    expect(await empty.problem(lake.clean)).toContain('this lake has no partition');
    expect(await empty.problem(await lake.list('FROM KEY'))).toContain('this lake has no partition');
  });

  it('that is damaged', async () => {
    const damaged = copy();
    writeFileSync(join(damaged.raw, 'orders/ingest_dt=2020-01-02/part-0000.parquet'), 'not Parquet');
    expect(await damaged.problem(lake.clean, 4)).toMatch(/orders\/ingest_dt=2020-01-02.* cannot be read/);
  });

  it('without a key, and one with the key of another', async () => {
    const other = copy();
    const request = { root: lake.raw, answer: lake.raw };
    await expect(scoreLake({ ...request, truthRoot: join(lake.raw, '../none') }, effects())).rejects.toThrow('there is no answer key here');
    rmSync(join(other.truth, 'defects/table=orders/ingest_dt=2020-01-03'), { recursive: true });
    expect(await other.problem(lake.clean)).toContain('ingest_dt=2020-01-03 is missing: this is not the answer key of');
    const manifest = join(other.truth, 'defects/table=cart_items/ingest_dt=2020-01-02/_MANIFEST.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"backlog-\w+"/, '"backlog-of-another"'));
    expect(await other.problem(lake.clean)).toMatch(/is of batch backlog-of-another, and .* of backlog-\w+: this is not the answer key/);
  });
});

it('the key of another level, though it has the same batch, is none of this lake', async () => {
  const heavy = await ScoredLake.open({ 'end-date': '2020-01-06', 'messiness-level': 'heavy_mess' });
  const mixed = new ScoredLake(lake.raw, heavy.truth, lake.clean);
  const says = /\d+ of \d+ defects of \w+\/ingest_dt=2020-01-0\d are not what the lake has there: this is not the answer key of/;
  expect(await mixed.problem(lake.clean)).toMatch(says);
  expect(await mixed.problem(await lake.list('FROM KEY'))).toMatch(says);
  expect((await heavy.score(lake.clean)).overall.repair).toEqual(ALL_ONE);
});

it('a CSV may have semicolons', async () => {
  const semicolons = await orders('FROM lake', 'csv');
  await inDuckDb((duck) =>
    duck.run(`COPY (FROM read_csv('${semicolons}/orders.csv', all_varchar = true)) TO '${semicolons}/orders.csv' (DELIMITER ';')`),
  );
  expect((await lake.score(semicolons)).overall).toMatchObject({ detected: 0, wrong: 0 });
});
