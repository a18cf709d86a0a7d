import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/schema.ts';
import { threshold } from '../../src/lib/random.ts';
import { NONE } from '../../src/lookups/load.ts';
import { compileModel, stepAt, type Model, type Segment } from '../../src/plan/model.ts';
import { configOf, makeWorld, type Settings } from './small-world.ts';

const { lookups } = makeWorld({}, 1e-5);
const { vocab } = configOf();

const models = new Map<Config, Model>();

/** The segment of a sign-up channel and a tier; undefined stands for none, as guests have it. */
function segmentOf(settings: Settings, channel: string | undefined, tier: string | undefined): Segment {
  const config = configOf(settings);
  const model = models.get(config) ?? compileModel(config, lookups);
  models.set(config, model);
  const index = (words: readonly string[], word: string | undefined) => (word === undefined ? NONE : words.indexOf(word));
  return model.segments[model.segmentOf(index(vocab.signup_channels, channel), index(vocab.loyalty_tiers, tier))]!;
}

describe('segments', () => {
  const table = (value: <T>(n: number) => T) => ({
    Phone: { Gold: value(1), default: value(2) },
    default: { Gold: value(3), default: value(4) },
  });
  const settings: Settings = {
    parameters: {
      repeat_purchase_settings: {
        propensity_by_channel_and_tier: table((n) => n as never),
        time_delay_by_channel_and_tier: table((n) => ({ range: [n * 10, n * 10 + 20], sigma: 0.4 }) as never),
      },
    },
  };

  it.each([
    ['Phone', 'Gold', 1],
    ['Phone', 'Bronze', 2],
    ['Phone', undefined, 2],
    ['email', 'Gold', 3],
    ['email', 'Bronze', 4],
    ['email', undefined, 4],
    [undefined, undefined, 4],
  ])('%s, %s: the nearest of the nested defaults', (channel, tier, n) => {
    const segment = segmentOf(settings, channel, tier);
    expect(segment.spellMean).toBe(n);
    expect(segment.gap.mean()).toBeCloseTo(n * 10 + 10, 6);
    expect(segment.gap.at(0)).toBeGreaterThanOrEqual(n * 10 * (1 - 1e-9));
  });

  it('take items and quantities from the tier, then from the table, then 1 to 8', () => {
    const of = (more: Settings, tier?: string) => {
      const { minItems, maxItems, minQuantity, maxQuantity } = segmentOf(more, 'email', tier);
      return [minItems, maxItems, minQuantity, maxQuantity];
    };
    expect(of({}, 'Platinum')).toEqual([4, 15, 1, 6]);
    expect(of({}, 'Bronze')).toEqual([1, 6, 1, 2]);
    expect(of({})).toEqual([1, 5, 1, 2]);
    const noItems = { parameters: { cart_behavior_by_tier: { Gold: { quantity_range: [3, 4] } } } };
    expect(of({ ...noItems, tables: [{ name: 'cart_items', item_count_range: [2, 3] }] }, 'Gold')).toEqual([2, 3, 3, 4]);
    expect(of({ ...noItems, tables: [] }, 'Gold')).toEqual([1, 8, 3, 4]);
    expect(of({ ...noItems, tables: [] }, 'Silver')).toEqual([1, 8, 1, 2]);
  });

  it('convert and return as their channel does', () => {
    const rates = (channel?: string) => {
      const { conversion, firstConversion, returned } = segmentOf({}, channel, 'Gold');
      return [conversion, firstConversion, returned];
    };
    const expected = (conversion: number, boost: number, returned: number) => [conversion, conversion * boost, returned].map(threshold);
    expect(rates('Phone')).toEqual(expected(0.12, 1.5, 0.15));
    expect(rates('email')).toEqual(expected(0.12, 1.3, 0.2));
    expect(rates('Social Media')).toEqual(expected(0.12, 1, 0.35));
    expect(rates()).toEqual(expected(0.12, 1, 0.25));
  });

  it('prefer the categories of their channel, then of the default, then all alike', () => {
    const picks = (settings: Settings, channel?: string) => {
      const { category } = segmentOf(settings, channel, undefined);
      return new Set(Array.from({ length: 1000 }, (_, i) => vocab.categories[category.pick(i * 4_294_967)]));
    };
    const only = (name: string) => Object.fromEntries(vocab.categories.map((category) => [category, category === name ? 1 : 0]));
    const preference = { parameters: { category_preference_by_signup_channel: { Phone: only('Toys'), default: only('Home') } } };
    expect(picks(preference, 'Phone')).toEqual(new Set(['Toys']));
    expect(picks(preference, 'email')).toEqual(new Set(['Home']));
    expect(picks(preference)).toEqual(new Set(['Home']));
    expect(picks({})).toEqual(new Set(vocab.categories));
  });
});

describe('spend steps', () => {
  const { tiers, clvBuckets } = compileModel(configOf(), lookups);

  it.each([
    [0, 'Bronze', 'Low'],
    [99.99, 'Bronze', 'Low'],
    [100, 'Silver', 'Low'],
    [249.99, 'Silver', 'Low'],
    [250, 'Silver', 'Medium'],
    [500, 'Gold', 'Medium'],
    [749.99, 'Gold', 'Medium'],
    [999.99, 'Gold', 'High'],
    [1000, 'Platinum', 'High'],
    [1e6, 'Platinum', 'High'],
  ])('%f dollars make %s and %s', (dollars, tier, bucket) => {
    const cents = Math.round(dollars * 100);
    expect(tiers.names[stepAt(tiers, cents)]).toBe(tier);
    expect(clvBuckets.names[stepAt(clvBuckets, cents)]).toBe(bucket);
  });

  it('give the lowest to a spend below all of them', () => {
    const steps = compileModel(configOf({ parameters: { tier_spend_thresholds: { Gold: 50, Silver: 10 } } }), lookups).tiers;
    expect(steps.names[stepAt(steps, 0)]).toBe('Silver');
  });
});

describe('return delays', () => {
  const defaults = compileModel(configOf(), lookups).returnDelays;
  const curveOf = (knots: [number, number][]) => {
    // Gaps without spread are tabulated at once.
    const config = configOf({
      parameters: { repeat_purchase_settings: { time_delay_by_channel_and_tier: { default: { default: { range: [9, 9], sigma: 0 } } } } },
    });
    return compileModel({ ...config, parameters: { ...config.parameters, return_timing_distribution: knots } }, lookups).returnDelays;
  };

  it('go through their knots in straight lines, from a day after the order', () => {
    expect([0, 0.4, 0.8, 0.875, 0.95, 1].map((share) => defaults.at(share))).toEqual(
      [1, 15.5, 30, 60, 90, 365].map((days) => expect.closeTo(days, 9)),
    );
  });

  it('rise, and keep to their knots, whatever they are', () => {
    const knots = fc
      .array(fc.tuple(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.integer({ min: 0, max: 1e6 })), {
        minLength: 1,
        maxLength: 6,
      })
      .map((steps) => {
        let days = 0;
        const shares = steps.map(([, millionths]) => millionths / 1e6).toSorted((a, b) => a - b);
        return steps.map(([step], i): [number, number] => [(days += step), i === steps.length - 1 ? 1 : shares[i]!]);
      });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(knots, share, share, (given, a, b) => {
        const curve = curveOf(given);
        expect(curve.at(Math.min(a, b))).toBeLessThanOrEqual(curve.at(Math.max(a, b)));
        expect(curve.at(a)).toBeGreaterThan(0);
        expect(curve.at(a)).toBeLessThanOrEqual(given.at(-1)![0]);
        for (const [days, until] of given) if (a < until) expect(curve.at(a)).toBeLessThanOrEqual(days);
      }),
    );
  });
});
