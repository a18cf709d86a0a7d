// Rows of orders.

import { BatchBuilder } from '../tables/column-builders.ts';
import { TABLES } from '../tables/index.ts';
import type { DayContext } from './context.ts';
import type { OrderDraw } from './order-draw.ts';
import { IdWriter, pushShared, Words } from './words.ts';

/** What the plan knows of an order. */
export interface PlannedOrder {
  id: number;
  customer: number;
  timeMs: number;
  /** Cart lines before equal products were merged. */
  items: number;
  tier: number;
  clvBucket: number;
  reactivated: boolean;
}

export class OrderRows {
  readonly batch = new BatchBuilder(TABLES.orders.columns);
  private readonly orderId = this.batch.text('order_id');
  private readonly totalItems = this.batch.int('total_items');
  private readonly orderDate = this.batch.text('order_date');
  private readonly customerId = this.batch.text('customer_id');
  private readonly email = this.batch.text('email');
  private readonly orderChannel = this.batch.text('order_channel');
  private readonly isExpedited = this.batch.bool('is_expedited');
  private readonly customerTier = this.batch.text('customer_tier');
  private readonly grossTotal = this.batch.float('gross_total');
  private readonly netTotal = this.batch.float('net_total');
  private readonly discountAmount = this.batch.float('total_discount_amount');
  private readonly paymentMethod = this.batch.text('payment_method');
  private readonly shippingSpeed = this.batch.text('shipping_speed');
  private readonly shippingCost = this.batch.float('shipping_cost');
  private readonly agentId = this.batch.text('agent_id');
  private readonly actualShippingCost = this.batch.float('actual_shipping_cost');
  private readonly processingFee = this.batch.float('payment_processing_fee');
  private readonly shippingAddress = this.batch.text('shipping_address');
  private readonly billingAddress = this.batch.text('billing_address');
  private readonly clvBucket = this.batch.text('clv_bucket');
  private readonly isReactivated = this.batch.bool('is_reactivated');
  private readonly ids = new IdWriter(TABLES.orders.idPrefix!);
  private readonly channels: Words;
  private readonly payments: Words;
  private readonly speeds: Words;
  private readonly agents: Words;
  private readonly tiers: Words;
  private readonly clvBuckets: Words;

  constructor(draw: OrderDraw, tiers: readonly string[], clvBuckets: readonly string[]) {
    this.channels = new Words(draw.channels);
    this.payments = new Words(draw.payments);
    this.speeds = new Words(draw.speeds);
    this.agents = new Words(draw.agents);
    this.tiers = new Words(tiers);
    this.clvBuckets = new Words(clvBuckets);
  }

  push(context: DayContext, order: PlannedOrder, draw: OrderDraw): void {
    const { customers } = context.lookups;
    const { customer } = order;
    this.ids.push(this.orderId, order.id);
    this.totalItems.push(order.items);
    context.timestamps.push(this.orderDate, order.timeMs);
    pushShared(this.customerId, customers.id, customer);
    pushShared(this.email, customers.email, customer);
    this.channels.push(this.orderChannel, draw.channel);
    this.isExpedited.push(draw.expedited);
    this.tiers.push(this.customerTier, order.tier);
    this.grossTotal.push(draw.grossCents / 100);
    this.netTotal.push((draw.grossCents - draw.discountCents) / 100);
    this.discountAmount.push(draw.discountCents / 100);
    this.payments.push(this.paymentMethod, draw.payment);
    this.speeds.push(this.shippingSpeed, draw.speed);
    this.shippingCost.push(draw.shippingCents / 100);
    this.agents.push(this.agentId, draw.agent);
    this.actualShippingCost.push(draw.actualShippingCents / 100);
    this.processingFee.push(draw.feeCents / 100);
    pushShared(this.shippingAddress, customers.mailingAddress, customer);
    pushShared(this.billingAddress, customers.billingAddress, customer);
    this.clvBuckets.push(this.clvBucket, order.clvBucket);
    this.isReactivated.push(order.reactivated);
  }
}
