// Rows of returns and of return_items: both need the refund of each line, so they are made together.

import type { Config } from '../config/schema.ts';
import { Stream, WeightedChoice } from '../lib/random.ts';
import type { OrderLines } from '../plan/cart-contents.ts';
import type { ReturnDraw } from '../plan/return-draw.ts';
import { BatchBuilder } from '../tables/column-builders.ts';
import { TABLES } from '../tables/index.ts';
import type { DayContext } from './context.ts';
import { PHONE, type OrderDraw } from './order-draw.ts';
import { IdWriter, pushShared, Words } from './words.ts';

/** Every return is one; the contract leaves room for exchanges. */
const RETURN_TYPE = 'Refund';

/** What the plan knows of a return. */
export interface PlannedReturn {
  id: number;
  firstItemId: number;
  orderId: number;
  customer: number;
  ordinal: number;
  /** Number among its order's returns. */
  which: number;
  timeMs: number;
}

export class ReturnRows {
  readonly batch = new BatchBuilder(TABLES.returns.columns);
  private readonly returnId = this.batch.text('return_id');
  private readonly orderId = this.batch.text('order_id');
  private readonly customerId = this.batch.text('customer_id');
  private readonly email = this.batch.text('email');
  private readonly returnDate = this.batch.text('return_date');
  private readonly reason = this.batch.text('reason');
  private readonly returnType = this.batch.text('return_type');
  private readonly refundedAmount = this.batch.float('refunded_amount');
  private readonly returnChannel = this.batch.text('return_channel');
  private readonly agentId = this.batch.text('agent_id');
  private readonly refundMethod = this.batch.text('refund_method');
  private readonly items: ReturnItemRows;
  private readonly ids = new IdWriter(TABLES.returns.idPrefix!);
  private readonly orderIds = new IdWriter(TABLES.orders.idPrefix!);
  private readonly types = new Words([RETURN_TYPE]);
  private readonly reasons: Words;
  private readonly channels: Words;
  private readonly payments: Words;
  private readonly agents: Words;
  private readonly stream: Stream;
  private readonly channelChoices: readonly WeightedChoice[];
  private readonly byPhone: readonly boolean[];

  constructor(config: Config, draw: OrderDraw, items: ReturnItemRows) {
    const { vocab, channel_rules: rules } = config;
    this.items = items;
    this.reasons = new Words(vocab.return_reasons);
    this.channels = new Words(vocab.return_channels);
    this.payments = new Words(draw.payments);
    this.agents = new Words(draw.agents);
    this.stream = new Stream(config.faker_seed, 'return attributes');
    this.channelChoices = draw.channels.map((channel) => {
      const preference = rules[channel]?.return_channel_preference;
      return new WeightedChoice(vocab.return_channels.map((name) => (preference ? (preference[name] ?? 0) : 1)));
    });
    this.byPhone = vocab.return_channels.map((name) => name === PHONE);
  }

  push(context: DayContext, planned: PlannedReturn, lines: OrderLines, draw: OrderDraw, sentBack: ReturnDraw): void {
    const { customers } = context.lookups;
    const { customer, which } = planned;
    const stream = this.stream.open(customer, planned.ordinal * 2 + which);
    const channel = this.channelChoices[draw.channel]!.pick(stream.next());
    this.ids.push(this.returnId, planned.id);
    this.orderIds.push(this.orderId, planned.orderId);
    pushShared(this.customerId, customers.id, customer);
    pushShared(this.email, customers.email, customer);
    context.timestamps.push(this.returnDate, planned.timeMs);
    this.reasons.push(this.reason, sentBack.reason[which]!);
    this.types.push(this.returnType, 0);
    this.refundedAmount.push(this.items.push(context, planned, lines, draw, sentBack) / 100);
    this.channels.push(this.returnChannel, channel);
    this.agents.push(this.agentId, draw.agentOf(this.byPhone[channel]!, stream.next()));
    this.payments.push(this.refundMethod, draw.payment);
  }
}

export class ReturnItemRows {
  readonly batch = new BatchBuilder(TABLES.return_items.columns);
  private readonly itemId = this.batch.int('return_item_id');
  private readonly returnId = this.batch.text('return_id');
  private readonly orderId = this.batch.text('order_id');
  private readonly productId = this.batch.int('product_id');
  private readonly productName = this.batch.text('product_name');
  private readonly category = this.batch.text('category');
  private readonly quantityReturned = this.batch.int('quantity_returned');
  private readonly unitPrice = this.batch.float('unit_price');
  private readonly costPrice = this.batch.float('cost_price');
  private readonly refundedAmount = this.batch.float('refunded_amount');
  private readonly returnIds = new IdWriter(TABLES.returns.idPrefix!);
  private readonly orderIds = new IdWriter(TABLES.orders.idPrefix!);
  private readonly categories: Words;

  constructor(categories: readonly string[]) {
    this.categories = new Words(categories);
  }

  /** Adds the lines of one return. Returns their refunds' sum in cents. */
  push(context: DayContext, planned: PlannedReturn, lines: OrderLines, draw: OrderDraw, sentBack: ReturnDraw): number {
    const { id, name, category, priceCents, costCents } = context.lookups.products;
    const earlier = planned.which > 0 ? sentBack.quantity[planned.which - 1]! : undefined;
    const quantity = sentBack.quantity[planned.which]!;
    let itemId = planned.firstItemId;
    let sum = 0;
    for (let line = 0; line < lines.size; line++) {
      const pieces = quantity[line]!;
      if (pieces === 0) continue;
      const product = lines.product[line]!;
      const refund = refundCents(draw, lines, line, earlier ? earlier[line]! : 0, pieces);
      this.itemId.push(itemId++);
      this.returnIds.push(this.returnId, planned.id);
      this.orderIds.push(this.orderId, planned.orderId);
      this.productId.push(id[product]!);
      pushShared(this.productName, name, product);
      this.categories.push(this.category, category[product]!);
      this.quantityReturned.push(pieces);
      this.unitPrice.push(priceCents[product]! / 100);
      this.costPrice.push(costCents[product]! / 100);
      this.refundedAmount.push(refund / 100);
      sum += refund;
    }
    return sum;
  }
}

/** A line's price after discount, shared out over its pieces so that all refunds together never exceed it. */
function refundCents(draw: OrderDraw, lines: OrderLines, line: number, before: number, pieces: number): number {
  const paid = draw.lineGrossCents[line]! - draw.lineDiscountCents[line]!;
  const all = lines.quantity[line]!;
  return Math.round((paid * (before + pieces)) / all) - Math.round((paid * before) / all);
}
