// A file with words of its own: the defaults that name other words make way.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultConfig, parseConfig } from '../../src/config/load.ts';

const load = (text: string) => parseConfig(text, 'shop.yaml').config;

describe('a vocabulary of its own', () => {
  it('of other words leaves weights that are even', () => {
    const { parameters } = load('vocab: { order_channels: [Kiosk, App], customer_status_options: [New, Old] }');
    expect(parameters.order_channel_distribution).toEqual({ Kiosk: 1, App: 1 });
    expect(parameters.customer_status_probs).toEqual([1, 1]);
  });

  it('of fewer words leaves the defaults of those', () => {
    const { parameters, channel_rules: rules } = load('vocab: { payment_methods: [PayPal, ACH, Ebay], order_channels: [Web, NewEgg] }');
    expect(parameters.global_payment_method_distribution).toEqual({ PayPal: 0.2, ACH: 0.05, Ebay: 0, NewEgg: 0 });
    expect(rules['Web']!.allowed_payment_methods).toEqual(['PayPal', 'ACH']);
    expect(rules['NewEgg']!.allowed_payment_methods).toBeUndefined();
    expect(rules['Phone']).toBeUndefined();
  });

  it('in another case keeps the defaults', () => {
    const { parameters } = load('vocab: { return_reasons: [DEFECTIVE, Bored] }');
    const { Defective } = defaultConfig().parameters.refund_behavior_by_reason;
    expect(parameters.refund_behavior_by_reason).toEqual({ default: expect.anything(), DEFECTIVE: Defective });
    expect(parameters.return_reason_bias_schemas.high).toEqual({ Electronics: { DEFECTIVE: 8 } });
  });

  it('matches categories whatever their case', () => {
    const text = `
vocab:
  categories: [Books, TOYS]
  category_vocab: { books: { adjectives: [Old], nouns: [Map] }, Toys: { adjectives: [Red], nouns: [Ball] } }
parameters:
  category_preference_by_signup_channel: { Website: { toys: 3 } }
  return_reason_bias_schemas: { medium: { BOOKS: { Defective: 1 } } }
`;
    const { vocab, parameters } = load(text);
    expect(Object.keys(vocab.category_vocab).toSorted()).toEqual(['Books', 'TOYS']);
    expect(parameters.category_preference_by_signup_channel).toEqual({ Website: { TOYS: 3, Books: 1 } });
    expect(Object.keys(parameters.return_reason_bias_schemas.medium)).toEqual(['Books']);
  });

  it('never contradicts the defaults', () => {
    const { vocab } = defaultConfig();
    const lists = [
      'payment_methods',
      'signup_channels',
      'order_channels',
      'return_channels',
      'return_reasons',
      'loyalty_tiers',
      'categories',
    ] as const;
    const chosen = fc.record(Object.fromEntries(lists.map((list) => [list, fc.shuffledSubarray([...vocab[list]], { minLength: 1 })])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(chosen, (words) => {
        expect(load(JSON.stringify({ vocab: words })).vocab).toMatchObject(words);
      }),
      { numRuns: 100 },
    );
  });
});
