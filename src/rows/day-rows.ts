// One day of the plan to its six record batches: a pure function of config, lookups, plan and day.

import type { RecordBatch } from 'apache-arrow';
import type { Config } from '../config/schema.ts';
import type { Lookups } from '../lookups/load.ts';
import { ordinalOf, rowsOn, statusOf, type Plan } from '../plan/build-plan.ts';
import { CartContents, OrderLines } from '../plan/cart-contents.ts';
import { compileModel, type Model, type Segment } from '../plan/model.ts';
import { ReturnDraw } from '../plan/return-draw.ts';
import type { TransactionTable } from '../tables/index.ts';
import { CartItemRows } from './cart-items.ts';
import type { DayContext } from './context.ts';
import { OrderDraw } from './order-draw.ts';
import { OrderItemRows } from './order-items.ts';
import { OrderRows } from './orders.ts';
import { ReturnItemRows, ReturnRows } from './returns.ts';
import { ShoppingCartRows } from './shopping-carts.ts';
import { TimestampWriter } from './words.ts';

export type DayBatches = Record<TransactionTable, RecordBatch>;

/** Keeps its memory from one day to the next: use a day's batches before asking for another's. */
export class DayRows {
  private readonly lookups: Lookups;
  private readonly plan: Plan;
  private readonly model: Model;
  private readonly cart: CartContents;
  private readonly lines: OrderLines;
  private readonly order: OrderDraw;
  private readonly sentBack: ReturnDraw;
  private readonly carts = new ShoppingCartRows();
  private readonly cartItems: CartItemRows;
  private readonly orders: OrderRows;
  private readonly orderItems: OrderItemRows;
  private readonly returns: ReturnRows;
  private readonly returnItems: ReturnItemRows;

  constructor(config: Config, lookups: Lookups, plan: Plan) {
    this.lookups = lookups;
    this.plan = plan;
    this.model = compileModel(config, lookups);
    this.cart = new CartContents(this.model, lookups.products);
    this.lines = new OrderLines(lookups.products);
    this.order = new OrderDraw(config, lookups.products);
    this.sentBack = new ReturnDraw(this.model);
    const { categories } = config.vocab;
    this.cartItems = new CartItemRows(categories);
    this.orders = new OrderRows(this.order, this.model.tiers.names, this.model.clvBuckets.names);
    this.orderItems = new OrderItemRows(categories);
    this.returnItems = new ReturnItemRows(categories);
    this.returns = new ReturnRows(config, this.order, this.returnItems);
  }

  /** `day` is the plan's index, from 0. */
  make(day: number): DayBatches {
    const context: DayContext = { lookups: this.lookups, timestamps: new TimestampWriter(this.plan.firstDay + day) };
    this.makeCarts(day, context);
    this.makeOrders(day, context);
    this.makeReturns(day, context);
    return {
      shopping_carts: this.carts.batch.finish(),
      cart_items: this.cartItems.batch.finish(),
      orders: this.orders.batch.finish(),
      order_items: this.orderItems.batch.finish(),
      returns: this.returns.batch.finish(),
      return_items: this.returnItems.batch.finish(),
    };
  }

  private makeCarts(day: number, context: DayContext): void {
    const { carts, rowsBefore } = this.plan;
    this.carts.batch.reset(rowsOn(this.plan, 'shopping_carts', day));
    this.cartItems.batch.reset(rowsOn(this.plan, 'cart_items', day));
    let itemId = rowsBefore.cart_items[day]! + 1;
    for (let i = carts.dayStart[day]!; i < carts.dayStart[day + 1]!; i++) {
      const customer = carts.customer[i]!;
      const visit = carts.visit[i]!;
      const timeMs = carts.time[i]!;
      this.cart.draw(this.segmentOf(customer), customer, ordinalOf(visit), carts.items[i]!);
      this.carts.push(context, i + 1, customer, timeMs, statusOf(visit), this.cart);
      this.cartItems.push(context, itemId, i + 1, timeMs, this.cart);
      itemId += this.cart.size;
    }
  }

  private makeOrders(day: number, context: DayContext): void {
    const { orders } = this.plan;
    this.orders.batch.reset(rowsOn(this.plan, 'orders', day));
    this.orderItems.batch.reset(rowsOn(this.plan, 'order_items', day));
    for (let i = orders.dayStart[day]!; i < orders.dayStart[day + 1]!; i++) {
      const customer = orders.customer[i]!;
      const items = orders.items[i]!;
      this.redrawOrder(customer, orders.visit[i]!, items);
      const planned = {
        id: i + 1,
        customer,
        timeMs: orders.time[i]!,
        items,
        tier: orders.tier[i]!,
        clvBucket: orders.clvBucket[i]!,
        reactivated: orders.reactivated[i] === 1,
      };
      this.orders.push(context, planned, this.order);
      this.orderItems.push(context, i + 1, this.lines, this.order);
    }
  }

  private makeReturns(day: number, context: DayContext): void {
    const { returns, rowsBefore } = this.plan;
    this.returns.batch.reset(rowsOn(this.plan, 'returns', day));
    this.returnItems.batch.reset(rowsOn(this.plan, 'return_items', day));
    let firstItemId = rowsBefore.return_items[day]! + 1;
    for (let i = returns.dayStart[day]!; i < returns.dayStart[day + 1]!; i++) {
      const customer = returns.customer[i]!;
      const ordinal = returns.visit[i]!;
      const segment = this.redrawOrder(customer, ordinal, returns.items[i]!);
      this.sentBack.draw(segment, customer, ordinal, this.lines);
      const planned = {
        id: i + 1,
        firstItemId,
        orderId: returns.order[i]! + 1,
        customer,
        ordinal,
        which: returns.which[i]!,
        timeMs: returns.time[i]!,
      };
      this.returns.push(context, planned, this.lines, this.order, this.sentBack);
      firstItemId += returns.lines[i]!;
    }
  }

  /** Fills cart, lines and order of one converted visit again from their streams. */
  private redrawOrder(customer: number, ordinal: number, items: number): Segment {
    const segment = this.segmentOf(customer);
    this.cart.draw(segment, customer, ordinal, items);
    this.lines.merge(this.cart);
    this.order.draw(customer, ordinal, this.lines);
    return segment;
  }

  private segmentOf(customer: number): Segment {
    const { signupChannel, tier } = this.lookups.customers;
    return this.model.segments[this.model.segmentOf(signupChannel[customer]!, tier[customer]!)]!;
  }
}
