// Checks across the config's sections: names that must be in the vocabulary, bounds that must fit each other.

import type { z } from 'zod';
import { nearest } from '../lib/nearest.ts';
import type { Config } from './schema.ts';

/** The cart's statuses and the plan's byte-wide columns hold so many names. */
const MAX_NAMES = 250;

export function checkReferences(config: Config, context: z.RefinementCtx): void {
  const { vocab, parameters, lookup_config: lookups, horizon, channel_rules: rules } = config;
  const problem = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  const known = (names: Iterable<string>, vocabulary: readonly string[], list: string, path: (string | number)[]): void => {
    for (const name of names) {
      if (vocabulary.includes(name)) continue;
      const suggestion = nearest(name, vocabulary);
      problem([...path, name], `is not in ${list}${suggestion ? `; did you mean "${suggestion}"?` : ''}`);
    }
  };
  const withDefault = (names: readonly string[]) => [...names, 'default'];

  known(Object.keys(parameters.order_channel_distribution), vocab.order_channels, 'vocab.order_channels', ['parameters', 'order_channel_distribution']);
  known(Object.keys(parameters.shipping_speed_distribution), vocab.shipping_speeds, 'vocab.shipping_speeds', ['parameters', 'shipping_speed_distribution']);
  known(Object.keys(parameters.signup_channel_distribution), vocab.signup_channels, 'vocab.signup_channels', ['parameters', 'signup_channel_distribution']);
  const paid = Object.entries(parameters.global_payment_method_distribution).filter(([, weight]) => weight > 0);
  known(paid.map(([name]) => name), vocab.payment_methods, 'vocab.payment_methods', ['parameters', 'global_payment_method_distribution']);
  known(Object.keys(parameters.tier_spend_thresholds), vocab.customer_tiers, 'vocab.customer_tiers', ['parameters', 'tier_spend_thresholds']);
  known(Object.keys(parameters.clv_spend_thresholds), vocab.clv_buckets, 'vocab.clv_buckets', ['parameters', 'clv_spend_thresholds']);
  known(Object.keys(parameters.cart_behavior_by_tier), withDefault(vocab.loyalty_tiers), 'vocab.loyalty_tiers', ['parameters', 'cart_behavior_by_tier']);
  known(Object.keys(rules), vocab.order_channels, 'vocab.order_channels', ['channel_rules']);
  known(Object.keys(vocab.category_vocab), vocab.categories, 'vocab.categories', ['vocab', 'category_vocab']);
  known(Object.keys(vocab.clv_map), [...vocab.loyalty_tiers, 'none'], 'vocab.loyalty_tiers', ['vocab', 'clv_map']);
  Object.entries(vocab.clv_map).forEach(([tier, bucket]) => known([bucket], vocab.clv_buckets, 'vocab.clv_buckets', ['vocab', 'clv_map', tier]));

  const signup = ['first_purchase_conversion_boost', 'return_rate_by_signup_channel', 'category_preference_by_signup_channel', 'loyalty_distribution_by_channel'] as const;
  for (const key of signup) known(Object.keys(parameters[key]), withDefault(vocab.signup_channels), 'vocab.signup_channels', ['parameters', key]);
  for (const [channel, preference] of Object.entries(parameters.category_preference_by_signup_channel)) {
    known(Object.keys(preference), vocab.categories, 'vocab.categories', ['parameters', 'category_preference_by_signup_channel', channel]);
  }
  for (const key of ['propensity_by_channel_and_tier', 'time_delay_by_channel_and_tier'] as const) {
    const path = ['parameters', 'repeat_purchase_settings', key];
    const table: Record<string, Record<string, unknown>> = parameters.repeat_purchase_settings[key];
    known(Object.keys(table), withDefault(vocab.signup_channels), 'vocab.signup_channels', path);
    for (const [channel, tiers] of Object.entries(table)) known(Object.keys(tiers), withDefault(vocab.loyalty_tiers), 'vocab.loyalty_tiers', [...path, channel]);
    const complete = vocab.signup_channels.every((channel) => table[channel]?.['default'] !== undefined);
    if (table['default']?.['default'] === undefined && !complete) problem(path, 'needs a default: { default: ... } for guests and for those without a tier');
  }
  if (parameters.cart_behavior_by_tier['default'] === undefined) problem(['parameters', 'cart_behavior_by_tier'], 'needs a default');
  if (parameters.refund_behavior_by_reason['default'] === undefined) problem(['parameters', 'refund_behavior_by_reason'], 'needs a default');
  known(Object.keys(parameters.refund_behavior_by_reason), withDefault(vocab.return_reasons), 'vocab.return_reasons', ['parameters', 'refund_behavior_by_reason']);
  for (const level of ['medium', 'high'] as const) {
    const path = ['parameters', 'return_reason_bias_schemas', level];
    const schema = parameters.return_reason_bias_schemas[level];
    known(Object.keys(schema), withDefault(vocab.categories), 'vocab.categories', path);
    for (const [category, reasons] of Object.entries(schema)) known(Object.keys(reasons), vocab.return_reasons, 'vocab.return_reasons', [...path, category]);
  }
  for (const [channel, rule] of Object.entries(rules)) {
    known(rule.allowed_payment_methods ?? [], vocab.payment_methods, 'vocab.payment_methods', ['channel_rules', channel, 'allowed_payment_methods']);
    known(Object.keys(rule.return_channel_preference ?? {}), vocab.return_channels, 'vocab.return_channels', ['channel_rules', channel, 'return_channel_preference']);
  }
  for (const category of vocab.categories) {
    if (vocab.category_vocab[category] === undefined) problem(['vocab', 'category_vocab'], `has no words for the category "${category}"`);
  }
  for (const key of ['categories', 'payment_methods', 'loyalty_tiers', 'signup_channels', 'return_reasons', 'order_channels', 'return_channels'] as const) {
    if (vocab[key].length > MAX_NAMES) problem(['vocab', key], `has more than ${MAX_NAMES} entries`);
  }
  for (const month of Object.keys(parameters.retention_shocks)) {
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) problem(['parameters', 'retention_shocks', month], 'is not a month: write YYYY-MM');
  }
  if (parameters.customer_status_probs.length !== vocab.customer_status_options.length) {
    problem(['parameters', 'customer_status_probs'], `has ${parameters.customer_status_probs.length} weights for ${vocab.customer_status_options.length} vocab.customer_status_options`);
  }
  for (const [channel, tiers] of Object.entries(parameters.loyalty_distribution_by_channel)) {
    const path = ['parameters', 'loyalty_distribution_by_channel', channel];
    if (Array.isArray(tiers)) {
      if (tiers.length !== vocab.loyalty_tiers.length) problem(path, `has ${tiers.length} weights for ${vocab.loyalty_tiers.length} vocab.loyalty_tiers`);
    } else known(Object.keys(tiers), vocab.loyalty_tiers, 'vocab.loyalty_tiers', path);
  }
  const fast = fastShare(parameters.shipping_speed_distribution);
  if (parameters.expedited_pct > fast * 100 + 1e-9) {
    problem(['parameters', 'expedited_pct'], `is ${parameters.expedited_pct}, but only ${(fast * 100).toFixed(1)} % of orders are not Standard and could be expedited`);
  }
  const { customers, product_catalog: products } = lookups;
  if (customers.min_age > customers.max_age) problem(['lookup_config', 'customers', 'min_age'], 'is above max_age');
  if (customers.signup_start_date > customers.signup_end_date) problem(['lookup_config', 'customers', 'signup_start_date'], 'is after signup_end_date');
  if (products.min_price > products.max_price) problem(['lookup_config', 'product_catalog', 'min_price'], 'is above max_price');
  if (products.min_inventory_quantity > products.max_inventory_quantity) problem(['lookup_config', 'product_catalog', 'min_inventory_quantity'], 'is above max_inventory_quantity');
  if (products.num_products < vocab.categories.length) problem(['lookup_config', 'product_catalog', 'num_products'], `is below the number of categories (${vocab.categories.length})`);
  if (horizon.start_date > horizon.end_date) problem(['horizon', 'start_date'], 'is after end_date');
}

/** Share of orders that are not shipped Standard. */
function fastShare(distribution: Readonly<Record<string, number>>): number {
  const total = Object.values(distribution).reduce((sum, weight) => sum + weight, 0);
  return total > 0 ? 1 - (distribution['Standard'] ?? 0) / total : 0;
}
