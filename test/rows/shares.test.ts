import { describe, expect, it } from 'vitest';
import { makeLake, type Return } from './mini-lake.ts';
import { tolerance } from '../plan/small-world.ts';

const lake = makeLake({}, 0.008, '2021-01-01', '2021-12-31');
const { config } = lake.world;
const { orders, returns, shopping_carts: carts } = lake.all;

function expectShare<T>(rows: readonly T[], is: (row: T) => boolean, share: number, what = ''): void {
  const found = rows.filter(is).length / rows.length;
  expect(Math.abs(found - share), `${what} ${found} for ${share}`).toBeLessThanOrEqual(tolerance(share, rows.length));
}

describe('orders of a lake', () => {
  it('have the configured channels, payments, speeds and discounts', () => {
    const { parameters } = config;
    for (const [channel, share] of Object.entries(parameters.order_channel_distribution))
      expectShare(orders, (row) => row.order_channel === channel, share, channel);
    for (const [speed, share] of Object.entries(parameters.shipping_speed_distribution))
      expectShare(orders, (row) => row.shipping_speed === speed, share, speed);
    expectShare(orders, (row) => row.is_expedited, parameters.expedited_pct / 100, 'expedited');
    expectShare(orders, (row) => row.total_discount_amount > 0, parameters.discount_settings.probability, 'discounted');
    expectShare(carts, (row) => row.status === 'converted', parameters.conversion_rate, 'converted');
    for (const row of orders) {
      if (row.is_expedited) expect(row.shipping_speed).not.toBe('Standard');
      expect(config.channel_rules[row.order_channel]!.allowed_payment_methods).toContain(row.payment_method);
      expect(row.agent_id === 'ONLINE').toBe(row.order_channel !== 'Phone');
    }
  });
});

describe('returns of a lake', () => {
  const channelOf = new Map(orders.map((order) => [order.order_id, order.order_channel]));
  const ofOrder = ({ order_id }: Return) => channelOf.get(order_id)!;

  it('come through the channels their order’s channel prefers', () => {
    for (const [channel, list] of Map.groupBy(returns, ofOrder)) {
      const preference = config.channel_rules[channel]!.return_channel_preference!;
      for (const name of config.vocab.return_channels)
        expectShare(list, (row) => row.return_channel === name, preference[name] ?? 0, `${channel} -> ${name}`);
    }
  });

  it('have an agent where they come by phone, and none elsewhere', () => {
    const byPhone = returns.filter(({ return_channel }) => return_channel === 'Phone');
    expect(byPhone.length).toBeGreaterThan(50);
    for (const row of returns) {
      if (row.return_channel === 'Phone') expect(row.agent_id).toMatch(/^CSR-00\d\d$/);
      else expect(row.agent_id).toBe('ONLINE');
    }
  });

  it('are refunds for every reason', () => {
    expect(new Set(returns.map(({ return_type }) => return_type))).toEqual(new Set(['Refund']));
    for (const reason of config.vocab.return_reasons)
      expectShare(returns, (row) => row.reason === reason, 1 / config.vocab.return_reasons.length, reason);
  });
});

it('returns have agents by their own channel, also where no order channel is called Phone', () => {
  const shop = makeLake({ vocab: { order_channels: ['Web', 'Ebay'] } }, 0.001, '2021-01-01', '2021-06-30');
  const agentsBy = Map.groupBy(shop.all.returns, ({ return_channel }) => return_channel);
  for (const [channel, list] of agentsBy) {
    for (const { agent_id } of list) expect(agent_id === 'ONLINE', channel).toBe(channel !== 'Phone');
  }
  const open = makeLake({ vocab: { order_channels: ['Web', 'Ebay'] }, channel_rules: { Web: {} } }, 0.001, '2021-01-01', '2021-06-30');
  expect(open.all.returns.some(({ return_channel }) => return_channel === 'Phone')).toBe(true);
  for (const { return_channel, agent_id } of open.all.returns)
    expect(agent_id === 'ONLINE', return_channel).toBe(return_channel !== 'Phone');
});
