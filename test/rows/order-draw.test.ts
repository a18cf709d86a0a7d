import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/schema.ts';
import { OrderLines } from '../../src/plan/cart-contents.ts';
import { OrderDraw } from '../../src/rows/order-draw.ts';
import { configOf, makeWorld, tolerance, type Settings } from '../plan/small-world.ts';

const ONLINE_AGENT = 'ONLINE';
const { lookups } = makeWorld({}, 1e-5);
const { products } = lookups;
const lines = new OrderLines(products);

interface Drawn {
  channel: string;
  payment: string;
  speed: string;
  expedited: boolean;
  agent: string;
  grossCents: number;
  discountCents: number;
  shippingCents: number;
  actualShippingCents: number;
  feeCents: number;
  lineGross: number[];
  lineDiscount: number[];
}

const COUNT = 40_000;

/** Attributes of many orders of three lines. */
function drawMany(config: Config, count = COUNT): Drawn[] {
  const draw = new OrderDraw(config, products);
  lines.size = 3;
  lines.product.set([3, 50, 120]);
  lines.quantity.set([1, 2, 7]);
  return Array.from({ length: count }, (_, i) => {
    draw.draw(i % 977, Math.floor(i / 977), lines);
    const { expedited, grossCents, discountCents, shippingCents, actualShippingCents, feeCents } = draw;
    return {
      expedited,
      grossCents,
      discountCents,
      shippingCents,
      actualShippingCents,
      feeCents,
      channel: draw.channels[draw.channel]!,
      payment: draw.payments[draw.payment]!,
      speed: draw.speeds[draw.speed]!,
      agent: draw.agents[draw.agent]!,
      lineGross: [...draw.lineGrossCents.slice(0, 3)],
      lineDiscount: [...draw.lineDiscountCents.slice(0, 3)],
    };
  });
}

function expectShares<T>(rows: readonly T[], valueOf: (row: T) => string, weights: Readonly<Record<string, number>>): void {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const found = Map.groupBy(rows, valueOf);
  expect([...found.keys()].filter((name) => !(weights[name]! > 0))).toEqual([]);
  for (const [name, weight] of Object.entries(weights)) {
    const share = weight / total;
    const count = found.get(name)?.length ?? 0;
    expect(Math.abs(count / rows.length - share), name).toBeLessThanOrEqual(tolerance(share, rows.length));
  }
}

const config = configOf();
const { parameters, channel_rules: rules, vocab } = config;
const orders = drawMany(config);
const byChannel = Map.groupBy(orders, ({ channel }) => channel);

describe('channel and payment', () => {
  it('channels have their shares', () => {
    expectShares(orders, ({ channel }) => channel, parameters.order_channel_distribution);
  });

  it.each(vocab.order_channels)('%s: is paid by the global weights among what it allows, evenly where those are 0', (channel) => {
    const allowed = rules[channel]!.allowed_payment_methods!;
    const global = allowed.map((method) => parameters.global_payment_method_distribution[method]!);
    const even = global.every((weight) => weight === 0);
    const weights = Object.fromEntries(allowed.map((method, i) => [method, even ? 1 : global[i]!]));
    expectShares(byChannel.get(channel)!, ({ payment }) => payment, weights);
  });

  it('marketplaces pay with their own', () => {
    expect(new Set(byChannel.get('Ebay')!.map(({ payment }) => payment))).toEqual(new Set(['Ebay']));
    expect(new Set(byChannel.get('NewEgg')!.map(({ payment }) => payment))).toEqual(new Set(['NewEgg']));
  });

  it('a channel without rules takes every method with a weight', () => {
    const free = drawMany(configOf({ channel_rules: {} }), 20_000);
    expectShares(
      free.filter(({ channel }) => channel === 'Ebay'),
      ({ payment }) => payment,
      parameters.global_payment_method_distribution,
    );
  });

  it('several allowed methods without a global weight are all alike', () => {
    const own = configOf({ channel_rules: { Ebay: { allowed_payment_methods: ['Ebay', 'NewEgg'] } } });
    expectShares(
      drawMany(own, 20_000).filter(({ channel }) => channel === 'Ebay'),
      ({ payment }) => payment,
      { Ebay: 1, NewEgg: 1 },
    );
  });
});

describe('agents', () => {
  it('are for phone orders, all of the pool alike; all others are online', () => {
    expectShares(byChannel.get('Phone')!, ({ agent }) => agent, Object.fromEntries(vocab.agent_pool.agents.map(({ id }) => [id, 1])));
    for (const order of orders) if (order.channel !== 'Phone') expect(order.agent).toBe(ONLINE_AGENT);
  });

  it('are none when the pool is closed or nobody calls', () => {
    const agentsOf = (settings: Settings) => new Set(drawMany(configOf(settings), 2000).map(({ agent }) => agent));
    expect(agentsOf({ vocab: { agent_pool: { enabled: false } } })).toEqual(new Set([ONLINE_AGENT]));
    expect(agentsOf({ vocab: { order_channels: ['Web', 'Ebay'] } })).toEqual(new Set([ONLINE_AGENT]));
  });
});

describe('shipping', () => {
  it('speeds have their shares, and expedited orders theirs, never Standard', () => {
    expectShares(orders, ({ speed }) => speed, parameters.shipping_speed_distribution);
    const expedited = orders.filter((order) => order.expedited);
    expect(expedited.filter(({ speed }) => speed === 'Standard')).toEqual([]);
    expect(Math.abs(expedited.length / COUNT - 0.2)).toBeLessThan(tolerance(0.2, COUNT));
    // Speeds other than Standard keep their proportion.
    expectShares(expedited, ({ speed }) => speed, { 'Two-Day': 0.2, Overnight: 0.15 });
  });

  it('as many may be expedited as are not Standard', () => {
    const all = drawMany(configOf({ parameters: { expedited_pct: 35 } }), 5000);
    for (const { expedited, speed } of all) expect(expedited).toBe(speed !== 'Standard');
    expect(() => configOf({ parameters: { expedited_pct: 36 } })).toThrow('expedited_pct');
    const none = drawMany(configOf({ parameters: { expedited_pct: 0, shipping_speed_distribution: { Standard: 1 } } }), 1000);
    for (const { expedited } of none) expect(expedited).toBe(false);
  });

  it('costs the customer the speed’s price, the shop its base cost within the variance', () => {
    const { base_costs: base, cost_variance_pct: variance } = parameters.financials.shipping_business_costs;
    for (const [speed, list] of Map.groupBy(orders, (order) => order.speed)) {
      expect(new Set(list.map(({ shippingCents }) => shippingCents))).toEqual(new Set([parameters.shipping_costs[speed]! * 100]));
      const share = list.map(({ actualShippingCents }) => actualShippingCents / (base[speed]! * 100) - 1);
      const rounding = 0.5 / (base[speed]! * 100);
      expect(Math.min(...share)).toBeGreaterThanOrEqual(variance[0] - rounding);
      expect(Math.max(...share)).toBeLessThanOrEqual(variance[1] + rounding);
      const middle = share.reduce((sum, value) => sum + value, 0) / share.length;
      expect(Math.abs(middle - (variance[0] + variance[1]) / 2)).toBeLessThan(
        (4.5 * (variance[1] - variance[0])) / Math.sqrt(12 * share.length),
      );
    }
  });
});

describe('money', () => {
  it('discounts come at their rate and share, line by line', () => {
    const { probability, range_pct: range } = parameters.discount_settings;
    const discounted = orders.filter(({ discountCents }) => discountCents > 0);
    expect(Math.abs(discounted.length / COUNT - probability)).toBeLessThan(tolerance(probability, COUNT));
    let sum = 0;
    for (const { lineGross, lineDiscount, grossCents, discountCents } of discounted) {
      const rate = discountCents / grossCents;
      sum += rate;
      expect(rate).toBeGreaterThan(range[0] - 1e-3);
      expect(rate).toBeLessThan(range[1] + 1e-3);
      lineGross.forEach((gross, i) => expect(Math.abs(lineDiscount[i]! - gross * rate)).toBeLessThanOrEqual(2));
      expect(lineDiscount.reduce((total, value) => total + value, 0)).toBe(discountCents);
    }
    expect(Math.abs(sum / discounted.length - 0.15)).toBeLessThan((4.5 * 0.2) / Math.sqrt(12 * discounted.length));
    const given = [3, 50, 120].map((product, i) => products.priceCents[product]! * [1, 2, 7][i]!);
    expect(orders[0]!.lineGross).toEqual(given);
    expect(orders[0]!.grossCents).toBe(given.reduce((total, value) => total + value, 0));
  });

  it('may be given away whole and never below', () => {
    for (const { grossCents, discountCents } of drawMany(
      configOf({ parameters: { discount_settings: { probability: 1, range_pct: [1, 1] } } }),
      500,
    )) {
      expect(discountCents).toBe(grossCents);
    }
  });

  it('fees are the payment’s share of the net', () => {
    for (const { payment, grossCents, discountCents, feeCents } of orders) {
      expect(feeCents).toBe(Math.round((grossCents - discountCents) * parameters.financials.payment_fee_rates[payment]!));
    }
  });
});

describe('streams', () => {
  it('draw an order the same again, and other orders otherwise', () => {
    expect(drawMany(config, 50)).toEqual(orders.slice(0, 50));
    expect(
      new Set(
        orders
          .slice(0, 500)
          .map(({ channel, payment, speed, actualShippingCents }) => `${channel} ${payment} ${speed} ${actualShippingCents}`),
      ).size,
    ).toBeGreaterThan(200);
  });

  it('keep what a setting does not touch', () => {
    const changed = drawMany(configOf({ parameters: { discount_settings: { probability: 0.9 }, expedited_pct: 5 } }), 2000);
    const untouched = ({ channel, payment, speed, agent, shippingCents, actualShippingCents }: Drawn) => [
      channel,
      payment,
      speed,
      agent,
      shippingCents,
      actualShippingCents,
    ];
    expect(changed.map(untouched)).toEqual(orders.slice(0, 2000).map(untouched));
  });
});
