// Suggestions: near enough to be meant, and the nearest of those.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../src/lib/nearest.ts';

test.each([
  ['Wbe', ['Phone', 'Web', 'Website'], 'Web'],
  ['emial', ['email', 'Website'], 'email'],
  ['convresion_rate', ['return_rate', 'conversion_rate'], 'conversion_rate'],
  ['credit card', ['Credit Card', 'PayPal'], 'Credit Card'],
  ['cart_item', ['carts', 'cart_items'], 'cart_items'],
  ['abc', ['xyz'], undefined],
  ['ab', ['cd', 'xb'], 'xb'],
  ['anything', [], undefined],
])('%s', (word, known, expected) => {
  expect(nearest(word, known)).toBe(expected);
});

test('a word with one letter changed, gone, added or swapped is found among strangers', () => {
  const word = fc.stringMatching(/^[a-f]{4,12}$/);
  const change = fc.constantFrom(
    (text: string, at: number) => `${text.slice(0, at)}z${text.slice(at + 1)}`,
    (text: string, at: number) => text.slice(0, at) + text.slice(at + 1),
    (text: string, at: number) => `${text.slice(0, at)}z${text.slice(at)}`,
    (text: string, at: number) => text.slice(0, at) + (text[at + 1] ?? '') + text[at]! + text.slice(at + 2),
  );
  fc.assert(
    fc.property(word, change, fc.nat(), (known, mistype, at) => {
      expect(nearest(mistype(known, at % known.length), ['uvwxuvwxuvwx', known, 'yyyyyyyyyy'])).toBe(known);
    }),
  );
});
