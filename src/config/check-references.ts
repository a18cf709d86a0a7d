// Checks across the config's sections: names that must be in the vocabulary, bounds that must fit each other.

import type { z } from 'zod';
import { nearest } from '../lib/nearest.ts';
import { NAME_RULES, strangeNames } from './name-rules.ts';
import type { Config } from './schema.ts';

const YEAR_MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** `concerns`: other keys that the check looked at, as dotted paths. */
type Report = (path: string | readonly string[], message: string, concerns?: readonly string[]) => void;

export function checkReferences(config: Config, context: z.RefinementCtx): void {
  const report: Report = (path, message, concerns = []) => {
    context.addIssue({ code: 'custom', path: typeof path === 'string' ? path.split('.') : [...path], message, params: { concerns } });
  };
  checkNames(config, report);
  checkMissing(config, report);
  checkBounds(config, report);
}

function checkNames(config: Config, report: Report): void {
  for (const rule of NAME_RULES) {
    const words = config.vocab[rule.list];
    for (const { path, name } of strangeNames(config, rule, words)) {
      const suggestion = nearest(name, rule.also === undefined ? words : [...words, rule.also]);
      report(path, `"${name}" is not in vocab.${rule.list}${suggestion === undefined ? '' : `; did you mean "${suggestion}"?`}`, [
        `vocab.${rule.list}`,
      ]);
    }
  }
}

function checkMissing({ vocab, parameters }: Config, report: Report): void {
  for (const category of vocab.categories) {
    if (vocab.category_vocab[category] === undefined)
      report('vocab.category_vocab', `has no words for the category "${category}"`, ['vocab.categories']);
  }
  for (const key of ['propensity_by_channel_and_tier', 'time_delay_by_channel_and_tier'] as const) {
    if (parameters.repeat_purchase_settings[key]['default']?.['default'] === undefined) {
      report(`parameters.repeat_purchase_settings.${key}`, 'needs default: { default: ... }, for guests and whatever is not named');
    }
  }
  const costs = [
    ['parameters.shipping_costs', parameters.shipping_costs],
    ['parameters.financials.shipping_business_costs.base_costs', parameters.financials.shipping_business_costs.base_costs],
  ] as const;
  for (const [speed, weight] of Object.entries(parameters.shipping_speed_distribution)) {
    for (const [path, map] of costs) {
      if (weight > 0 && map[speed] === undefined)
        report(path, `has no cost of "${speed}"`, ['parameters.shipping_speed_distribution', 'vocab.shipping_speeds']);
    }
  }
}

function checkBounds({ vocab, parameters, lookup_config: lookups, horizon, simulation }: Config, report: Report): void {
  const notAbove = <K extends string>(section: string, values: Readonly<Record<K, number | string>>, low: K, high: K, word: string) => {
    if (values[low] > values[high])
      report(`${section}.${low}`, `is ${values[low]}, ${word} ${high} (${values[high]})`, [`${section}.${high}`]);
  };
  const { customers, product_catalog: products } = lookups;
  notAbove('horizon', horizon, 'start_date', 'end_date', 'after');
  notAbove('lookup_config.customers', customers, 'signup_start_date', 'signup_end_date', 'after');
  notAbove('lookup_config.customers', customers, 'min_age', 'max_age', 'above');
  notAbove('lookup_config.product_catalog', products, 'min_price', 'max_price', 'above');
  notAbove('lookup_config.product_catalog', products, 'min_inventory_quantity', 'max_inventory_quantity', 'above');
  if (simulation.calibration_window[1] < customers.signup_start_date) {
    report('simulation.calibration_window', `ends before the first sign-up (${customers.signup_start_date})`, [
      'lookup_config.customers.signup_start_date',
    ]);
  }
  if (products.num_products < vocab.categories.length) {
    report(
      'lookup_config.product_catalog.num_products',
      `is ${products.num_products}, below the number of categories (${vocab.categories.length})`,
      ['vocab.categories'],
    );
  }

  const fast = fastShare(parameters.shipping_speed_distribution);
  if (parameters.expedited_pct > fast * 100 + 1e-9) {
    const share = Number((fast * 100).toFixed(2));
    report(
      'parameters.expedited_pct',
      `is ${parameters.expedited_pct}, but only ${share} % of orders are not Standard and can be expedited`,
      ['parameters.shipping_speed_distribution'],
    );
  }

  const lengths = [['customer_status_probs', parameters.customer_status_probs, 'customer_status_options'] as const];
  const lists = Object.entries(parameters.loyalty_distribution_by_channel).filter((entry): entry is [string, number[]] =>
    Array.isArray(entry[1]),
  );
  for (const [key, list, words] of [
    ...lengths,
    ...lists.map(([channel, list]) => [`loyalty_distribution_by_channel.${channel}`, list, 'loyalty_tiers'] as const),
  ]) {
    if (list.length !== vocab[words].length)
      report(`parameters.${key}`, `has ${list.length} weights for the ${vocab[words].length} of vocab.${words}`, [`vocab.${words}`]);
  }

  for (const month of Object.keys(parameters.retention_shocks)) {
    if (!YEAR_MONTH.test(month)) report(['parameters', 'retention_shocks', month], 'is not a month: write YYYY-MM');
  }
}

/** Share of orders that are not shipped Standard. */
function fastShare(distribution: Readonly<Record<string, number>>): number {
  const total = Object.values(distribution).reduce((sum, weight) => sum + weight, 0);
  return total > 0 ? 1 - (distribution['Standard'] ?? 0) / total : 0;
}
