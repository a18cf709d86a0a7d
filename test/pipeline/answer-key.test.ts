// The answer key: complete, exact, and one, however the lake is made.

import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { KIND_COLUMNS } from '../../src/config/mess-columns.ts';
import { OPTIONAL_KINDS, ROW_KINDS } from '../../src/config/mess-levels.ts';
import type { Flags } from '../../src/config/settings.ts';
import { EXIT } from '../../src/lib/errors.ts';
import type { ExportRequest } from '../../src/pipeline/export-raw.ts';
import { exportRaw, runGenerator } from '../../src/pipeline/index.ts';
import { lakeIdentity } from '../../src/store/identity.ts';
import { undoMess } from '../../scripts/undo-mess.ts';
import { TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { effects, sums, TinyShop, type TestEffects } from './tiny-shop.ts';

const truthOf = (shop: TinyShop): string => join(shop.folder, 'output/truth');
const keyIdentity = (shop: TinyShop): string => lakeIdentity(sums(join(truthOf(shop), 'defects')));

async function makeShop(flags: Record<string, string | number | boolean>): Promise<TinyShop> {
  const shop = await TinyShop.open();
  await shop.backlog(flags);
  return shop;
}

/** A shop whose config turns on every kind of mess there is. */
async function openWithAll(): Promise<TinyShop> {
  const shop = await TinyShop.open();
  const columns: Partial<Record<string, readonly string[]>> = { number_formats: KIND_COLUMNS.number_formats.allowed };
  const kinds = [...OPTIONAL_KINDS, ...ROW_KINDS].map(
    (kind) => `${kind}: { rate: 0.1${kind in columns ? `, columns: [${columns[kind]!.join(', ')}]` : ''} }`,
  );
  appendFileSync(shop.config, `mess: { medium_mess: { ${kinds.join(', ')} } }\n`);
  return shop;
}

/** Exports a run's folder into a shop's lake; default: all of it. */
async function exportFrom(
  source: string,
  shop: TinyShop,
  { flags = {}, ...choice }: Partial<Pick<ExportRequest, 'dates' | 'tables'>> & { flags?: Flags } = {},
): Promise<TestEffects> {
  const fx = effects();
  const rest = { batchId: undefined, targetSizeMb: 96, lookupsFrom: undefined };
  await exportRaw({ ...shop.resolve(flags), source, dates: undefined, tables: undefined, ...choice, ...rest }, fx);
  return fx;
}

const keyPaths = (shop: TinyShop): string[] =>
  sums(join(truthOf(shop), 'defects'))
    .map(({ path }) => path)
    .toSorted();

/** The first column of a query's rows. */
async function query(sql: string): Promise<string[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = (await connection.runAndReadAll(sql)).getRowsJS();
  connection.closeSync();
  return rows.map(([first]) => first as string);
}

let clean: TinyShop;
const messy = {} as Record<string, TinyShop>;
const LEVELS = ['light_mess', 'medium_mess', 'heavy_mess'];
beforeAll(async () => {
  clean = await makeShop({ direct: true, 'messiness-level': 'none' });
  for (const level of LEVELS) messy[level] = await makeShop({ direct: true, 'messiness-level': level });
});

describe.each(LEVELS)('%s', (level) => {
  it('undone with the key is the clean lake, value for value', async () => {
    const results = await undoMess({ messy: messy[level]!.raw, truth: truthOf(messy[level]!), clean: clean.raw });
    expect(results.map(({ table, differences, untrue }) => ({ table, differences, untrue }))).toEqual(
      results.map(({ table }) => ({ table, differences: 0, untrue: 0 })),
    );
    for (const { table, rows, defects } of results) expect(defects, table).toBeGreaterThan(rows / 100);
  });
});

describe('every kind that a config can turn on', () => {
  let all: TinyShop;
  beforeAll(async () => {
    all = await openWithAll();
    await all.backlog({ direct: true });
  });

  it('undone with the key is the clean lake, value for value', async () => {
    const results = await undoMess({ messy: all.raw, truth: truthOf(all), clean: clean.raw });
    expect(results.map(({ table, differences, untrue }) => ({ table, differences, untrue }))).toEqual(
      results.map(({ table }) => ({ table, differences: 0, untrue: 0 })),
    );
    for (const { table, rows, defects } of results) expect(defects, table).toBeGreaterThan(rows / 50);
  });

  it('is in the key, alone and with others', async () => {
    const files = `${truthOf(all)}/defects/*/*/*.parquet`;
    const kinds = await query(`SELECT DISTINCT unnest(string_split(kind, '+')) AS kind FROM read_parquet('${files}') ORDER BY kind`);
    for (const kind of [...OPTIONAL_KINDS, ...ROW_KINDS]) expect(kinds).toContain(kind);
    const joined = await query(`SELECT DISTINCT kind FROM read_parquet('${files}') WHERE contains(kind, '+')`);
    expect(joined).toEqual(
      expect.arrayContaining(['typos+padding', 'swapped_columns+casing', 'typos+encoding_damage', 'outliers+number_formats']),
    );
    // What is missing, or stands for a missing value, shows nothing of what was there.
    expect(joined.filter((kind) => /missing_value|\+sentinels/.test(kind))).toEqual([]);
  });

  it('has the same lake and the same key by way of CSVs, in any chunks', async () => {
    for (const flags of [
      { 'chunk-size': 9, workers: 2, direct: false },
      { 'chunk-size': 30, workers: 1, direct: true },
    ]) {
      const shop = await openWithAll();
      await shop.backlog(flags);
      expect([shop.identity(), keyIdentity(shop)], JSON.stringify(flags)).toEqual([all.identity(), keyIdentity(all)]);
    }
  });

  it('is read back from CSVs by who does not know the config', async () => {
    const shop = await openWithAll();
    const { settings, config } = shop.resolve();
    const { folder } = await runGenerator({ settings, config, useState: false }, effects());
    const other = (await TinyShop.open()).resolve();
    const request = { source: folder, dates: undefined, tables: TRANSACTION_TABLES, batchId: undefined, targetSizeMb: 96 };
    await exportRaw({ ...request, ...other, lookupsFrom: undefined }, effects());
    for (const table of TRANSACTION_TABLES)
      expect(lakeIdentity(sums(join(other.settings.targetRoot, table))), table).toBe(lakeIdentity(sums(join(all.raw, table))));
  });

  it('leaves the clean lake and the usual levels as they are', async () => {
    const shop = await openWithAll();
    await shop.backlog({ direct: true, 'messiness-level': 'none' });
    expect(shop.identity()).toBe(clean.identity());
    expect(all.identity()).not.toBe(messy['medium_mess']!.identity());
  });
});

describe('the key', () => {
  it('is told of at the end of a run', async () => {
    const summary = await messy['medium_mess']!.backlog({ direct: true });
    const partitions = readdirSync(join(truthOf(messy['medium_mess']!), 'defects/table=orders')).length * 6;
    expect(summary.truth).toMatchObject({ partitions, files: partitions, identity: keyIdentity(messy['medium_mess']!) });
    expect(summary.truth!.defects).toBeGreaterThan(1000);
  });

  it('of a clean lake is none', async () => {
    expect(existsSync(truthOf(clean))).toBe(false);
    expect((await clean.backlog({ direct: true, 'messiness-level': 'none' })).truth).toBeUndefined();
  });

  it('is the same for every chunk size, number of workers and way', async () => {
    const expected = keyIdentity(messy['medium_mess']!);
    const combinations = [
      { 'chunk-size': 1, workers: 4, direct: true },
      { 'chunk-size': 7, workers: 1, direct: false },
    ];
    for (const flags of combinations) expect(keyIdentity(await makeShop(flags)), JSON.stringify(flags)).toBe(expected);
  });

  it('has a final prefix', async () => {
    const shop = await makeShop({ direct: true, 'end-date': '2020-01-17' });
    await shop.backlog({});
    expect(keyIdentity(shop)).toBe(keyIdentity(messy['medium_mess']!));
  });

  it('comes with the CSVs, and export-raw puts that of the exported partitions in its place', async () => {
    const shop = await TinyShop.open();
    const { settings, config } = shop.resolve();
    const { folder } = await runGenerator({ settings, config, useState: false }, effects());
    expect(existsSync(truthOf(shop))).toBe(false);
    await exportFrom(folder, shop, { dates: new Set(['2020-01-20']), tables: ['orders', 'order_items'] });
    const partitions = (table: string): string[] => readdirSync(join(truthOf(shop), 'defects', table));
    expect(readdirSync(join(truthOf(shop), 'defects'))).toEqual(['table=order_items', 'table=orders']);
    expect(partitions('table=orders')).toEqual(['ingest_dt=2020-01-20']);
    await exportFrom(folder, shop);
    expect(keyIdentity(shop)).toBe(keyIdentity(messy['medium_mess']!));
    expect(shop.besideLake()).toEqual([]);

    // The CSVs as another program leaves them: what the folder has no key for has none.
    rmSync(join(folder, 'truth'), { recursive: true });
    const before = keyPaths(shop);
    const { events } = await exportFrom(folder, shop, { dates: new Set(['2020-01-20', '2020-01-21']), tables: ['orders'] });
    expect(keyPaths(shop)).toEqual(before.filter((path) => !/^table=orders\/ingest_dt=2020-01-2[01]\//.test(path)));
    expect(events).toContainEqual({
      type: 'note',
      message: expect.stringContaining(`${folder} has no answer key of 2 partitions`) as string,
    });
    rmSync(folder, { recursive: true });
  });

  it('of CSVs that are no longer as they were written is left out, and late rows go to the day of their event, items and all', async () => {
    const shop = await TinyShop.open();
    appendFileSync(shop.config, 'mess: { medium_mess: { late_rows: { rate: 0.2 } } }\n');
    const { settings, config } = shop.resolve({ 'end-date': '2020-01-12' });
    const { folder } = await runGenerator({ settings, config, useState: false }, effects());
    const items = join(folder, 'cart_items.csv');
    writeFileSync(items, readFileSync(items, 'utf8').replace(/converted|\d+\.\d\d(?=\n)/, '1.00'));
    const { events } = await exportFrom(folder, shop);
    const notes = events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
    expect(notes).toContainEqual(expect.stringContaining('cart_items.csv: not as _RUN.json describes it'));
    expect(readdirSync(join(truthOf(shop), 'defects')).toSorted()).toEqual(
      ['order_items', 'orders', 'return_items', 'returns'].map((table) => `table=${table}`),
    );
    const parts = (table: string): string => `read_parquet('${shop.raw}/${table}/*/*.parquet', hive_partitioning = true)`;
    const torn = `SELECT count(*)::VARCHAR FROM ${parts('cart_items')} i JOIN ${parts('shopping_carts')} c USING (cart_id) WHERE i.ingest_dt <> c.ingest_dt`;
    expect(await query(torn)).toEqual(['0']);
    const late = (table: string, column: string): string =>
      `SELECT count(*)::VARCHAR FROM ${parts(table)} WHERE left(${column}, 10) <> ingest_dt::VARCHAR`;
    expect(await query(late('shopping_carts', 'created_at'))).toEqual(['0']);
    expect(await query(late('orders', 'order_date'))).not.toEqual(['0']);
  });

  it('has the ingestion_ts of rows that come twice by one clock: another is refused', async () => {
    const shop = await TinyShop.open();
    appendFileSync(shop.config, 'mess: { medium_mess: { redelivered_rows: { rate: 0.2 } } }\n');
    const { settings, config } = shop.resolve({ 'end-date': '2020-01-03' });
    const { folder } = await runGenerator({ settings, config, useState: false }, effects());
    const before = shop.snapshot();
    await expect(exportFrom(folder, shop, { flags: { 'ingestion-clock': 'wall' } })).rejects.toMatchObject({
      exitCode: EXIT.usage,
      message: expect.stringContaining('its answer key has their ingestion_ts by the logical clock') as string,
    });
    expect(shop.snapshot()).toEqual(before);
  });

  it('stays with the CSVs that --keep-csv keeps', async () => {
    const shop = await makeShop({ 'chunk-size': 30, 'keep-csv': true });
    expect(keyIdentity(shop)).toBe(keyIdentity(messy['medium_mess']!));
    const elsewhere = await TinyShop.open();
    const kept = readdirSync(shop.artifacts).filter((name) => name.startsWith('raw_run_'));
    expect(kept).toHaveLength(2);
    for (const name of kept) await exportFrom(join(shop.artifacts, name), elsewhere);
    expect(keyIdentity(elsewhere)).toBe(keyIdentity(shop));
  });
});

describe('a folder that holds the key of another lake', () => {
  const refusal = (own: TinyShop) => ({
    exitCode: EXIT.usage,
    message: expect.stringMatching(
      `^${truthOf(own)} holds the answer key of another lake: .* has batch backlog-\\w+, this lake is backlog-`,
    ) as string,
  });

  it('is refused by backlog-bear and export-raw, and left as it is', async () => {
    const owner = messy['light_mess']!;
    const before = keyIdentity(owner);
    const other = await TinyShop.open();
    rmSync(join(other.artifacts, 'static_lookups'), { recursive: true });
    const flags = { seed: 43, 'truth-root': truthOf(owner), 'end-date': '2020-01-05' };
    await expect(other.backlog({ ...flags, direct: true })).rejects.toMatchObject(refusal(owner));
    expect(existsSync(other.raw)).toBe(false);

    const { settings, config } = other.resolve(flags);
    const { folder } = await runGenerator({ settings, config, useState: false }, effects());
    await expect(exportFrom(folder, other, { flags })).rejects.toMatchObject(refusal(owner));
    expect(existsSync(other.raw)).toBe(false);
    expect(keyIdentity(owner)).toBe(before);
    // A lake without mess has no key that could come between.
    await other.backlog({ ...flags, direct: true, 'messiness-level': 'none' });
    expect(keyIdentity(owner)).toBe(before);
  });

  it('is not entered while another run is at work there', async () => {
    const [one, other] = [await TinyShop.open(), await TinyShop.open()];
    const flags = { 'truth-root': join(one.folder, 'key'), 'end-date': '2020-01-02', direct: true };
    let refused: Promise<unknown> | undefined;
    const fx = effects();
    const meet = { ...fx, emit: () => void (refused ??= expectInUse(other.backlog(flags))) };
    await one.backlog(flags, meet);
    await refused;
    await other.backlog(flags);
    expect(readdirSync(one.folder)).not.toContain('.key.lock');
  });

  async function expectInUse(run: Promise<unknown>): Promise<void> {
    await expect(run).rejects.toMatchObject({
      exitCode: EXIT.incomplete,
      message: expect.stringMatching(/key is in use by process \d+/) as string,
    });
  }
});
