// The shipped YAML and the reference page say what the schema says.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { defaultConfig, loadConfig, parseConfig } from '../../src/config/load.ts';
import { describeSchema, type SchemaNode } from '../../src/config/schema-node.ts';
import { configSchema } from '../../src/config/schema.ts';

const ROOT = join(import.meta.dirname, '../..');
const SHIPPED = join(ROOT, 'gen_config/ecom_sales_gen_quick.yaml');

describe('the shipped YAML', () => {
  test('is the default config, without notes', () => {
    expect(loadConfig(SHIPPED)).toEqual({ config: defaultConfig(), notes: [] });
  });

  test('spells out every key of every section', () => {
    expect(missingKeys(describeSchema(configSchema), parse(readFileSync(SHIPPED, 'utf8')))).toEqual([]);
  });

  test('answers when asked for the sizes', () => {
    const lines = readFileSync(SHIPPED, 'utf8')
      .split('\n')
      .filter((line) => /num_customers|num_products/.test(line));
    expect(lines.map((line) => line.replace(/ *#.*/, '').trim())).toEqual(['num_customers: 300000', 'num_products: 3000']);
  });

  test.each(['write-default-config', 'write-config-reference', 'write-schema-reference'])('%s has nothing to write', (script) => {
    execFileSync(process.execPath, [join(ROOT, `scripts/${script}.ts`), '--check'], { stdio: 'pipe' });
  });
});

test('an empty file, or one with keys without values, is the default config', () => {
  for (const text of ['', '# nothing\n', 'simulation:\nparameters:\n  conversion_rate:\nvocab: {}\n']) {
    expect(parseConfig(text, 'a.yaml').config).toEqual(defaultConfig());
  }
});

test('a default config is the caller’s own: changing it changes no other', () => {
  const config = defaultConfig();
  config.vocab.categories.push('Garden');
  config.channel_rules['Web']!.allowed_payment_methods!.pop();
  config.parameters.seasonal_factors['1'] = 3;
  expect(defaultConfig()).not.toEqual(config);
  expect(defaultConfig().vocab.categories).toHaveLength(5);
  expect(defaultConfig().channel_rules['Social Media']!.allowed_payment_methods).toHaveLength(5);
  expect(defaultConfig().parameters.seasonal_factors).not.toHaveProperty('1');
});

test('the defaults that the design names', () => {
  const { simulation, parameters, lookup_config: lookups, horizon } = defaultConfig();
  expect(horizon).toEqual({ start_date: '2020-01-01', end_date: '2026-01-08' });
  expect(simulation).toMatchObject({
    carts_per_30_days: 315_000,
    calibration_window: ['2020-01-01', '2026-01-08'],
    spell_rest_factor: 3,
    shards: 1,
  });
  expect(lookups.customers).toMatchObject({
    num_customers: 300_000,
    guest_shopper_pct: 0.4,
    signup_start_date: '2019-01-01',
    signup_end_date: '2026-01-05',
  });
  expect(lookups.product_catalog).toMatchObject({ num_products: 3000, min_price: 5, max_price: 250, cost_price_margin_range: [0.4, 0.7] });
  expect(parameters).toMatchObject({
    conversion_rate: 0.12,
    seasonal_factors: { 7: 1.2, 11: 1.6, 12: 2.1 },
    reactivation_settings: { probability: 0.08, delay_days_range: [200, 400] },
    return_rate: 0.25,
    multi_return_probability: 0.15,
    return_timing_distribution: [
      [30, 0.8],
      [90, 0.95],
      [365, 1],
    ],
    expedited_pct: 20,
  });
});

function missingKeys(schema: SchemaNode, value: unknown, path = ''): string[] {
  return [...schema.members].flatMap(([key, member]) => {
    const place = path === '' ? key : `${path}.${key}`;
    const given = (value as Record<string, unknown>)[key];
    return given === undefined ? [place] : missingKeys(member, given, place);
  });
}
