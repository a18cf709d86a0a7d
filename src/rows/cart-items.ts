// Rows of cart_items: every item of one cart, in the order they were added.

import type { CartContents } from '../plan/cart-contents.ts';
import { BatchBuilder } from '../tables/column-builders.ts';
import { TABLES } from '../tables/index.ts';
import type { DayContext } from './context.ts';
import { IdWriter, pushShared, Words } from './words.ts';

export class CartItemRows {
  readonly batch = new BatchBuilder(TABLES.cart_items.columns);
  private readonly itemId = this.batch.int('cart_item_id');
  private readonly cartId = this.batch.text('cart_id');
  private readonly productId = this.batch.int('product_id');
  private readonly productName = this.batch.text('product_name');
  private readonly category = this.batch.text('category');
  private readonly addedAt = this.batch.text('added_at');
  private readonly quantity = this.batch.int('quantity');
  private readonly unitPrice = this.batch.float('unit_price');
  private readonly cartIds = new IdWriter(TABLES.shopping_carts.idPrefix!);
  private readonly categories: Words;

  constructor(categories: readonly string[]) {
    this.categories = new Words(categories);
  }

  push(context: DayContext, firstItemId: number, cartId: number, timeMs: number, cart: CartContents): void {
    const { id, name, category, priceCents } = context.lookups.products;
    for (let i = 0; i < cart.size; i++) {
      const product = cart.product[i]!;
      this.itemId.push(firstItemId + i);
      this.cartIds.push(this.cartId, cartId);
      this.productId.push(id[product]!);
      pushShared(this.productName, name, product);
      this.categories.push(this.category, category[product]!);
      context.timestamps.push(this.addedAt, timeMs + cart.addedMs[i]!);
      this.quantity.push(cart.quantity[i]!);
      this.unitPrice.push(priceCents[product]! / 100);
    }
  }
}
