// Which names in the config must be words of which vocabulary list.

import { placesAt } from './paths.ts';
import type { Config } from './schema.ts';

export type VocabularyList = {
  [K in keyof Config['vocab']]: Config['vocab'][K] extends string[] ? K : never;
}[keyof Config['vocab']];

export interface NameRule {
  /** The map or list that holds names. */
  readonly at: readonly string[];
  readonly list: VocabularyList;
  /** Which part of an entry is the name: the key unless it says otherwise. */
  readonly names?: 'keys' | 'values';
  /** A name that may stand beside the list's. */
  readonly also?: string;
  /** A name that is not in the list does no harm when its weight is 0. */
  readonly zeroIsFine?: boolean;
  /** Every shop needs these weights: even ones stand in when no default name is in the vocabulary. */
  readonly evenByDefault?: boolean;
  /** Empty says something else than absent: a default map goes when no name is left in it. */
  readonly goesWhenEmpty?: boolean;
}

const rule = (at: string, list: VocabularyList, options: Omit<NameRule, 'at' | 'list'> = {}): NameRule => ({
  at: at.split('.'),
  list,
  ...options,
});

const ALSO_DEFAULT = { also: 'default' };

export const NAME_RULES: readonly NameRule[] = [
  rule('vocab.category_vocab', 'categories'),
  rule('vocab.clv_map', 'loyalty_tiers', { also: 'none' }),
  rule('vocab.clv_map', 'clv_buckets', { names: 'values' }),
  rule('parameters.signup_channel_distribution', 'signup_channels', { evenByDefault: true }),
  rule('parameters.order_channel_distribution', 'order_channels', { evenByDefault: true }),
  rule('parameters.shipping_speed_distribution', 'shipping_speeds', { evenByDefault: true }),
  rule('parameters.shipping_costs', 'shipping_speeds'),
  rule('parameters.financials.shipping_business_costs.base_costs', 'shipping_speeds'),
  rule('parameters.global_payment_method_distribution', 'payment_methods', { zeroIsFine: true, evenByDefault: true }),
  rule('parameters.financials.payment_fee_rates', 'payment_methods', { zeroIsFine: true }),
  rule('parameters.first_purchase_conversion_boost', 'signup_channels'),
  rule('parameters.return_rate_by_signup_channel', 'signup_channels'),
  rule('parameters.category_preference_by_signup_channel', 'signup_channels', ALSO_DEFAULT),
  rule('parameters.category_preference_by_signup_channel.*', 'categories'),
  rule('parameters.loyalty_distribution_by_channel', 'signup_channels', ALSO_DEFAULT),
  rule('parameters.loyalty_distribution_by_channel.*', 'loyalty_tiers', { goesWhenEmpty: true }),
  rule('parameters.repeat_purchase_settings.propensity_by_channel_and_tier', 'signup_channels', ALSO_DEFAULT),
  rule('parameters.repeat_purchase_settings.propensity_by_channel_and_tier.*', 'loyalty_tiers', ALSO_DEFAULT),
  rule('parameters.repeat_purchase_settings.time_delay_by_channel_and_tier', 'signup_channels', ALSO_DEFAULT),
  rule('parameters.repeat_purchase_settings.time_delay_by_channel_and_tier.*', 'loyalty_tiers', ALSO_DEFAULT),
  rule('parameters.cart_behavior_by_tier', 'loyalty_tiers', ALSO_DEFAULT),
  rule('parameters.tier_spend_thresholds', 'customer_tiers'),
  rule('parameters.clv_spend_thresholds', 'clv_buckets'),
  rule('parameters.refund_behavior_by_reason', 'return_reasons', ALSO_DEFAULT),
  ...['medium', 'high'].flatMap((level) => [
    rule(`parameters.return_reason_bias_schemas.${level}`, 'categories', ALSO_DEFAULT),
    rule(`parameters.return_reason_bias_schemas.${level}.*`, 'return_reasons', { goesWhenEmpty: true }),
  ]),
  rule('channel_rules', 'order_channels'),
  rule('channel_rules.*.allowed_payment_methods', 'payment_methods', { names: 'values', goesWhenEmpty: true }),
  rule('channel_rules.*.return_channel_preference', 'return_channels', { goesWhenEmpty: true }),
];

export interface NamePlace {
  readonly path: readonly string[];
  readonly name: string;
}

/** The names at a rule's places that its vocabulary does not have. Lists where a map could be hold no names. */
export function strangeNames(data: unknown, { at, names = 'keys', also, zeroIsFine }: NameRule, words: readonly unknown[]): NamePlace[] {
  return placesAt(data, at).flatMap(({ value, path }) => {
    if (names === 'keys' && Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([key, entry]) => {
      const name = names === 'values' ? String(entry) : key;
      const known = words.includes(name) || name === also || (zeroIsFine === true && entry === 0);
      return known ? [] : [{ path: [...path, key], name }];
    });
  });
}
