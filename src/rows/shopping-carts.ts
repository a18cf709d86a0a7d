// Rows of shopping_carts.

import type { CartContents } from '../plan/cart-contents.ts';
import { CART_STATUSES } from '../plan/visit.ts';
import { BatchBuilder } from '../tables/column-builders.ts';
import { TABLES } from '../tables/index.ts';
import type { DayContext } from './context.ts';
import { IdWriter, pushShared, Words } from './words.ts';

export class ShoppingCartRows {
  readonly batch = new BatchBuilder(TABLES.shopping_carts.columns);
  private readonly cartId = this.batch.text('cart_id');
  private readonly customerId = this.batch.text('customer_id');
  private readonly createdAt = this.batch.text('created_at');
  private readonly updatedAt = this.batch.text('updated_at');
  private readonly cartTotal = this.batch.float('cart_total');
  private readonly status = this.batch.text('status');
  private readonly ids = new IdWriter(TABLES.shopping_carts.idPrefix!);
  private readonly statuses = new Words(CART_STATUSES);

  push(context: DayContext, id: number, customer: number, timeMs: number, status: number, cart: CartContents): void {
    this.ids.push(this.cartId, id);
    pushShared(this.customerId, context.lookups.customers.id, customer);
    context.timestamps.push(this.createdAt, timeMs);
    context.timestamps.push(this.updatedAt, timeMs + cart.updatedMs);
    this.cartTotal.push(cart.totalCents / 100);
    this.statuses.push(this.status, status);
  }
}
