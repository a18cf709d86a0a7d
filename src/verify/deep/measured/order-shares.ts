// What orders are made of: channels, shipping, payment and discounts in the configured shares.

import type { Config } from '../../../config/schema.ts';
import type { ExpectedLake } from '../../expected-lake.ts';
import { skipped, type Finding } from '../../report.ts';
import type { Observations } from '../observations.ts';
import { judgeShares, shares, type MeasuredCheck, type Share } from './measured-check.ts';

const ONE_POINT = 0.01;

/** Orders of all customers, then of each sign-up channel; null is a guest. */
function segments({ vocab }: Config): { name: string; has(channel: string | null): boolean }[] {
  return [
    { name: 'all', has: () => true },
    ...[...vocab.signup_channels, null].map((channel) => ({ name: channel ?? 'guests', has: (other: string | null) => other === channel })),
  ];
}

type OrderKey = Parameters<Parameters<Observations['orders']['count']>[0] & {}>;

/** One share in every segment. */
function bySegment(
  seen: Observations,
  config: Config,
  place: string,
  what: string,
  expected: number,
  counts: (...key: OrderKey) => boolean,
): Share[] {
  return segments(config).map(({ name, has }) => ({
    place,
    what: `${what} of ${name}`,
    count: seen.orders.count((...key) => has(key[0]) && counts(...key)),
    total: seen.orders.count((channel) => has(channel)),
    expected,
  }));
}

function weighted(words: readonly string[], weights: Readonly<Record<string, number>>): [word: string, share: number][] {
  return shares(words.map((word) => weights[word] ?? 0)).map((share, index) => [words[index]!, share]);
}

function judgeChannels(seen: Observations, { config }: ExpectedLake): Finding {
  const wanted = weighted(config.vocab.order_channels, config.parameters.order_channel_distribution);
  return judgeShares(
    wanted.flatMap(([name, share]) =>
      bySegment(seen, config, 'orders.order_channel', name, share, (_, channel) => channel === name.toLowerCase()),
    ),
    ONE_POINT,
  );
}

function judgeShipping(seen: Observations, { config }: ExpectedLake): Finding {
  const wanted = weighted(config.vocab.shipping_speeds, config.parameters.shipping_speed_distribution);
  const canExpedite = wanted.some(([name, share]) => name !== 'Standard' && share > 0);
  return judgeShares(
    [
      ...wanted.flatMap(([name, share]) =>
        bySegment(seen, config, 'orders.shipping_speed', name, share, (_, __, speed) => speed === name.toLowerCase()),
      ),
      ...bySegment(
        seen,
        config,
        'orders.is_expedited',
        'expedited',
        canExpedite ? config.parameters.expedited_pct / 100 : 0,
        (_, __, ___, ____, expedited) => expedited,
      ),
    ],
    ONE_POINT,
  );
}

/** Shares of payment methods within an order channel. */
function paymentsOf({ vocab, channel_rules: rules, parameters }: Config, channel: string): [method: string, share: number][] {
  const allowed = rules[channel]?.allowed_payment_methods ?? vocab.payment_methods;
  const methods = vocab.payment_methods.filter((method) => allowed.includes(method));
  return weighted(methods, parameters.global_payment_method_distribution);
}

function judgePayments(seen: Observations, { config }: ExpectedLake): Finding {
  const channels = weighted(config.vocab.order_channels, config.parameters.order_channel_distribution);
  const place = 'orders.payment_method';
  const within = channels.flatMap(([channel]) =>
    paymentsOf(config, channel).map(([method, expected]) => ({
      place,
      what: `${method} by ${channel}`,
      count: seen.orders.count((_, c, __, payment) => c === channel.toLowerCase() && payment === method.toLowerCase()),
      total: seen.orders.count((_, c) => c === channel.toLowerCase()),
      expected,
    })),
  );
  const overall = config.vocab.payment_methods.map((method) => ({
    place,
    what: method,
    count: seen.orders.count((_, __, ___, payment) => payment === method.toLowerCase()),
    total: seen.orders.count(),
    expected: channels.reduce(
      (sum, [channel, share]) => sum + share * (paymentsOf(config, channel).find(([name]) => name === method)?.[1] ?? 0),
      0,
    ),
  }));
  return judgeShares([...overall, ...within], ONE_POINT);
}

function judgeDiscounts(seen: Observations, { config }: ExpectedLake): Finding {
  const { probability, range_pct: range } = config.parameters.discount_settings;
  // A discount too small for a cent does not show.
  if (range[0] * config.lookup_config.product_catalog.min_price < 0.01) return skipped('the smallest discounts round to nothing');
  return judgeShares(
    bySegment(seen, config, 'orders.total_discount_amount', 'discounted', probability, (...key) => key[5]),
    ONE_POINT,
  );
}

export const ORDER_SHARE_CHECKS: readonly MeasuredCheck[] = [
  {
    name: 'order channels',
    description: 'shares of the order channels, in all and by sign-up channel, within 1 point',
    judge: judgeChannels,
  },
  { name: 'shipping', description: 'shares of the shipping speeds and of expedited orders, within 1 point', judge: judgeShipping },
  {
    name: 'payment shares',
    description: 'shares of the payment methods, in all and by order channel, within 1 point',
    judge: judgePayments,
  },
  { name: 'discounts', description: 'share of orders with a discount, within 1 point', judge: judgeDiscounts },
];
