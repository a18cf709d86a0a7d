// Checks across the config's sections: each is met by one wrong file, and by its right twin.

import { describe, expect, it } from 'vitest';
import { problemsOf } from './problems.ts';

const CASES: readonly { what: string; wrong: string; says: RegExp; right: string }[] = [
  {
    what: 'the window ends before it starts',
    wrong: 'horizon: { start_date: 2021-01-02, end_date: 2021-01-01 }',
    says: /^1:12 horizon\.start_date: is 2021-01-02, after end_date \(2021-01-01\)$/,
    right: 'horizon: { start_date: 2021-01-01, end_date: 2021-01-01 }',
  },
  {
    what: 'sign-ups end before they start',
    wrong: 'lookup_config: { customers: { signup_start_date: 2026-01-06 } }',
    says: /signup_start_date: is 2026-01-06, after signup_end_date/,
    right: 'lookup_config: { customers: { signup_start_date: 2026-01-05 } }',
  },
  {
    what: 'nobody has signed up in the calibration window',
    wrong: 'simulation: { calibration_window: [2018-01-01, 2018-12-31] }',
    says: /calibration_window: ends before the first sign-up \(2019-01-01\)/,
    right: 'simulation: { calibration_window: [2018-01-01, 2019-12-31] }',
  },
  {
    what: 'fewer products than categories',
    wrong: 'lookup_config: { product_catalog: { num_products: 4 } }',
    says: /num_products: is 4, below the number of categories \(5\)/,
    right: 'lookup_config: { product_catalog: { num_products: 5 } }',
  },
  {
    what: 'stock bounds the wrong way round',
    wrong: 'lookup_config: { product_catalog: { min_inventory_quantity: 251 } }',
    says: /min_inventory_quantity: is 251, above max_inventory_quantity \(250\)/,
    right: 'lookup_config: { product_catalog: { min_inventory_quantity: 250 } }',
  },
  {
    what: 'more expedited orders than fast ones',
    wrong: 'parameters: { expedited_pct: 36 }',
    says: /expedited_pct: is 36, but only 35 %/,
    right: 'parameters: { expedited_pct: 35 }',
  },
  {
    what: 'a range upside down',
    wrong: 'parameters: { reactivation_settings: { delay_days_range: [400, 200] } }',
    says: /delay_days_range: must be \[min, max\]/,
    right: 'parameters: { reactivation_settings: { delay_days_range: [200, 200] } }',
  },
  {
    what: 'weights that are all 0',
    wrong: 'parameters: { order_channel_distribution: { Web: 0 } }',
    says: /order_channel_distribution: needs at least one weight above 0/,
    right: 'parameters: { order_channel_distribution: { Web: 0, Phone: 1 } }',
  },
  {
    what: 'a payment method without an entry, with a weight',
    wrong: 'parameters: { global_payment_method_distribution: { Cash: 0.1, PayPal: 1 } }',
    says: /"Cash" is not in vocab\.payment_methods/,
    right: 'parameters: { global_payment_method_distribution: { Cash: 0, PayPal: 1 } }',
  },
  {
    what: 'a shipping speed without a price',
    wrong: 'parameters: { shipping_costs: { Standard: 5, Overnight: 80 } }',
    says: /shipping_costs: has no cost of "Two-Day"/,
    right: 'parameters: { shipping_costs: { Standard: 5, Overnight: 80, Two-Day: 1 } }',
  },
  {
    what: 'a category without words',
    wrong: 'vocab: { categories: [Books, Garden] }',
    says: /category_vocab: has no words for the category "Garden"/,
    right: 'vocab: { categories: [Books] }',
  },
  {
    what: 'a bucket that is none',
    wrong: 'parameters: { clv_spend_thresholds: { Hihg: 10, Low: 0 } }',
    says: /"Hihg" is not in vocab\.clv_buckets; did you mean "High"\?/,
    right: 'parameters: { clv_spend_thresholds: { High: 10, Low: 0 } }',
  },
  {
    what: 'a tier that is none',
    wrong: 'parameters: { cart_behavior_by_tier: { Diamond: { item_count_range: [1, 2] } } }',
    says: /"Diamond" is not in vocab\.loyalty_tiers/,
    right: 'parameters: { cart_behavior_by_tier: { Gold: { item_count_range: [1, 2] } } }',
  },
  {
    what: 'more items than a cart can have',
    wrong: 'parameters: { cart_behavior_by_tier: { Gold: { item_count_range: [1, 61] } } }',
    says: /item_count_range\.1: must be at most 60, not 61/,
    right: 'parameters: { cart_behavior_by_tier: { Gold: { item_count_range: [1, 60] } } }',
  },
  {
    what: 'no propensity for those who are not named',
    wrong: 'parameters: { repeat_purchase_settings: { propensity_by_channel_and_tier: { Phone: { Gold: 2 } } } }',
    says: /propensity_by_channel_and_tier: needs default/,
    right: 'parameters: { repeat_purchase_settings: { propensity_by_channel_and_tier: { Phone: { Gold: 2 }, default: { default: 1 } } } }',
  },
  {
    what: 'a return channel that is none',
    wrong: 'channel_rules: { Web: { return_channel_preference: { Pigeon: 1 } } }',
    says: /"Pigeon" is not in vocab\.return_channels/,
    right: 'channel_rules: { Web: { return_channel_preference: { Phone: 1 } } }',
  },
  {
    what: 'a payment method of a channel that is none',
    wrong: 'channel_rules: { Web: { allowed_payment_methods: [PayPal, ACHH] } }',
    says: /allowed_payment_methods\.1: "ACHH" is not in vocab\.payment_methods; did you mean "ACH"\?/,
    right: 'channel_rules: { Web: { allowed_payment_methods: [PayPal, ACH] } }',
  },
  {
    what: 'an order channel that is none',
    wrong: 'channel_rules: { Shop: {} }',
    says: /"Shop" is not in vocab\.order_channels/,
    right: 'channel_rules: { Web: {} }',
  },
  {
    what: 'a reason that is none',
    wrong: 'parameters: { return_reason_bias_schemas: { high: { books: { Bored: 1 } } } }',
    says: /"Bored" is not in vocab\.return_reasons/,
    right: 'parameters: { return_reason_bias_schemas: { high: { books: { Defective: 1 } } } }',
  },
  {
    what: 'a list of tier weights of another length',
    wrong: 'parameters: { loyalty_distribution_by_channel: { default: [1, 1] } }',
    says: /loyalty_distribution_by_channel\.default: has 2 weights for the 4 of vocab\.loyalty_tiers/,
    right: 'parameters: { loyalty_distribution_by_channel: { default: [1, 1, 0, 0] } }',
  },
  {
    what: 'status weights of another length',
    wrong: 'parameters: { customer_status_probs: [1, 1] }',
    says: /customer_status_probs: has 2 weights for the 3/,
    right: 'parameters: { customer_status_probs: [1, 1, 0] }',
  },
  {
    what: 'mess on a key',
    wrong: 'mess: { heavy_mess: { padding: { columns: [orders.order_id] } } }',
    says: /padding\.columns\.0: "[\w.]+" is none of its columns \(/,
    right: 'mess: { heavy_mess: { padding: { columns: [orders.clv_bucket] } } }',
  },
  {
    what: 'nulls in a column that has none',
    wrong: 'mess: { heavy_mess: { missing_value: { columns: [orders.order_date] } } }',
    says: /missing_value\.columns\.0: "[\w.]+" is none of its columns \(/,
    right: 'mess: { heavy_mess: { missing_value: { columns: [orders.agent_id] } } }',
  },
  {
    what: 'a table twice',
    wrong: 'tables: [{ name: orders }, { name: orders }]',
    says: /tables: .*twice/,
    right: 'tables: [{ name: orders }, { name: returns }]',
  },
];

describe('a config is refused when there is', () => {
  it.each(CASES)('$what', ({ wrong, says, right }) => {
    const problems = problemsOf(wrong);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(says);
    expect(problemsOf(right)).toEqual([]);
  });
});
