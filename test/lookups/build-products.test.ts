import { describe, expect, it } from 'vitest';
import { buildProducts } from '../../src/lookups/build-products.ts';
import { configWith, rowsOf, type Changes, type ProductRow } from './sample-lookups.ts';

const productsOf = (changes: Changes = {}): ProductRow[] => rowsOf(buildProducts(configWith(changes)));
const cents = (dollars: number): number => Math.round(dollars * 100);

describe('buildProducts', () => {
  const rows = productsOf();

  it('numbers products from 1 and gives every category as many as any other', () => {
    expect(rows.map((row) => row.product_id)).toEqual(Array.from({ length: 3000 }, (_, i) => BigInt(i + 1)));
    const sizes = (some: ProductRow[]) => [...Map.groupBy(some, (row) => row.category).values()].map((list) => list.length);
    expect(sizes(rows)).toEqual([600, 600, 600, 600, 600]);
    expect(sizes(productsOf({ products: { num_products: 13 } })).toSorted((a, b) => a - b)).toEqual([2, 2, 3, 3, 3]);
  });

  it('is the same for the same seed and another for another', () => {
    expect(productsOf()).toEqual(rows);
    expect(productsOf({ seed: 43 })).not.toEqual(rows);
  });

  it('keeps products as they are when more are added', () => {
    expect(productsOf({ products: { num_products: 4000 } }).slice(0, 3000)).toEqual(rows);
  });

  it('names products of a category apart, with its own words, numbered only when the words run out', () => {
    const { category_vocab } = configWith({}).vocab;
    for (const [category, list] of Map.groupBy(rows, (row) => row.category)) {
      const { adjectives, nouns } = category_vocab[category]!;
      const names = new Set(adjectives.flatMap((adjective) => nouns.map((noun) => `${adjective} ${noun}`)));
      expect(new Set(list.map((row) => row.product_name)).size).toBe(list.length);
      expect(list.filter((row) => !names.has(row.product_name))).toEqual([]);
    }
    const few = { categories: ['Books'], category_vocab: { Books: { adjectives: ['Odd', 'Even'], nouns: ['Book'] } } };
    const names = productsOf({ vocab: few, products: { num_products: 5 } }).map((row) => row.product_name);
    expect(names.slice(0, 2).toSorted()).toEqual(['Even Book', 'Odd Book']);
    expect(names.slice(2, 4).toSorted()).toEqual(['Even Book 2', 'Odd Book 2']);
    expect(names.at(-1)).toMatch(/^(Odd|Even) Book 3$/);
  });

  it('mixes the words from the first product on', () => {
    const books = rows.filter((row) => row.category === 'Books').slice(0, 25);
    expect(new Set(books.map((row) => row.product_name.split(' ')[0])).size).toBeGreaterThan(10);
    expect(productsOf({ seed: 43 }).map((row) => row.product_name)).not.toEqual(rows.map((row) => row.product_name));
  });

  it('draws prices, costs and stock over their ranges, in whole cents', () => {
    for (const row of rows) {
      for (const money of [row.unit_price, row.cost_price]) expect(money).toBe(cents(money) / 100);
      expect(row.unit_price).toBeGreaterThanOrEqual(5);
      expect(row.unit_price).toBeLessThanOrEqual(250);
      expect(row.cost_price).toBeGreaterThanOrEqual(row.unit_price * 0.4 - 0.005_01);
      expect(row.cost_price).toBeLessThanOrEqual(row.unit_price * 0.7 + 0.005_01);
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // A uniform's standard deviation is its span / √12.
    const tolerance = (span: number) => (4.5 * span) / Math.sqrt(12 * rows.length);
    expect(Math.abs(mean(rows.map((row) => row.unit_price)) - 127.5)).toBeLessThan(tolerance(245));
    expect(Math.abs(mean(rows.map((row) => row.cost_price / row.unit_price)) - 0.55)).toBeLessThan(tolerance(0.3));
    const stock = rows.map((row) => Number(row.inventory_quantity));
    expect(Math.abs(mean(stock) - 175)).toBeLessThan(tolerance(151));
    expect([Math.min(...stock), Math.max(...stock)]).toEqual([100, 250]);
  });

  it('meets bounds that binary fractions miss', () => {
    for (const price of [1.1, 0.29, 4.35, 0.01]) {
      const some = productsOf({ products: { min_price: price, max_price: price, num_products: 5 } });
      expect(new Set(some.map((row) => row.unit_price))).toEqual(new Set([price]));
    }
  });
});
