// The config compiled into numbers: thresholds, tables and segments that the simulation looks up per event.

import type { Config } from '../config/schema.ts';
import { threshold, WeightedChoice } from '../lib/random.ts';
import { NONE, type Lookups } from '../lookups/load.ts';
import { GapTable } from './gaps.ts';

/** Items a cart where neither the tier nor the table says otherwise. */
const DEFAULT_ITEMS = [1, 8] as const;

/** Customers of one sign-up channel and one initial tier behave alike. */
export interface Segment {
  /** Mean number of repeat visits in a spell, before the cohort's shock. */
  readonly spellMean: number;
  readonly gap: GapTable;
  readonly minItems: number;
  readonly maxItems: number;
  readonly minQuantity: number;
  readonly maxQuantity: number;
  readonly category: WeightedChoice;
  /** Thresholds. */
  readonly conversion: number;
  readonly firstConversion: number;
  readonly returned: number;
}

export interface ReturnBehavior {
  readonly fullReturn: number;
  readonly partialQuantity: number;
}

export interface Model {
  readonly seed: number | string;
  readonly segments: readonly Segment[];
  /** Index of a customer's segment. */
  segmentOf(channel: number, tier: number): number;
  /** Factor of a cohort's propensity by sign-up month `YYYY-MM`. */
  readonly retentionShocks: Readonly<Record<string, number>>;
  readonly restFactor: number;
  readonly reactivation: number;
  readonly reactivationDays: readonly [number, number];
  readonly firstCartDays: readonly [number, number];
  readonly emptied: number;
  /** Products of each category, as indexes into the product table. */
  readonly productsByCategory: readonly Int32Array[];
  /** Spend in cents from which each tier and bucket holds, ascending. */
  readonly tiers: SpendSteps;
  readonly clvBuckets: SpendSteps;
  readonly secondReturn: number;
  readonly reasons: readonly string[];
  readonly returnBehaviors: readonly ReturnBehavior[];
  readonly returnDelays: DelayCurve;
}

export interface SpendSteps {
  readonly names: readonly string[];
  readonly cents: Float64Array;
}

/** Index of the highest step that `cents` reaches; the lowest when it reaches none. */
export function stepAt(steps: SpendSteps, cents: number): number {
  let step = steps.cents.length - 1;
  while (step > 0 && steps.cents[step]! > cents) step--;
  return step;
}

function spendSteps(thresholds: Readonly<Record<string, number>>): SpendSteps {
  const sorted = Object.entries(thresholds).toSorted((a, b) => a[1] - b[1]);
  return { names: sorted.map(([name]) => name), cents: Float64Array.from(sorted, ([, dollars]) => Math.round(dollars * 100)) };
}

/** Return delays: straight lines between the knots `[days, share returned by then]`. */
class DelayCurve {
  private readonly knots: readonly (readonly [days: number, share: number])[];

  constructor(knots: readonly (readonly [number, number])[]) {
    // Nobody sends back what has not arrived: the curve begins a day after the order.
    this.knots = [[Math.min(1, knots[0]![0] / 2), 0], ...knots];
  }

  /** Days at a share from 0 to 1. */
  at(share: number): number {
    let i = 1;
    while (i < this.knots.length - 1 && this.knots[i]![1] < share) i++;
    const [fromDays, fromShare] = this.knots[i - 1]!;
    const [toDays, toShare] = this.knots[i]!;
    return toShare > fromShare
      ? fromDays + ((toDays - fromDays) * Math.min(share - fromShare, toShare - fromShare)) / (toShare - fromShare)
      : toDays;
  }
}

/** A value nested channel, then tier, with `default` at either level. */
function byChannelAndTier<T>(table: Readonly<Record<string, Readonly<Record<string, T>>>>, channel: string, tier: string): T {
  const value = table[channel]?.[tier] ?? table[channel]?.['default'] ?? table['default']?.[tier] ?? table['default']?.['default'];
  if (value === undefined) throw new Error(`no value for channel ${channel}, tier ${tier}, and no default`);
  return value;
}

export function compileModel(config: Config, lookups: Lookups): Model {
  const { vocab, parameters } = config;
  const channels = [...vocab.signup_channels, 'default'];
  const tiers = [...vocab.loyalty_tiers, 'default'];
  const reasons = vocab.return_reasons;
  const behaviors = parameters.refund_behavior_by_reason;
  return {
    seed: config.faker_seed,
    segments: channels.flatMap((channel) => tiers.map((tier) => compileSegment(config, channel, tier))),
    segmentOf: (channel, tier) =>
      (channel === NONE ? channels.length - 1 : channel) * tiers.length + (tier === NONE ? tiers.length - 1 : tier),
    retentionShocks: parameters.retention_shocks,
    restFactor: config.simulation.spell_rest_factor,
    reactivation: threshold(parameters.reactivation_settings.probability),
    reactivationDays: parameters.reactivation_settings.delay_days_range,
    firstCartDays: parameters.time_to_first_cart_days_range,
    emptied: threshold(parameters.abandoned_cart_emptied_prob),
    productsByCategory: vocab.categories.map((_, category) =>
      Int32Array.from([...lookups.products.category.keys()].filter((product) => lookups.products.category[product] === category)),
    ),
    tiers: spendSteps(parameters.tier_spend_thresholds),
    clvBuckets: spendSteps(parameters.clv_spend_thresholds),
    secondReturn: threshold(parameters.multi_return_probability),
    reasons,
    returnBehaviors: reasons.map((reason) => {
      const behavior = behaviors[reason] ?? behaviors['default']!;
      return { fullReturn: threshold(behavior.full_return_prob), partialQuantity: threshold(behavior.partial_quantity_prob) };
    }),
    returnDelays: new DelayCurve(parameters.return_timing_distribution),
  };
}

function compileSegment(config: Config, channel: string, tier: string): Segment {
  const { vocab, parameters } = config;
  const repeat = parameters.repeat_purchase_settings;
  const { range, sigma } = byChannelAndTier(repeat.time_delay_by_channel_and_tier, channel, tier);
  const behaviors = parameters.cart_behavior_by_tier;
  const behavior = behaviors[tier] ?? behaviors['default']!;
  const items = behavior.item_count_range ?? config.tables.find((table) => table.name === 'cart_items')?.item_count_range ?? DEFAULT_ITEMS;
  const preferences = parameters.category_preference_by_signup_channel;
  const preference = preferences[channel] ?? preferences['default'];
  const conversion = parameters.conversion_rate;
  return {
    spellMean: byChannelAndTier(repeat.propensity_by_channel_and_tier, channel, tier),
    gap: new GapTable(range[0], (range[0] + range[1]) / 2, sigma),
    minItems: items[0],
    maxItems: items[1],
    minQuantity: behavior.quantity_range[0],
    maxQuantity: behavior.quantity_range[1],
    category: new WeightedChoice(vocab.categories.map((category) => (preference ? (preference[category] ?? 0) : 1))),
    conversion: threshold(conversion),
    firstConversion: threshold(conversion * (parameters.first_purchase_conversion_boost[channel] ?? 1)),
    returned: threshold(parameters.return_rate_by_signup_channel[channel] ?? parameters.return_rate),
  };
}
