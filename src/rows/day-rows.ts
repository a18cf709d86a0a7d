// One day of the plan to its six record batches: a pure function of config, lookups, plan and day.

import type { RecordBatch } from 'apache-arrow';
import { MOST_DAYS_LATE } from '../config/planted-values.ts';
import type { Config } from '../config/schema.ts';
import type { Lookups } from '../lookups/load.ts';
import { ordinalOf, rowsOn, statusOf, type Plan } from '../plan/build-plan.ts';
import { CartContents, OrderLines } from '../plan/cart-contents.ts';
import type { LateRows } from '../plan/late-rows.ts';
import { compileModel, type Model, type Segment } from '../plan/model.ts';
import { ReturnDraw } from '../plan/return-draw.ts';
import type { ParentTable, TransactionTable } from '../tables/index.ts';
import type { BatchBuilder } from '../tables/column-builders.ts';
import { CartItemRows } from './cart-items.ts';
import type { DayContext } from './context.ts';
import { OrderDraw } from './order-draw.ts';
import { OrderItemRows } from './order-items.ts';
import { OrderRows } from './orders.ts';
import { ReturnItemRows, ReturnRows } from './returns.ts';
import { ShoppingCartRows } from './shopping-carts.ts';
import { TimestampWriter } from './words.ts';

export type DayBatches = Record<TransactionTable, RecordBatch>;

/** Rows `[from, to)` of a batch whose events were on an earlier day (index). */
export interface LateRange {
  readonly day: number;
  readonly from: number;
  readonly to: number;
}

/** Keeps its memory from one day to the next: use a day's batches before asking for another's. */
export class DayRows {
  private readonly lookups: Lookups;
  private readonly plan: Plan;
  private readonly late: LateRows | undefined;
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
  private readonly tables: Record<TransactionTable, { readonly batch: BatchBuilder }>;
  private ranges: { day: number; before: Record<TransactionTable, number>; after: Record<TransactionTable, number> }[] = [];

  constructor(config: Config, lookups: Lookups, plan: Plan, late?: LateRows) {
    this.lookups = lookups;
    this.plan = plan;
    this.late = late;
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
    this.tables = {
      shopping_carts: this.carts,
      cart_items: this.cartItems,
      orders: this.orders,
      order_items: this.orderItems,
      returns: this.returns,
      return_items: this.returnItems,
    };
  }

  /** What arrives on a day (index of the plan, from 0): late rows first, so that keys ascend. */
  make(day: number): DayBatches {
    for (const [table, { batch }] of Object.entries(this.tables)) batch.reset(rowsOn(this.plan, table as TransactionTable, day));
    this.ranges = [];
    for (let event = this.late === undefined ? day : Math.max(0, day - MOST_DAYS_LATE); event <= day; event++) {
      const before = this.countRows();
      const context: DayContext = { lookups: this.lookups, timestamps: new TimestampWriter(this.plan.firstDay + event) };
      this.makeCarts(event, day - event, context);
      this.makeOrders(event, day - event, context);
      this.makeReturns(event, day - event, context);
      if (event < day) this.ranges.push({ day: event, before, after: this.countRows() });
    }
    return mapTables(this.tables, ({ batch }) => batch.finish());
  }

  /** Where the late rows of the day made last stand. */
  lateRanges(table: TransactionTable): LateRange[] {
    return this.ranges
      .map(({ day, before, after }) => ({ day, from: before[table], to: after[table] }))
      .filter(({ from, to }) => from < to);
  }

  private countRows(): Record<TransactionTable, number> {
    return mapTables(this.tables, ({ batch }) => batch.builders[0]!.rows);
  }

  private arrives(table: ParentTable, id: number, delay: number): boolean {
    return this.late === undefined || this.late.delayOf(table, id) === delay;
  }

  private makeCarts(day: number, delay: number, context: DayContext): void {
    const { carts, rowsBefore } = this.plan;
    let itemId = rowsBefore.cart_items[day]! + 1;
    for (let i = carts.dayStart[day]!; i < carts.dayStart[day + 1]!; i++) {
      const items = carts.items[i]!;
      if (this.arrives('shopping_carts', i + 1, delay)) {
        const customer = carts.customer[i]!;
        const visit = carts.visit[i]!;
        const timeMs = carts.time[i]!;
        this.cart.draw(this.segmentOf(customer), customer, ordinalOf(visit), items);
        this.carts.push(context, i + 1, customer, timeMs, statusOf(visit), this.cart);
        this.cartItems.push(context, itemId, i + 1, timeMs, this.cart);
      }
      itemId += items;
    }
  }

  private makeOrders(day: number, delay: number, context: DayContext): void {
    const { orders } = this.plan;
    for (let i = orders.dayStart[day]!; i < orders.dayStart[day + 1]!; i++) {
      if (!this.arrives('orders', i + 1, delay)) continue;
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

  private makeReturns(day: number, delay: number, context: DayContext): void {
    const { returns, rowsBefore } = this.plan;
    let firstItemId = rowsBefore.return_items[day]! + 1;
    for (let i = returns.dayStart[day]!; i < returns.dayStart[day + 1]!; i++) {
      if (this.arrives('returns', i + 1, delay)) {
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
      }
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

function mapTables<A, B>(tables: Record<TransactionTable, A>, make: (of: A) => B): Record<TransactionTable, B> {
  return Object.fromEntries(Object.entries(tables).map(([table, of]) => [table, make(of)])) as Record<TransactionTable, B>;
}
