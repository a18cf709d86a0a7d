// A config in the manner of the Python ancestor loads as it is.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.ts';

const path = new URL('ancestor.yaml', import.meta.url).pathname;

describe("the ancestor's config", () => {
  it('loads with one note that names what is ignored', () => {
    const { config, notes } = loadConfig(path);
    expect(notes).toEqual([
      `${path}: these keys mean nothing here and are ignored: row_generators, output_dir, tables[].columns, tables[].generate, ` +
        'tables[].link_to_orders, lookup_config.*.generator, parameters.signup_years, parameters.order_days_back, ' +
        'parameters.gender_unknown_prob, parameters.customer_id_start, item_count_range of order_items',
    ]);
    expect(config.faker_seed).toBe(7);
    expect(config.lookup_config.customers.num_customers).toBe(1200);
    expect(config.tables.find(({ name }) => name === 'cart_items')?.item_count_range).toEqual([1, 8]);
  });

  it('means what it meant', () => {
    const { vocab, parameters, channel_rules: rules } = loadConfig(path).config;
    expect(vocab.clv_map).toEqual({ none: 'Low', Bronze: 'Low', Silver: 'Medium', Gold: 'High', Platinum: 'High' });
    expect(vocab.category_vocab['Electronics']?.nouns).toEqual(['Speaker', 'Camera']);
    expect(parameters.category_preference_by_signup_channel['Phone']).toEqual({ Home: 2.5, Electronics: 1.5, Books: 1 });
    expect(rules['Ebay']?.return_channel_preference).toEqual({ Ebay: 1 });
    expect(parameters.global_payment_method_distribution['Cash']).toBe(0);
    expect(parameters.loyalty_distribution_by_channel['Phone']).toEqual([0.2, 0.3, 0.3, 0.2]);
    expect(parameters.refund_behavior_by_reason['default']).toEqual({ full_return_prob: 0.5, partial_quantity_prob: 0.4 });
  });

  it('has its problems reported at their place, moved keys included', () => {
    const text = readFileSync(path, 'utf8').replace('Silver: Medium', 'Silver: Medum');
    expect(() => parseConfig(text, 'shop.yaml')).toThrow(
      /^shop\.yaml:\d+:\d+ clv_map\.Silver: "Medum" is not in vocab\.clv_buckets; did you mean "Medium"\?$/,
    );
  });
});
