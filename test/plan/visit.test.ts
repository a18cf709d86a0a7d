import { describe, expect, it } from 'vitest';
import { compileModel } from '../../src/plan/model.ts';
import { CART_STATUSES, VisitDraw } from '../../src/plan/visit.ts';
import { configOf, makeWorld, tolerance } from './small-world.ts';

const { lookups, config } = makeWorld({}, 1e-5);
const { vocab } = config;
const model = compileModel(configOf(), lookups);
const [CONVERTED, ABANDONED, EMPTIED] = (['converted', 'abandoned', 'emptied'] as const).map((word) => CART_STATUSES.indexOf(word)) as [
  number,
  number,
  number,
];
const COUNT = 60_000;

/** Shares of statuses and of item counts over many customers of a channel and tier. */
function measure(channel: number, tier: number, hasOrdered: boolean) {
  const segment = model.segments[model.segmentOf(channel, tier)]!;
  const visit = new VisitDraw(model);
  const statuses = [0, 0, 0];
  const items = new Map<number, number>();
  for (let i = 0; i < COUNT; i++) {
    visit.draw(segment, i % 1000, Math.floor(i / 1000), hasOrdered);
    statuses[visit.status]!++;
    if (visit.status === EMPTIED) expect(visit.items).toBe(0);
    else items.set(visit.items, (items.get(visit.items) ?? 0) + 1);
  }
  return { segment, statuses, items };
}

describe('VisitDraw', () => {
  const { parameters } = config;
  it.each(vocab.signup_channels)('%s: converts at its rate, with the boost until the first order', (channel) => {
    const boost = parameters.first_purchase_conversion_boost[channel] ?? 1;
    for (const hasOrdered of [false, true]) {
      const rate = parameters.conversion_rate * (hasOrdered ? 1 : boost);
      const { statuses } = measure(vocab.signup_channels.indexOf(channel), 1, hasOrdered);
      expect(Math.abs(statuses[CONVERTED]! / COUNT - rate)).toBeLessThan(tolerance(rate, COUNT));
      const unconverted = COUNT - statuses[CONVERTED]!;
      const emptied = parameters.abandoned_cart_emptied_prob;
      expect(Math.abs(statuses[EMPTIED]! / unconverted - emptied)).toBeLessThan(tolerance(emptied, unconverted));
      expect(statuses[ABANDONED]).toBe(unconverted - statuses[EMPTIED]!);
    }
  });

  it.each(vocab.loyalty_tiers)('%s: takes every number of items alike', (tier) => {
    const [min, max] = parameters.cart_behavior_by_tier[tier]!.item_count_range!;
    const { items } = measure(0, vocab.loyalty_tiers.indexOf(tier), true);
    const total = [...items.values()].reduce((sum, count) => sum + count, 0);
    expect([...items.keys()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: max - min + 1 }, (_, i) => min + i));
    const share = 1 / (max - min + 1);
    for (const count of items.values()) expect(Math.abs(count / total - share)).toBeLessThan(tolerance(share, total));
  });

  it('never converts at rate 0 and always at 1, however large the boost', () => {
    for (const [rate, status] of [
      [0, ABANDONED],
      [1, CONVERTED],
    ] as const) {
      const sure = compileModel(configOf({ parameters: { conversion_rate: rate, abandoned_cart_emptied_prob: 0 } }), lookups);
      const visit = new VisitDraw(sure);
      for (let customer = 0; customer < 1000; customer++) {
        visit.draw(sure.segments[sure.segmentOf(3, 0)]!, customer, 0, customer % 2 === 0);
        expect(visit.status).toBe(status);
      }
    }
  });
});
