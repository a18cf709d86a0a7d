// Lakes with mess that only a config turns on: what it makes wrong is not asked, all else is, and its rates are measured.

import { appendFileSync, cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KIND_COLUMNS } from '../../src/config/mess-columns.ts';
import { OPTIONAL_KINDS, type OptionalKind } from '../../src/config/mess-levels.ts';
import { singleColumns } from '../../src/config/planted-kinds.ts';
import { CHECKS_OF_COLUMN } from '../../src/config/suspended-checks.ts';
import type { Flags } from '../../src/config/settings.ts';
import { exportRaw } from '../../src/pipeline/index.ts';
import { verifyLake, type VerifyReport } from '../../src/verify/verify-lake.ts';
import { effects, TinyShop } from '../pipeline/tiny-shop.ts';
import { readRows, rewriteRows, type Row } from './damage.ts';
import { faultLines } from './mini-lake.ts';

const ALLOWED = Object.fromEntries(OPTIONAL_KINDS.map((kind) => [kind, KIND_COLUMNS[kind].allowed])) as Record<
  OptionalKind,
  readonly string[]
>;

/** At medium mess, with more of each kind than chance could hide. */
async function makeShop(kinds: Partial<Record<OptionalKind, readonly string[]>>, rate = 0.15, flags: Flags = {}): Promise<TinyShop> {
  const shop = await TinyShop.open();
  const given = Object.entries(kinds).map(([kind, columns]) => `${kind}: { rate: ${rate}, columns: [${columns.join(', ')}] }`);
  appendFileSync(shop.config, `mess: { medium_mess: { ${given.join(', ')} } }\n`);
  await shop.backlog({ direct: true, workers: 1, ...flags });
  return shop;
}

function verify(shop: TinyShop, deep = true): Promise<VerifyReport> {
  const truthRoot = join(shop.folder, 'output/truth');
  return verifyLake({ root: shop.raw, artifactRoot: shop.artifacts, truthRoot, deep }, effects());
}

/** By the check's name: which kinds are said to be planted. */
function suspended({ checks }: VerifyReport): Map<string, string[]> {
  const found = checks.flatMap(({ name, detail }) => {
    const kinds = [...(detail ?? '').matchAll(/(\w+) is planted in /g)].map(([, kind]) => kind!);
    return kinds.length > 0 && detail!.startsWith('skipped: ') ? [[name, kinds] as const] : [];
  });
  return new Map(found);
}

const checksOf = (columns: readonly string[]): string[] =>
  [...new Set(singleColumns(columns).flatMap((column) => CHECKS_OF_COLUMN[column]!))].toSorted();

/** One that changes words, one numbers, one whole days, one types, one rows; the rest are asked column by column below. */
describe.each(['typos', 'outliers', 'swapped_columns', 'number_formats', 'corrections'] as const)(
  '%s alone, wherever it may be',
  (kind) => {
    it('is a sound lake with the checks suspended that it makes wrong, and at the rate that is found', async () => {
      const shop = await makeShop({ [kind]: ALLOWED[kind] }, 0.15, { 'end-date': '2020-01-20' });
      const report = await verify(shop);
      expect(faultLines(report)).toEqual([]);
      expect([...suspended(report).keys()].toSorted()).toEqual(checksOf(ALLOWED[kind]));
      for (const kinds of suspended(report).values()) expect(kinds).toEqual([kind]);
      expect(report.checks.find(({ name }) => name === 'mess: kinds turned on')!.detail).toContain(`: ${kind} in `);
    });
  },
);

/** What makes the text or number of a column something else; of a number two things: another one, and none. */
const SPOILERS = ['mixed_dates', 'outliers', 'number_formats', 'orphaned_keys', 'sentinels'] as const;

function spoil(columns: readonly string[]): Partial<Record<OptionalKind, readonly string[]>> {
  const isDate = (column: string): boolean => ALLOWED.mixed_dates.includes(column);
  const own = (kind: OptionalKind): string[] =>
    columns.filter((column) => ALLOWED[kind].includes(column) && !(kind === 'sentinels' && isDate(column)));
  return Object.fromEntries(SPOILERS.map((kind) => [kind, own(kind)] as const).filter(([, found]) => found.length > 0));
}

/** Columns together as long as no two claim the same check: what one forgets, hardly another excuses. First those that claim none. */
function columnsApart(): string[][] {
  const isFree = (column: string): boolean => CHECKS_OF_COLUMN[column]!.length === 0;
  const isTouched = (column: string): boolean => Object.keys(spoil([column])).length > 0;
  const columns = Object.keys(CHECKS_OF_COLUMN).filter(isTouched);
  const free = columns.filter(isFree);
  const groups: string[][] = [];
  for (const column of columns.filter((other) => !isFree(other))) {
    const checks = CHECKS_OF_COLUMN[column]!;
    const group = groups.find((columns) => !checksOf(columns).some((check) => checks.includes(check)));
    if (group === undefined) groups.push([column]);
    else group.push(column);
  }
  return [free, ...groups];
}

describe('a column suspends all that reads it', () => {
  it.each(columnsApart().map((columns) => ({ columns })))('$columns', async ({ columns }) => {
    const shop = await makeShop(spoil(columns), 0.4, { 'end-date': '2020-01-18' });
    const report = await verify(shop);
    expect(faultLines(report)).toEqual([]);
    expect([...suspended(report).keys()].toSorted()).toEqual(checksOf(columns));
  });
});

/** A shop at medium mess with kinds that act on rows. */
async function makeRowShop(mess: string, flags: Flags = {}): Promise<TinyShop> {
  const shop = await TinyShop.open();
  appendFileSync(shop.config, `mess: { medium_mess: { ${mess} } }\n`);
  await shop.backlog({ direct: true, workers: 1, ...flags });
  return shop;
}

describe('rows that come twice, or late', () => {
  it.each([
    ['redelivered_rows: { rate: 0.1 }'],
    ['late_rows: { rate: 0.1 }'],
    ['late_rows: { rate: 0.3, tables: [orders] }'],
    ['late_rows: { rate: 1, tables: [shopping_carts] }, redelivered_rows: { rate: 1, tables: [order_items] }'],
    ['late_rows: { rate: 0.2 }, redelivered_rows: { rate: 0.2 }'],
  ])('%s: a sound lake, nothing suspended, at the rate that is found', async (mess) => {
    const report = await verify(await makeRowShop(mess));
    expect(faultLines(report)).toEqual([]);
    expect([...suspended(report).keys()]).toEqual([]);
    const rates = report.checks.find(({ name }) => name === 'mess: kinds turned on')!;
    expect(rates.detail).toMatch(/: (late|redelivered)_rows in /);
  });
});

describe('a row that comes twice', () => {
  const part = { table: 'orders', partition: 'ingest_dt=2020-01-10' } as const;
  let shop: TinyShop | undefined;
  const isCopy = (rows: Row[], i: number): boolean => rows[i]?.['event_id'] === rows[i - 1]?.['event_id'];
  const changeCopies = (rows: Row[], change: (row: Row) => Row[]): Row[] =>
    rows.flatMap((row, i) => (isCopy(rows, i) ? change(row) : [row]));

  it.each<[what: string, change: (rows: Row[]) => Row[], check: string, says: RegExp]>([
    ['changed', (rows) => changeCopies(rows, (row) => [{ ...row, email: 'x' }]), 'deliveries', /comes again with another email/],
    ['there three times', (rows) => changeCopies(rows, (row) => [row, row]), 'deliveries', /comes more than twice/],
    [
      'without the first',
      (rows) => rows.filter((_, i) => !isCopy(rows, i + 1)),
      'deliveries',
      /comes with a later ingestion_ts, and not before/,
    ],
    [
      'not later',
      (rows) => changeCopies(rows, (row) => [{ ...row, ingestion_ts: '2020-01-11T02:00:00+00:00' }]),
      'keys',
      /comes after number/,
    ],
    ['left out', (rows) => changeCopies(rows, () => []), 'key: values', /of a row that the partition does not have/],
  ])('%s: is named', async (_, change, check, says) => {
    shop ??= await makeRowShop('redelivered_rows: { rate: 0.2, tables: [orders] }', { 'end-date': '2020-01-12' });
    const whole = readRows(shop.raw, part);
    rewriteRows(shop.raw, part, change);
    const report = await verify(shop);
    rewriteRows(shop.raw, part, () => whole);
    expect(report.checks.find(({ name }) => name === check)!.faults).toContainEqual({
      place: expect.stringContaining('ingest_dt=2020-01-10'),
      message: expect.stringMatching(says),
    });
  });
});

describe('kinds that meet', () => {
  it('late carts whose dates cannot be read, corrected amounts that are text, repeated rows at the end of a part: sound', async () => {
    const shop = await makeRowShop(
      `late_rows: { rate: 0.3 }, redelivered_rows: { rate: 0.3, tables: [cart_items] },
       mixed_dates: { rate: 0.3, columns: [shopping_carts.created_at] }, sentinels: { rate: 0.1, columns: [shopping_carts.created_at] },
       corrections: { rate: 0.3, columns: [orders.net_total] }, number_formats: { rate: 0.5, columns: [orders.net_total] }`,
      { direct: false, 'keep-csv': true, 'chunk-size': 60, 'end-date': '2020-01-20' },
    );
    expect(faultLines(await verify(shop))).toEqual([]);
    const { settings, config } = shop.resolve();
    const source = join(shop.artifacts, 'raw_run_2020-01-01_2020-01-20');
    const request = {
      settings,
      config,
      source,
      dates: undefined,
      tables: ['cart_items' as const],
      batchId: undefined,
      lookupsFrom: undefined,
    };
    await exportRaw({ ...request, targetSizeMb: 0.005 }, effects());
    expect(readdirSync(join(shop.raw, 'cart_items/ingest_dt=2020-01-15')).length).toBeGreaterThan(4);
    expect(faultLines(await verify(shop))).toEqual([]);
    rmSync(join(shop.artifacts, 'lake.json'));
    expect(faultLines(await verify(shop, false))).toEqual([]);
  });
});

describe('all of them at once', () => {
  it('are a sound lake, quick and deep, and its key is true', async () => {
    const shop = await makeShop(ALLOWED);
    expect(faultLines(await verify(shop, false))).toEqual([]);
    const report = await verify(shop);
    expect(faultLines(report)).toEqual([]);
    expect([...suspended(report).keys()].toSorted()).toEqual(checksOf(Object.values(ALLOWED).flat()));
    expect(report.checks.find(({ name }) => name === 'key: values')!.detail).toMatch(/^[\d,]+ defects$/);
    const rates = report.checks.find(({ name }) => name === 'mess: kinds turned on')!;
    expect(rates.detail).toMatch(/^at most/);
  });
});

describe('numbers that are text', () => {
  it('are as they should be by lake.json, or where there is none by the manifests', async () => {
    const flags = { 'end-date': '2020-01-03' };
    const shop = await makeShop({ number_formats: ['orders.net_total'] }, 0.15, flags);
    const plain = await makeShop({}, 0, flags);
    cpSync(join(shop.artifacts, 'lake.json'), join(plain.artifacts, 'lake.json'));
    const faults = faultLines(await verify(plain, false)).filter((line) => line.includes('orders/'));
    expect(faults).toContainEqual(expect.stringMatching(/^footers: orders\/.*: column 10 is net_total float64, .* net_total string$/));
    rmSync(join(shop.artifacts, 'lake.json'));
    expect(faultLines(await verify(shop, false))).toEqual([]);
    rmSync(join(plain.artifacts, 'lake.json'));
    expect(faultLines(await verify(plain, false))).toEqual([]);
  });
});

describe('what the mess leaves intact', () => {
  it('is still asked: damage beside it is found', async () => {
    const shop = await makeShop({ mixed_dates: ['orders.order_date'], typos: ['cart_items.product_name'] });
    const part = { table: 'shopping_carts', partition: 'ingest_dt=2020-01-10' } as const;
    rewriteRows(shop.raw, part, (rows) => rows.map((row, i) => (i === 3 ? { ...row, updated_at: '2019-01-01T00:00:00.000' } : row)));
    const orders = { table: 'orders', partition: 'ingest_dt=2020-01-10' } as const;
    rewriteRows(shop.raw, orders, (rows) =>
      rows.map((row) =>
        /^\d{4}-.*\d\d\.\d{3}$/.test(String(row['order_date'])) ? { ...row, order_date: '2020-01-09T23:00:00.000' } : row,
      ),
    );
    const report = await verify(shop);
    const failed = report.checks.filter(({ ok }) => !ok).map(({ name }) => name);
    expect(failed).toEqual(expect.arrayContaining(['time order', 'partition dates']));
  });

  it('a rate that is not the config’s is named', async () => {
    const shop = await makeShop({ sentinels: ['orders.email'] });
    for (const day of ['2020-01-20', '2020-01-21', '2020-01-22', '2020-01-23', '2020-01-24']) {
      rewriteRows(shop.raw, { table: 'orders', partition: `ingest_dt=${day}` }, (rows) => rows.map((row) => ({ ...row, email: 'N/A' })));
    }
    rmSync(join(shop.folder, 'output/truth'), { recursive: true });
    expect(faultLines(await verify(shop))).toEqual([
      expect.stringMatching(/^mess: kinds turned on: orders\.email: sentinels in orders\.email: [\d.]+ % .*, should be 15\.00 %$/),
    ]);
  });
});
