import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CartContents, MAX_CART_ITEMS, OrderLines } from '../../src/plan/cart-contents.ts';
import { makeWorld, tolerance } from './small-world.ts';

const { lookups, model, config } = makeWorld({}, 1e-5);
const { products } = lookups;
const { vocab, parameters } = config;

const cart = new CartContents(model, products);
const lines = new OrderLines(products);
const segment = fc.constantFrom(...model.segments);
const customer = fc.nat(1_000_000);
const ordinal = fc.nat(500);
const items = fc.integer({ min: 0, max: MAX_CART_ITEMS });

describe('CartContents', () => {
  it('holds what the segment allows, added one after the other, and adds up', () => {
    fc.assert(
      fc.property(segment, customer, ordinal, items, (given, who, visit, count) => {
        cart.draw(given, who, visit, count);
        expect(cart.size).toBe(count);
        let total = 0;
        let last = 0;
        for (let i = 0; i < count; i++) {
          const quantity = cart.quantity[i]!;
          expect(quantity).toBeGreaterThanOrEqual(given.minQuantity);
          expect(quantity).toBeLessThanOrEqual(given.maxQuantity);
          total += quantity * products.priceCents[cart.product[i]!]!;
          // Seconds to minutes apart.
          expect(cart.addedMs[i]! - last).toBeGreaterThanOrEqual(1000);
          expect(cart.addedMs[i]! - last).toBeLessThanOrEqual(240_000);
          last = cart.addedMs[i]!;
        }
        expect(cart.totalCents).toBe(total);
        expect(cart.updatedMs).toBeGreaterThan(last);
        expect(cart.orderMs).toBeGreaterThan(cart.updatedMs);
        expect(cart.orderMs - last).toBeLessThanOrEqual(13 * 60_000);
      }),
    );
  });

  it('is drawn the same again, whatever was drawn in between', () => {
    const snapshot = () => [
      cart.size,
      cart.totalCents,
      cart.updatedMs,
      cart.orderMs,
      ...cart.product.slice(0, cart.size),
      ...cart.addedMs.slice(0, cart.size),
    ];
    fc.assert(
      fc.property(segment, customer, ordinal, items, items, (given, who, visit, count, other) => {
        cart.draw(given, who, visit, count);
        const first = snapshot();
        cart.draw(given, who + 1, visit, other);
        cart.draw(given, who, visit, count);
        expect(snapshot()).toEqual(first);
      }),
    );
  });

  it.each(vocab.signup_channels)('%s: has the categories its channel prefers, and each product of one alike', (channel) => {
    const given = model.segments[model.segmentOf(vocab.signup_channels.indexOf(channel), 0)]!;
    const counts = new Float64Array(products.count);
    const draws = 20_000 * 3;
    for (let i = 0; i < 20_000; i++) {
      cart.draw(given, i, 0, 3);
      for (let item = 0; item < 3; item++) counts[cart.product[item]!]!++;
    }
    const weights = parameters.category_preference_by_signup_channel[channel]!;
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    vocab.categories.forEach((category, index) => {
      const share = weights[category]! / total;
      const ofCategory = model.productsByCategory[index]!;
      const found = ofCategory.reduce((sum, product) => sum + counts[product]!, 0);
      expect(Math.abs(found / draws - share), category).toBeLessThan(tolerance(share, draws));
      for (const product of ofCategory) {
        expect(products.category[product]).toBe(index);
        const each = share / ofCategory.length;
        expect(Math.abs(counts[product]! / draws - each)).toBeLessThan(tolerance(each, draws));
      }
    });
  });
});

describe('OrderLines', () => {
  it('has each product once, by product ID, with all of its pieces', () => {
    // Product IDs that do not rise with their place in the table, and few products: many meet in a cart.
    const shuffled = new OrderLines({ ...products, id: Int32Array.from(products.id, (_, i) => ((i * 7919) % 1009) + 1) });
    const idOf = (product: number) => ((product * 7919) % 1009) + 1;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 9 })), { maxLength: MAX_CART_ITEMS }), (drawn) => {
        cart.size = drawn.length;
        drawn.forEach(([product, quantity], i) => {
          cart.product[i] = product;
          cart.quantity[i] = quantity;
        });
        const expected = [...Map.groupBy(drawn, ([product]) => product)]
          .map(([product, group]) => ({ product, quantity: group.reduce((sum, [, quantity]) => sum + quantity, 0) }))
          .toSorted((a, b) => idOf(a.product) - idOf(b.product));
        shuffled.merge(cart);
        const merged = Array.from({ length: shuffled.size }, (_, i) => ({ product: shuffled.product[i], quantity: shuffled.quantity[i] }));
        expect(merged).toEqual(expected);
      }),
    );
  });

  it('keeps the total of the cart', () => {
    fc.assert(
      fc.property(segment, customer, ordinal, items, (given, who, visit, count) => {
        cart.draw(given, who, visit, count);
        lines.merge(cart);
        let total = 0;
        for (let line = 0; line < lines.size; line++) total += lines.quantity[line]! * products.priceCents[lines.product[line]!]!;
        expect(total).toBe(cart.totalCents);
      }),
    );
  });
});
