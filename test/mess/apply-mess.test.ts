import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessMaker } from '../../src/mess/apply-mess.ts';
import type { CleanDay, MessyLevel } from '../../src/mess/kind.ts';
import { hashRowKeys } from '../../src/mess/row-keys.ts';
import { TABLES, TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { toRows } from '../rows/mini-lake.ts';
import { configOf, tolerance } from '../plan/small-world.ts';
import { batchOf, clean, dirtyRows, fold, lake, LEVELS, type TableRows } from './messy-lake.ts';

const { config } = lake.world;
const dirty = Object.fromEntries(LEVELS.map((level) => [level, dirtyRows(config, level)])) as Record<MessyLevel, TableRows>;

/** Every cell of a column: clean and dirty. */
function cellsOf(level: MessyLevel, path: string): [clean: string, dirty: string | null][] {
  const [table, column] = path.split('.') as [keyof TableRows, string];
  return clean[table].map((row, i) => [row[column] as string, dirty[level][table][i]![column] as string | null]);
}

function expectRate(found: number, of: number, rate: number, what: string): void {
  expect(Math.abs(found / of - rate), `${what}: ${found} of ${of}`).toBeLessThanOrEqual(tolerance(rate, of));
}

const isPadded = (value: string): boolean => value !== value.trim();

describe.each(LEVELS)('%s', (level) => {
  const { padding, casing, missing_value, biased_return_reasons } = config.mess[level];
  const words = new Set(config.vocab.return_reasons);
  const isCased = (path: string, before: string, after: string) =>
    path === 'returns.reason' ? !words.has(after.trim()) : after.trim() !== before;

  it('pads and cases every column of theirs at their rates, each by itself', () => {
    expect(padding.columns).toHaveLength(10);
    expect(casing.columns).toEqual(padding.columns);
    for (const path of padding.columns) {
      const cells = cellsOf(level, path);
      const padded = cells.filter(([, after]) => isPadded(after!));
      const cased = cells.filter(([before, after]) => isCased(path, before, after!));
      expectRate(padded.length, cells.length, padding.rate, `padding of ${path}`);
      expectRate(cased.length, cells.length, casing.rate, `casing of ${path}`);
      const both = padded.filter(([before, after]) => isCased(path, before, after!));
      expectRate(both.length, cells.length, padding.rate * casing.rate, `both on ${path}`);
    }
  });

  it('pads with one or two spaces on either side, all four ways alike', () => {
    const ways = new Map<string, number>();
    let total = 0;
    for (const [, after] of padding.columns.flatMap((path) => cellsOf(level, path))) {
      if (!isPadded(after!)) continue;
      const [, front, , back] = /^( {1,2})(\S.*\S|\S)( {1,2})$/.exec(after!) ?? expect.unreachable(`not padding: "${after}"`);
      const way = `${front!.length} ${back!.length}`;
      ways.set(way, (ways.get(way) ?? 0) + 1);
      total++;
    }
    expect(ways.size).toBe(4);
    for (const [way, count] of ways) expectRate(count, total, 0.25, way);
  });

  it('changes nothing of a word but its case and the spaces around it, reasons aside', () => {
    for (const path of padding.columns) {
      if (path === 'returns.reason') continue;
      for (const [before, after] of cellsOf(level, path))
        if (fold(after) !== fold(before)) expect.fail(`${path}: "${before}" became "${after}"`);
    }
    const folded = new Set(config.vocab.return_reasons.map(fold));
    for (const [, after] of cellsOf(level, 'returns.reason')) expect(folded.has(fold(after))).toBe(true);
  });

  it('writes in upper, lower or title case, whichever differ from the word, alike', () => {
    const counts = new Map<string, Map<string, number>>();
    for (const [before, after] of cellsOf(level, 'shopping_carts.status')) {
      const word = after!.trim();
      if (word === before) continue;
      const of = counts.get(before) ?? new Map<string, number>();
      counts.set(before, of.set(word, (of.get(word) ?? 0) + 1));
    }
    expect(counts.size).toBe(3);
    for (const [status, of] of counts) {
      const total = [...of.values()].reduce((sum, count) => sum + count, 0);
      expect(new Set(of.keys())).toEqual(new Set([status.toUpperCase(), status[0]!.toUpperCase() + status.slice(1)]));
      for (const [word, count] of of) expectRate(count, total, 0.5, word);
    }
  });

  it('takes values away at the rate, in its columns only', () => {
    expect(missing_value.columns).toHaveLength(4);
    for (const path of missing_value.columns) {
      const cells = cellsOf(level, path);
      expectRate(cells.filter(([, after]) => after === null).length, cells.length, missing_value.rate, path);
      for (const [before, after] of cells) if (after !== null) expect(after).toBe(before);
    }
  });

  it('touches no other column, and no row is lost, moved or added', () => {
    const allowed = new Set([...padding.columns, ...missing_value.columns, 'orders.total_items']);
    for (const table of TRANSACTION_TABLES) {
      expect(dirty[level][table]).toHaveLength(clean[table].length);
      for (const { name, nullable } of TABLES[table].columns) {
        const changed = clean[table].filter((row, i) => !Object.is(row[name], dirty[level][table][i]![name])).length;
        if (!allowed.has(`${table}.${name}`)) expect(changed, `${table}.${name}`).toBe(0);
        else if (name !== 'total_items') expect(changed, `${table}.${name}`).toBeGreaterThan(0);
        if (!nullable) for (const row of dirty[level][table]) if (row[name] === null) expect.fail(`${table}.${name} is null`);
      }
    }
  });

  it('redraws return reasons at its rate', () => {
    const cells = cellsOf(level, 'returns.reason');
    const changed = cells.filter(([before, after]) => fold(before) !== fold(after)).length;
    // Some are drawn as they were; how many depends on the schema, at most six in ten.
    const rate = biased_return_reasons.rate;
    expect(changed / cells.length).toBeLessThan(rate + 0.05);
    expect(changed / cells.length).toBeGreaterThanOrEqual(rate * 0.4);
  });
});

describe('a cell’s mess', () => {
  const day = 60;
  const cleanDay = lake.days[day]!;
  const dirtyDay = toRows(cleanDay.date, new MessMaker(config, 'heavy_mess').apply(lake.rows.make(day)).batches);

  it('depends on its key alone, not on the rows around it', () => {
    const maker = new MessMaker(config, 'heavy_mess');
    const keyOf = (table: (typeof TRANSACTION_TABLES)[number], row: object) =>
      TABLES[table].key.map((name) => (row as Record<string, unknown>)[name]).join('|');
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.nat(3), (numbers, drop) => {
        const shuffled = Object.fromEntries(
          TRANSACTION_TABLES.map((table) => {
            // Returns and their items stay in step: a bias looks at the items.
            const rows = cleanDay[table].map((row) => ({ row: row as unknown as Record<string, unknown>, at: numbers.next().value! }));
            const kept =
              table === 'returns' || table === 'return_items'
                ? rows
                : rows.filter(({ at }) => at % 4 >= drop).toSorted((a, b) => a.at - b.at);
            return [
              table,
              batchOf(
                table,
                kept.map(({ row }) => row),
              ),
            ];
          }),
        ) as unknown as CleanDay;
        const result = toRows(cleanDay.date, maker.apply(shuffled).batches);
        for (const table of TRANSACTION_TABLES) {
          const expected = new Map(dirtyDay[table].map((row) => [keyOf(table, row), row]));
          for (const row of result[table]) expect(row).toEqual(expected.get(keyOf(table, row)));
        }
      }),
      { numRuns: 10 },
    );
  });

  it('is the same in whatever order the days are made dirty', () => {
    const maker = new MessMaker(config, 'heavy_mess');
    for (const other of [200, 3, day, 61]) maker.apply(lake.rows.make(other));
    expect(toRows(cleanDay.date, maker.apply(lake.rows.make(day)).batches)).toEqual(dirtyDay);
  });

  it('is another’s with another seed', () => {
    const other = toRows(cleanDay.date, new MessMaker({ ...config, faker_seed: 43 }, 'heavy_mess').apply(lake.rows.make(day)).batches);
    expect(other.cart_items).not.toEqual(dirtyDay.cart_items);
    const changed = (rows: typeof dirtyDay.cart_items) =>
      new Set(rows.filter((row, i) => row.product_name !== cleanDay.cart_items[i]!.product_name).map(({ cart_item_id }) => cart_item_id));
    const [a, b] = [changed(other.cart_items), changed(dirtyDay.cart_items)];
    expect([...a].filter((id) => b.has(id)).length).toBeLessThan(a.size * 0.7);
  });

  it('does not tell of other columns’ or kinds’: those hit by one are hit by another no more often', () => {
    const { rate } = config.mess.heavy_mess.casing;
    const hits = (path: string, is: (before: string, after: string) => boolean) =>
      cellsOf('heavy_mess', path).map(([before, after]) => is(before, after!));
    const cased = (before: string, after: string) => after.trim() !== before;
    const pairs: [string, boolean[], boolean[]][] = [
      ['payment and speed', hits('orders.payment_method', cased), hits('orders.shipping_speed', cased)],
      ['payment and bucket', hits('orders.payment_method', cased), hits('orders.clv_bucket', cased)],
      ['neighbouring rows', hits('cart_items.product_name', cased), hits('cart_items.product_name', cased).slice(1)],
    ];
    for (const [what, a, b] of pairs) {
      const both = b.filter((hit, i) => hit && a[i]).length;
      expectRate(both, b.length, rate * rate, what);
    }
  });

  it('leaves the clean batches as they were', () => {
    const batches = lake.rows.make(day);
    new MessMaker(config, 'heavy_mess').apply(batches);
    expect(toRows(cleanDay.date, batches)).toEqual(cleanDay);
  });
});

describe('MessMaker', () => {
  const level = (settings: object) =>
    configOf({
      mess: {
        heavy_mess: {
          padding: { rate: 0 },
          casing: { rate: 0 },
          missing_value: { rate: 0 },
          inflated_total_items: { factor: 1 },
          biased_return_reasons: { rate: 0 },
          ...settings,
        },
      },
    });

  it('hands on what it does not touch', () => {
    const batches = lake.rows.make(10);
    const result = new MessMaker(level({}), 'heavy_mess').apply(batches).batches;
    for (const table of TRANSACTION_TABLES) expect(result[table]).toBe(batches[table]);
  });

  it('touches every cell at rate 1, and takes columns that the config names', () => {
    const only = level({
      padding: { rate: 1, columns: ['orders.order_channel'] },
      missing_value: { rate: 1, columns: ['orders.customer_tier'] },
    });
    const result = toRows('', new MessMaker(only, 'heavy_mess').apply(lake.rows.make(10)).batches);
    const before = lake.days[10]!;
    expect(result.orders.length).toBeGreaterThan(5);
    result.orders.forEach((row, i) => {
      expect(row.order_channel).toMatch(/^ .* $/);
      expect(row.order_channel.trim()).toBe(before.orders[i]!.order_channel);
      expect(row.customer_tier).toBeNull();
    });
    expect(result.shopping_carts).toEqual(before.shopping_carts);
  });

  it('keeps nulls that are there, and takes away beside them', () => {
    const rows = lake.days[10]!.orders.map((row, i) => ({ ...row, clv_bucket: i % 3 === 0 ? null : row.clv_bucket }));
    const nulls = (rate: number) =>
      level({ casing: { rate: 1, columns: ['orders.clv_bucket'] }, missing_value: { rate, columns: ['orders.clv_bucket'] } });
    const of = (rate: number) =>
      toRows('', new MessMaker(nulls(rate), 'heavy_mess').apply({ ...lake.rows.make(10), orders: batchOf('orders', rows) }).batches);
    of(0).orders.forEach(({ clv_bucket }, i) => {
      if (i % 3 === 0) expect(clv_bucket).toBeNull();
      else expect([clv_bucket === rows[i]!.clv_bucket, fold(clv_bucket)]).toEqual([false, fold(rows[i]!.clv_bucket)]);
    });
    for (const { clv_bucket } of of(1).orders) expect(clv_bucket).toBeNull();
    const half = of(0.5).orders.filter(({ clv_bucket }) => clv_bucket === null).length;
    expect(half).toBeGreaterThan(rows.length / 3);
    expect(half).toBeLessThan(rows.length);
  });

  it('takes days without rows', () => {
    const empty = Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, batchOf(table, [])])) as unknown as CleanDay;
    const result = new MessMaker(config, 'heavy_mess').apply(empty).batches;
    for (const table of TRANSACTION_TABLES) expect(result[table].numRows).toBe(0);
  });
});

describe('row keys', () => {
  it('differ for all rows of a lake', () => {
    for (const table of TRANSACTION_TABLES) {
      const { high, low } = hashRowKeys(batchOf(table, clean[table]), TABLES[table], { high: new Uint32Array(0), low: new Uint32Array(0) });
      const keys = new Set(clean[table].map((_, i) => `${high[i]} ${low[i]}`));
      expect(keys.size, table).toBe(clean[table].length);
    }
  });
});
