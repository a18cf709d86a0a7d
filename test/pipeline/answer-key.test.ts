// The answer key: complete, exact, and one, however the lake is made.

import { appendFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { NUMBERS } from '../../src/config/mess-columns.ts';
import { OPTIONAL_KINDS, type OptionalKind } from '../../src/config/mess-levels.ts';
import { exportRaw, runGenerator } from '../../src/pipeline/index.ts';
import { lakeIdentity } from '../../src/store/identity.ts';
import { undoMess } from '../../scripts/undo-mess.ts';
import { TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { effects, sums, TinyShop } from './tiny-shop.ts';

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
  const columns: Partial<Record<OptionalKind, readonly string[]>> = { number_formats: NUMBERS.allowed };
  const kinds = OPTIONAL_KINDS.map((kind) => `${kind}: { rate: 0.1${kind in columns ? `, columns: [${columns[kind]!.join(', ')}]` : ''} }`);
  appendFileSync(shop.config, `mess: { medium_mess: { ${kinds.join(', ')} } }\n`);
  return shop;
}

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
    for (const kind of OPTIONAL_KINDS) expect(kinds).toContain(kind);
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
      { 'chunk-size': 30, workers: 2, direct: false, 'keep-csv': true },
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
    const request = { settings, config, source: folder, tables: undefined, batchId: undefined, targetSizeMb: 96, lookupsFrom: undefined };
    await exportRaw({ ...request, dates: new Set(['2020-01-20']), tables: ['orders', 'order_items'] }, effects());
    const partitions = (table: string): string[] => readdirSync(join(truthOf(shop), 'defects', table));
    expect(readdirSync(join(truthOf(shop), 'defects'))).toEqual(['table=order_items', 'table=orders']);
    expect(partitions('table=orders')).toEqual(['ingest_dt=2020-01-20']);
    await exportRaw({ ...request, dates: undefined }, effects());
    expect(keyIdentity(shop)).toBe(keyIdentity(messy['medium_mess']!));
    expect(shop.besideLake()).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
