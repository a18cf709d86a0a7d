import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/lib/random.ts';
import { MessMaker } from '../../src/mess/apply-mess.ts';
import { casing } from '../../src/mess/casing.ts';
import type { CleanDay, TextRule } from '../../src/mess/kind.ts';
import { padding } from '../../src/mess/padding.ts';
import { rowsOf } from '../rows/mini-lake.ts';
import { configOf, tolerance } from '../plan/small-world.ts';
import { batchOf, clean, dirtyTable, fold, lake } from './messy-lake.ts';

const { config } = lake.world;
const noDay = {} as CleanDay;

describe('casing', () => {
  const [rule] = casing.rules(configOf(), 'heavy_mess') as TextRule[];
  const written = (word: string): Set<string> => {
    const stream = new Stream(1, 'test');
    return new Set(Array.from({ length: 60 }, (_, i) => rule!.rewrite(word, stream.open(i), noDay, 0)));
  };

  it.each([
    ['converted', ['CONVERTED', 'Converted']],
    ['Credit Card', ['CREDIT CARD', 'credit card']],
    ['PayPal', ['PAYPAL', 'paypal', 'Paypal']],
    ['ACH', ['ach', 'Ach']],
    ['Two-Day', ['TWO-DAY', 'two-day']],
    ['No Longer Needed', ['NO LONGER NEEDED', 'no longer needed']],
    ['USB-C Hub', ['USB-C HUB', 'usb-c hub', 'Usb-C Hub']],
    ['Île', ['ÎLE', 'île']],
    ['X', ['x']],
    ['42', ['42']],
  ])('writes %s as %j', (word, variants) => {
    expect(written(word)).toEqual(new Set(variants));
  });

  it('is never the word itself where it has letters with a case', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abcXYZäÖ -1'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(letters, (word) => {
        const variants = written(word);
        const hasCase = word.toUpperCase() !== word.toLowerCase();
        expect(variants.has(word)).toBe(!hasCase);
        for (const variant of variants) expect(variant.toLowerCase()).toBe(word.toLowerCase());
      }),
    );
  });
});

describe('padding', () => {
  it('puts one or two spaces before and after', () => {
    const [rule] = padding.rules(configOf(), 'light_mess') as TextRule[];
    const stream = new Stream(1, 'test');
    const found = new Set(Array.from({ length: 100 }, (_, i) => rule!.rewrite('word', stream.open(i), noDay, 0)));
    expect(found).toEqual(new Set([' word ', '  word ', ' word  ', '  word  ']));
  });
});

describe('inflated total_items', () => {
  const monthOf = (row: Record<string, unknown>) => String(row['order_date']).slice(0, 7);
  /** Factor of each month, checked on every order of it. */
  function factorsOf(dirty: Record<string, unknown>[], candidates: readonly number[]): Map<string, number> {
    const factors = new Map<string, number>();
    for (const [month, indexes] of Map.groupBy(clean.orders.keys(), (i) => monthOf(clean.orders[i]!))) {
      const factor = candidates.find((candidate) =>
        indexes.every((i) => Number(dirty[i]!['total_items']) === Math.round(Number(clean.orders[i]!['total_items']) * candidate)),
      );
      factors.set(month, factor ?? NaN);
    }
    return factors;
  }

  it.each([
    ['medium_mess', 1.5],
    ['heavy_mess', 2],
  ] as const)('at %s, one month of a year has %f times as many, all others the truth', (level, factor) => {
    const factors = factorsOf(dirtyTable(config, level, 'orders'), [1, factor]);
    expect([...factors.values()]).not.toContain(NaN);
    const of2021 = [...factors].filter(([month]) => month.startsWith('2021'));
    expect(of2021).toHaveLength(12);
    expect(of2021.filter(([, found]) => found === factor)).toHaveLength(1);
  });

  it('have a month of each year’s own, any of the twelve', () => {
    const [order] = clean.orders;
    const dates = Array.from(
      { length: 200 * 12 },
      (_, i) => `${2000 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-15T12:00:00.000`,
    );
    const batch = batchOf(
      'orders',
      dates.map((order_date, i) => ({ ...order, order_id: `ORD-${i}`, order_date, total_items: 10 })),
    );
    const { orders } = new MessMaker(config, 'heavy_mess').apply({ ...lake.rows.make(0), orders: batch }).batches;
    const spikes = rowsOf(orders).flatMap((row, i) => (Number(row['total_items']) === 20 ? [i] : []));
    expect(spikes.map((i) => Math.floor(i / 12))).toEqual(Array.from({ length: 200 }, (_, year) => year));
    expect(new Set(spikes.map((i) => i % 12)).size).toBe(12);
  });

  it('are none at light_mess', () => {
    expect(new Set(factorsOf(dirtyTable(config, 'light_mess', 'orders'), [1]).values())).toEqual(new Set([1]));
  });

  it('are those of the configured months, each with its factor, in every year', () => {
    const spikes = {
      ...config,
      parameters: { ...config.parameters, seasonal_spike_factors: { medium: { '12': 3, '6': 1.25 }, high: { '11': 4 } } },
    };
    const expected = (month: string, byMonth: Record<string, number>) => byMonth[String(Number(month.slice(5)))] ?? 1;
    for (const [level, byMonth] of [
      ['medium_mess', { '12': 3, '6': 1.25 }],
      ['heavy_mess', { '11': 4 }],
    ] as const) {
      for (const [month, factor] of factorsOf(dirtyTable(spikes, level, 'orders'), [1, 1.25, 3, 4]))
        expect(factor, `${level} ${month}`).toBe(expected(month, byMonth));
    }
  });
});

describe('biased return reasons', () => {
  const firstCategory = new Map<string, string>();
  for (const { return_id, category } of lake.all.return_items) if (!firstCategory.has(return_id)) firstCategory.set(return_id, category);
  const { return_reasons: reasons } = config.vocab;

  it.each([
    ['medium_mess', 'medium'],
    ['heavy_mess', 'high'],
  ] as const)('at %s follow the schema of the first item’s category, as often as the rate says', (level, schemaName) => {
    const { rate } = config.mess[level].biased_return_reasons;
    const schema = config.parameters.return_reason_bias_schemas[schemaName];
    const dirty = dirtyTable(config, level, 'returns');
    const byCategory = Map.groupBy(dirty, (row) => firstCategory.get(row['return_id'] as string)!);
    expect(byCategory.size).toBe(config.vocab.categories.length);
    for (const [category, list] of byCategory) {
      const weights = schema[category]!;
      const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
      for (const reason of reasons) {
        const share = (1 - rate) / reasons.length + (rate * (weights[reason] ?? 0)) / total;
        const found = list.filter((row) => fold(row['reason']) === fold(reason)).length / list.length;
        expect(Math.abs(found - share), `${category}: ${reason}`).toBeLessThan(tolerance(share, list.length));
      }
    }
  });

  it('follow the default where the category has no schema, and stay where there is neither', () => {
    const withSchema = (medium: Record<string, Record<string, number>>) => ({
      ...config,
      parameters: { ...config.parameters, return_reason_bias_schemas: { medium, high: {} } },
      mess: {
        ...config.mess,
        medium_mess: {
          ...config.mess.medium_mess,
          padding: { rate: 0, columns: [] },
          casing: { rate: 0, columns: [] },
          biased_return_reasons: { rate: 1 },
        },
      },
    });
    const both = dirtyTable(withSchema({ Toys: { Defective: 1 }, default: { 'Wrong Size': 1 } }), 'medium_mess', 'returns');
    for (const row of both)
      expect(row['reason']).toBe(firstCategory.get(row['return_id'] as string) === 'Toys' ? 'Defective' : 'Wrong Size');
    const some = dirtyTable(withSchema({ Toys: { Defective: 1 } }), 'medium_mess', 'returns');
    some.forEach((row, i) => {
      expect(row['reason']).toBe(firstCategory.get(row['return_id'] as string) === 'Toys' ? 'Defective' : clean.returns[i]!['reason']);
    });
    expect(dirtyTable(withSchema({}), 'medium_mess', 'returns').map((row) => row['reason'])).toEqual(
      clean.returns.map((row) => row['reason']),
    );
  });
});
