// How customers behave: what they convert, empty, send back, and how often they come again.

import type { Config } from '../../../config/schema.ts';
import type { ExpectedLake } from '../../expected-lake.ts';
import { skipped, type Finding } from '../../report.ts';
import type { Observations } from '../observations.ts';
import { seasonOf, weekdayFactor } from './calendar.ts';
import { judgeRatios, judgeShares, type MeasuredCheck, type Share } from './measured-check.ts';

/** What shares may be off by, beyond chance. */
const ONE_POINT = 0.01;
/** Null is a guest. */
type Channel = string | null;

function channels({ vocab }: Config): Channel[] {
  return [...vocab.signup_channels, null];
}

const nameOf = (channel: Channel): string => channel ?? 'guests';

function judgeConversion(seen: Observations, { config }: ExpectedLake): Finding {
  const { conversion_rate: rate, first_purchase_conversion_boost: boost } = config.parameters;
  const found = channels(config).flatMap((channel) =>
    [true, false].map((isFirst): Share => {
      const own = (status?: string): number =>
        seen.conversions.count((c, f, s) => c === channel && f === isFirst && (status === undefined || s === status));
      return {
        place: 'shopping_carts.status',
        what: `converted ${isFirst ? 'before' : 'after'} the first order of ${nameOf(channel)}`,
        count: own('converted'),
        total: own(),
        expected: Math.min(1, rate * (isFirst && channel !== null ? (boost[channel] ?? 1) : 1)),
      };
    }),
  );
  return judgeShares(found, ONE_POINT);
}

function judgeEmptied(seen: Observations, { config }: ExpectedLake): Finding {
  const count = seen.conversions.count((_, __, status) => status === 'emptied');
  const abandoned = seen.conversions.count((_, __, status) => status === 'abandoned');
  const expected = config.parameters.abandoned_cart_emptied_prob;
  return judgeShares(
    [{ place: 'shopping_carts.status', what: 'emptied of the unconverted', count, total: count + abandoned, expected }],
    ONE_POINT,
  );
}

function judgeReturns(seen: Observations, { config }: ExpectedLake): Finding {
  const { return_rate: rate, return_rate_by_signup_channel: byChannel } = config.parameters;
  if (seen.returned.count() === 0) return skipped('no order is a year old');
  return judgeShares(
    channels(config).map((channel) => ({
      place: 'returns',
      what: `orders of ${nameOf(channel)} with a return`,
      count: seen.returned.count((c, returned) => c === channel && returned),
      total: seen.returned.count((c) => c === channel),
      expected: channel === null ? rate : (byChannel[channel] ?? rate),
    })),
    ONE_POINT,
  );
}

function judgeReturnDelays(seen: Observations, { config }: ExpectedLake): Finding {
  const total = seen.returnDays.count();
  if (total === 0) return skipped('no order is a year old');
  // A delay of `days` may be some hours longer on the clock: two points near the steep beginning.
  return judgeShares(
    config.parameters.return_timing_distribution.map(([days, share]) => ({
      place: 'returns.return_date',
      what: `first returns within ${days} days`,
      count: seen.returnDays.count((passed) => passed < (share === 1 ? days + 1 : days)),
      total,
      expected: share,
    })),
    2 * ONE_POINT,
  );
}

/** `default` may stand at either level. */
function byChannelAndTier<T>(
  table: Readonly<Record<string, Readonly<Record<string, T>>>>,
  channel: Channel,
  tier: string | null,
): T | undefined {
  const c = channel ?? 'default';
  const t = tier ?? 'default';
  return table[c]?.[t] ?? table[c]?.['default'] ?? table['default']?.[t] ?? table['default']?.['default'];
}

/** Mean repeat visits of a spell, and mean days between them before calibration. */
function spellOf({ parameters }: Config, channel: Channel, tier: string | null): { repeats: number; gapDays: number } {
  const { propensity_by_channel_and_tier: propensities, time_delay_by_channel_and_tier: delays } = parameters.repeat_purchase_settings;
  const [least, most] = byChannelAndTier(delays, channel, tier)?.range ?? [0, 0];
  return { repeats: byChannelAndTier(propensities, channel, tier) ?? 0, gapDays: (least + most) / 2 };
}

function judgeReactivation(seen: Observations, { config }: ExpectedLake): Finding {
  const { probability } = config.parameters.reactivation_settings;
  if (Object.keys(config.parameters.retention_shocks).length > 0) return skipped('retention shocks change it by cohort');
  const segments = channels(config).flatMap((channel) => [...config.vocab.loyalty_tiers, null].map((tier) => ({ channel, tier })));
  if (seen.reactivated.count() === 0) return skipped('no customer is two years old');
  return judgeShares(
    segments.map(({ channel, tier }) => ({
      place: 'orders.is_reactivated',
      what: `reactivated orders of ${nameOf(channel)}, ${tier ?? 'no tier'}`,
      count: seen.reactivated.count((c, t, reactivated) => c === channel && t === tier && reactivated),
      total: seen.reactivated.count((c, t) => c === channel && t === tier),
      expected: probability / (1 + spellOf(config, channel, tier).repeats),
    })),
    ONE_POINT,
  );
}

/** Days of average traffic in the lake. */
function shopDays({ config, firstDay, lastDay }: ExpectedLake): number {
  let total = 0;
  for (let day = firstDay; day <= lastDay; day++) total += seasonOf(config, day) * weekdayFactor(config, day);
  return total;
}

/** Days before a customer's beginning, which has a visit and no rest, no longer shows in the mean. */
const SETTLED_DAYS = 730;
/** Visits of one customer come in spells: their number spreads this much more than that of independent events. */
const SPELL_SPREAD = 2;

/**
 * A spell of 1 + m visits, m gaps apart, then a rest: so many visits a day. The one factor on all gaps is not in the
 * config: it is the one that gives the visits found in all, and each segment is then held against it.
 */
function judgeRepeatVisits(seen: Observations, expected: ExpectedLake): Finding {
  const { config, firstDay, lastDay } = expected;
  if (lastDay - firstDay + 1 < SETTLED_DAYS) return skipped('needs two years');
  const { probability, delay_days_range: longRest } = config.parameters.reactivation_settings;
  const longRestDays = (longRest[0] + longRest[1]) / 2;
  const days = shopDays(expected);
  const groups = [...seen.customers.entries()].map(([[channel, tier, month], customers]) => {
    const { repeats, gapDays } = spellOf(config, channel, tier);
    const mean = repeats * (config.parameters.retention_shocks[month] ?? 1);
    const visitsAt = (factor: number): number => {
      const gap = gapDays * factor;
      const rest = (1 - probability) * config.simulation.spell_rest_factor * gap + probability * longRestDays;
      return (customers * days * (1 + mean)) / (mean * gap + rest);
    };
    return { channel, tier, visitsAt };
  });
  const total = seen.visits.count();
  if (total === 0) return skipped('nobody signed up before the lake begins');
  const factor = bisect((value) => groups.reduce((sum, group) => sum + group.visitsAt(value), 0) - total);
  const segments = Map.groupBy(groups, ({ channel, tier }) => JSON.stringify([channel, tier]));
  return judgeRatios(
    [...segments.values()].map((own) => {
      const { channel, tier } = own[0]!;
      const wanted = own.reduce((sum, group) => sum + group.visitsAt(factor), 0);
      const found = seen.visits.count((c, t) => c === channel && t === tier) / wanted;
      return {
        place: 'shopping_carts',
        what: `visits of ${nameOf(channel)}, ${tier ?? 'no tier'}`,
        found,
        expected: 1,
        error: SPELL_SPREAD / Math.sqrt(wanted),
      };
    }),
    0.05,
  );
}

/** Root of a falling function between 1/1000 and 1000. */
function bisect(f: (x: number) => number): number {
  let low = 1e-3;
  let high = 1e3;
  for (let step = 0; step < 60; step++) {
    const middle = Math.sqrt(low * high);
    if (f(middle) > 0) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

export const BEHAVIOUR_CHECKS: readonly MeasuredCheck[] = [
  {
    name: 'conversion',
    description: 'share of carts converted, by sign-up channel, before and after the first order, within 1 point',
    judge: judgeConversion,
  },
  { name: 'emptied share', description: 'share of unconverted carts that are emptied, within 1 point', judge: judgeEmptied },
  {
    name: 'orders with a return',
    description: 'share of orders a year or more before the end that came back, by sign-up channel, within 1 point',
    judge: judgeReturns,
  },
  { name: 'return delays', description: 'first returns come as soon as configured, within 2 points', judge: judgeReturnDelays },
  {
    name: 'repeat visits',
    description: 'customers of each segment come as often as its spells and rests imply, within 5 %',
    judge: judgeRepeatVisits,
  },
  { name: 'reactivation', description: 'share of orders after a long absence, by segment, within 1 point', judge: judgeReactivation },
];
