// YAML files in, checked configs or complete lists of problems out.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultConfig, loadConfig, parseConfig } from '../../src/config/load.ts';
import { EXIT, UserError } from '../../src/lib/errors.ts';
import { problemsOf } from './problems.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecomlake-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function errorOf(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a file', () => {
  it('gives the defaults when it says nothing', () => {
    for (const text of ['', '# nothing\n', '---\n', '{}', 'parameters:\nvocab:\n  clv_map:\n']) {
      expect(parseConfig(text, 'shop.yaml')).toEqual({ config: defaultConfig(), notes: [] });
    }
  });

  it('changes what it says and nothing else', () => {
    const { config } = parseConfig('faker_seed: 7\nparameters:\n  reactivation_settings: { probability: 0.5 }\n', 'shop.yaml');
    const expected = defaultConfig();
    expected.faker_seed = 7;
    expected.parameters.reactivation_settings.probability = 0.5;
    expect(config).toEqual(expected);
  });

  it('replaces a map of names as a whole', () => {
    const { config } = parseConfig(
      'parameters:\n  order_channel_distribution: { Web: 2, Phone: 1 }\n  seasonal_factors: { 12: 3 }\n',
      'shop.yaml',
    );
    expect(config.parameters.order_channel_distribution).toEqual({ Web: 2, Phone: 1 });
    expect(config.parameters.seasonal_factors).toEqual({ '12': 3 });
  });

  it('may use anchors, aliases and merge keys', () => {
    const text = `
parameters:
  repeat_purchase_settings:
    time_delay_by_channel_and_tier:
      Phone: &slow { default: { range: [40, 90], sigma: 0.5 } }
      default: { <<: *slow, Gold: { range: [5, 20], sigma: 0.4 } }
`;
    const { config } = parseConfig(text, 'shop.yaml');
    expect(config.parameters.repeat_purchase_settings.time_delay_by_channel_and_tier['default']).toEqual({
      default: { range: [40, 90], sigma: 0.5 },
      Gold: { range: [5, 20], sigma: 0.4 },
    });
  });

  it('that is not there, or a folder, is named with the way out', () => {
    const missing = join(folder, 'nowhere.yaml');
    const error = errorOf(() => loadConfig(missing));
    expect(error.message).toBe(`${missing}: the config cannot be read: there is no such file`);
    expect(error.hint).toContain('--config');
    expect(error.exitCode).toBe(EXIT.usage);
    expect(errorOf(() => loadConfig(folder)).message).toBe(`${folder}: the config cannot be read: it is a folder`);
  });

  it('is read from disk, and its name stands before every problem', () => {
    const path = join(folder, 'shop.yaml');
    writeFileSync(path, '﻿faker_seed: 9\r\n');
    expect(loadConfig(path).config.faker_seed).toBe(9);
    writeFileSync(path, 'faker_seed: 9\nsimulation: { shards: 0 }\n');
    expect(errorOf(() => loadConfig(path)).message).toBe(`${path}:2:15 simulation.shards: must be at least 1, not 0`);
  });
});

describe('problems', () => {
  it('come all at once, in the order of the file, with place, path and suggestion', () => {
    const text = `faker_sede: 1
simulation:
  carts_per_30_day: 5
  shards: 1.5
lookup_config:
  customers:
    num_customers: -3
    signup_start_date: 2020-02-30
    min_age: 80
  product_catalog:
    min_price: 300
vocab:
  categories: Books
parameters:
  conversion_rate: often
  expedited_pct: 90
  horizon: {}
  seasonal_factors: { 13: 2 }
  order_channel_distribution: { Webb: 1 }
  retention_shocks: { 2020-13: 0.5 }
mess:
  medium_mess:
    padding: { rate: 2, colums: [] }
    late_rows: { columns: [orders] }
tables:
  - name: cart_item
`;
    const found = problemsOf(text);
    expect(found.pop()).toMatch(/^26:5 tables\.0\.name: must be one of .*, not "cart_item"; did you mean "cart_items"\?$/);
    expect(found).toEqual([
      '1:1 faker_sede: is not a known key; did you mean "faker_seed"?',
      '3:3 simulation.carts_per_30_day: is not a known key; did you mean "carts_per_30_days"?',
      '4:3 simulation.shards: must be a whole number, not 1.5',
      '7:5 lookup_config.customers.num_customers: must be at least 1, not -3',
      '8:5 lookup_config.customers.signup_start_date: must be a date such as 2020-02-29, not "2020-02-30"',
      '9:5 lookup_config.customers.min_age: is 80, above max_age (70)',
      '11:5 lookup_config.product_catalog.min_price: is 300, above max_price (250)',
      '13:3 vocab.categories: must be a list, not "Books"',
      '15:3 parameters.conversion_rate: must be a number, not "often"',
      '16:3 parameters.expedited_pct: is 90, but only 35 % of orders are not Standard and can be expedited',
      '17:3 parameters.horizon: is not a known key; it belongs at the top level',
      '18:23 parameters.seasonal_factors.13: is not a month: use 1 to 12',
      '19:33 parameters.order_channel_distribution.Webb: "Webb" is not in vocab.order_channels; did you mean "Web"?',
      '20:23 parameters.retention_shocks.2020-13: is not a month: write YYYY-MM',
      '23:16 mess.medium_mess.padding.rate: must be at most 1, not 2',
      '23:25 mess.medium_mess.padding.colums: is not a known key; did you mean "columns"?',
      '24:18 mess.medium_mess.late_rows.columns: is not a known key; mess.medium_mess.late_rows has rate, tables',
    ]);
  });

  it('in one piece of a file hide none in another', () => {
    const wrong = [
      'faker_sed: 1',
      'simulation: { shards: no }',
      'horizon: { start_date: 2021-01-01, end_date: 2020-01-01 }',
      'lookup_config: { customers: { max_age: 3 } }',
      'vocab: { shipping_speeds: [Standard, Standard] }',
      'parameters: { signup_channel_distribution: { Wobsite: 1 } }',
      'channel_rules: { Web: { allowed_payment_methods: [Cheque] } }',
      'mess: { light_mess: { casing: { rate: -1 } } }',
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(wrong, { minLength: 1 }), (chosen) => {
        const lines = problemsOf(chosen.join('\n')).map((line) => Number(line.split(':')[0]));
        expect(lines).toEqual(chosen.map((_, i) => i + 1));
      }),
      { numRuns: 60 },
    );
  });

  it('in a part of an entry do not hide what else is wrong', () => {
    const text = `
parameters:
  expedited_pct: 90
  refund_behavior_by_reason: { Defective: { full_return_prob: 1 } }
  return_timing_distribution: [[30, x], [365, 1]]
vocab:
  agent_pool: { agents: [{ id: A, name: A, age: 3 }] }
`;
    expect(problemsOf(text)).toEqual([
      '3:3 parameters.expedited_pct: is 90, but only 35 % of orders are not Standard and can be expedited',
      '4:32 parameters.refund_behavior_by_reason.Defective.partial_quantity_prob: is missing',
      '5:37 parameters.return_timing_distribution.0.1: must be a number, not "x"',
      '7:44 vocab.agent_pool.agents.0.age: is not a known key',
    ]);
  });

  it('with values of several forms are about the form that was meant', () => {
    expect(problemsOf('faker_seed: true')).toEqual(['1:1 faker_seed: must be a number or a text, not true']);
    expect(
      problemsOf('parameters: { loyalty_distribution_by_channel: { Phone: [1, x, 1, 1], default: 3, email: { Bronze: -1, Gold: 1 } } }'),
    ).toEqual([
      '1:61 parameters.loyalty_distribution_by_channel.Phone.1: must be a number, not "x"',
      '1:71 parameters.loyalty_distribution_by_channel.default: must be a map or a list, not 3',
      '1:92 parameters.loyalty_distribution_by_channel.email.Bronze: must be at least 0, not -1',
    ]);
  });

  it('of the YAML itself have their line, and repeated keys do not hide the rest', () => {
    expect(problemsOf('faker_seed: [1,\nvocab: 2')[0]).toMatch(/^2:\d+ /);
    expect(problemsOf('faker_seed: 1\n  vocab: 3\n')[0]).toMatch(/^[12]:\d+ /);
    expect(problemsOf('faker_seed: *nobody\n')[0]).toMatch(/^1:\d+ /);
    expect(problemsOf('faker_seed: 1\nfaker_seed: 2\nvocabs: {}\n')).toEqual([
      '2:1 this key is there twice',
      '3:1 vocabs: is not a known key; did you mean "vocab"?',
    ]);
    expect(problemsOf('- a\n- b\n')).toEqual(['1:1 the file: must be a map, not a list']);
    expect(problemsOf('just words')).toEqual(['1:1 the file: must be a map, not "just words"']);
  });

  it('are user errors with exit code 2', () => {
    const error = errorOf(() => parseConfig('a: 1\nb: 2\n', 'shop.yaml'));
    expect(error.exitCode).toBe(EXIT.usage);
    expect(error.message).toMatch(/^shop\.yaml has 2 problems:\n {2}shop\.yaml:1:1 a: /);
    expect(error.hint).toContain('docs/config.md');
  });

  it('may have names that every object has', () => {
    expect(problemsOf('constructor: 1\nvocab: { toString: 2 }\nparameters: { __proto__: 3, expedited_pct: x }')).toEqual([
      '1:1 constructor: is not a known key',
      '2:10 vocab.toString: is not a known key',
      '3:15 parameters.__proto__: is not a known key',
      '3:29 parameters.expedited_pct: must be a number, not "x"',
    ]);
  });

  it('never are a bug, whatever stands at a key', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(null, 'Web', -1, [], {}, [[1, 2]], { default: {} }));
    const paths = ['vocab', 'parameters', 'tables', 'channel_rules', 'lookup_config', 'mess', 'clv_map', 'simulation'].map((key) => [key]);
    paths.push(
      ['vocab', 'categories'],
      ['vocab', 'clv_map'],
      ['vocab', 'return_reasons'],
      ['vocab', 'signup_channels'],
      ['parameters', 'cart_behavior_by_tier'],
    );
    paths.push(
      ['parameters', 'category_preference_by_signup_channel'],
      ['parameters', 'return_reason_bias_schemas'],
      ['parameters', 'refund_behavior_by_reason'],
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), anything, ([first, second], value) => {
        const data = second === undefined ? { [first!]: value } : { [first!]: { [second]: value } };
        expect(Array.isArray(problemsOf(JSON.stringify(data)))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
