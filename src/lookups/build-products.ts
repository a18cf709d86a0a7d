// The product catalogue: as many products of each category as of any other.

import type { RecordBatch } from 'apache-arrow';
import type { Config } from '../config/schema.ts';
import { Stream } from '../lib/random.ts';
import { BatchBuilder } from '../tables/column-builders.ts';
import { TABLES } from '../tables/index.ts';

/** The whole catalogue in one batch, by `product_id` from 1. */
export function buildProducts(config: Config): RecordBatch {
  const products = config.lookup_config.product_catalog;
  const { num_products, cost_price_margin_range: margin, min_inventory_quantity, max_inventory_quantity } = products;
  const minCents = Math.round(products.min_price * 100);
  const maxCents = Math.round(products.max_price * 100);
  const { categories } = config.vocab;
  const names = categories.map((category) => shuffledNames(config, category));
  const stream = new Stream(config.faker_seed, 'products');
  const batch = new BatchBuilder(TABLES.product_catalog.columns);
  batch.reset(num_products);
  for (let id = 1; id <= num_products; id++) {
    const category = (id - 1) % categories.length;
    stream.open(id);
    const priceCents = stream.between(minCents, maxCents);
    const costCents = Math.round(priceCents * (margin[0] + (margin[1] - margin[0]) * stream.unit()));
    batch.int('product_id').push(id);
    batch.text('product_name').pushText(nameAt(names[category]!, Math.floor((id - 1) / categories.length)));
    batch.text('category').pushText(categories[category]!);
    batch.float('unit_price').push(priceCents / 100);
    batch.float('cost_price').push(costCents / 100);
    batch.int('inventory_quantity').push(stream.between(min_inventory_quantity, max_inventory_quantity));
  }
  return batch.finish();
}

/** Every pair of adjective and noun of a category, in an order drawn from the seed. */
function shuffledNames(config: Config, category: string): string[] {
  const { adjectives, nouns } = config.vocab.category_vocab[category]!;
  const names = adjectives.flatMap((adjective) => nouns.map((noun) => `${adjective} ${noun}`));
  const stream = new Stream(config.faker_seed, `product names/${category}`).open(0);
  for (let i = names.length - 1; i > 0; i--) {
    const other = stream.below(i + 1);
    [names[i], names[other]] = [names[other]!, names[i]!];
  }
  return names;
}

/** When the pairs run out they come again, numbered. */
function nameAt(names: readonly string[], index: number): string {
  const round = Math.floor(index / names.length);
  const name = names[index % names.length]!;
  return round === 0 ? name : `${name} ${round + 1}`;
}
