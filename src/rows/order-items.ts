// Rows of order_items: the lines of one order, by product ID.

import type { OrderLines } from '../plan/cart-contents.ts';
import { BatchBuilder } from '../tables/column-builders.ts';
import { TABLES } from '../tables/index.ts';
import type { DayContext } from './context.ts';
import type { OrderDraw } from './order-draw.ts';
import { IdWriter, pushShared, Words } from './words.ts';

export class OrderItemRows {
  readonly batch = new BatchBuilder(TABLES.order_items.columns);
  private readonly orderId = this.batch.text('order_id');
  private readonly productId = this.batch.int('product_id');
  private readonly productName = this.batch.text('product_name');
  private readonly category = this.batch.text('category');
  private readonly quantity = this.batch.int('quantity');
  private readonly unitPrice = this.batch.float('unit_price');
  private readonly discountAmount = this.batch.float('discount_amount');
  private readonly costPrice = this.batch.float('cost_price');
  private readonly orderIds = new IdWriter(TABLES.orders.idPrefix!);
  private readonly categories: Words;

  constructor(categories: readonly string[]) {
    this.categories = new Words(categories);
  }

  push(context: DayContext, orderId: number, lines: OrderLines, draw: OrderDraw): void {
    const { id, name, category, priceCents, costCents } = context.lookups.products;
    for (let line = 0; line < lines.size; line++) {
      const product = lines.product[line]!;
      this.orderIds.push(this.orderId, orderId);
      this.productId.push(id[product]!);
      pushShared(this.productName, name, product);
      this.categories.push(this.category, category[product]!);
      this.quantity.push(lines.quantity[line]!);
      this.unitPrice.push(priceCents[product]! / 100);
      this.discountAmount.push(draw.lineDiscountCents[line]! / 100);
      this.costPrice.push(costCents[product]! / 100);
    }
  }
}
