// The plan: every event of the horizon with the counts that fix all IDs, known before a row is made.

import type { Config } from '../config/schema.ts';
import { MS_PER_DAY } from '../lib/days.ts';
import type { Lookups } from '../lookups/load.ts';
import { TRANSACTION_TABLES, type TransactionTable } from '../tables/index.ts';
import { calibrateGaps } from './calibrate.ts';
import { CartContents, OrderLines } from './cart-contents.ts';
import { CLOCK_SLACK_DAYS, ShopClock } from './clock.ts';
import { EventGatherer, type SortedEvents } from './events.ts';
import { compileModel, stepAt, type Model } from './model.ts';
import { ReturnDraw } from './return-draw.ts';
import { Timeline } from './timeline.ts';
import { CONVERTED, VisitDraw } from './visit.ts';

/** `visit` is the ordinal of the customer's visit with the cart's status in its two top bits. */
const CART_LAYOUT = { customer: Uint32Array, visit: Uint32Array, items: Uint8Array } as const;
/** `items` and `visit` redraw the cart; `standing` is tier and CLV step; `reactivated` 0 or 1. */
const ORDER_LAYOUT = {
  customer: Uint32Array,
  visit: Uint32Array,
  gathered: Uint32Array,
  items: Uint8Array,
  lines: Uint8Array,
  tier: Uint8Array,
  clvBucket: Uint8Array,
  reactivated: Uint8Array,
} as const;
/** `order` is the position of its order among all orders; `which` its number among that order's returns. */
const RETURN_LAYOUT = {
  customer: Uint32Array,
  visit: Uint32Array,
  order: Uint32Array,
  items: Uint8Array,
  which: Uint8Array,
  lines: Uint8Array,
} as const;

const STATUS_SHIFT = 30;
const ORDINAL_MASK = 2 ** STATUS_SHIFT - 1;

export const statusOf = (visit: number): number => visit >>> STATUS_SHIFT;
export const ordinalOf = (visit: number): number => visit & ORDINAL_MASK;

/** Rows before each day, per table: entry d counts the days before d, the last entry all. */
export type RowsBefore = Record<TransactionTable, Float64Array>;

/** Plain data over shared memory: workers get it by message without a copy. About 16 bytes a cart. */
export interface Plan {
  /** Days since 1970-01-01; the plan's day indexes count from `firstDay`. */
  readonly firstDay: number;
  readonly days: number;
  readonly carts: SortedEvents<typeof CART_LAYOUT>;
  readonly orders: SortedEvents<typeof ORDER_LAYOUT>;
  readonly returns: SortedEvents<typeof RETURN_LAYOUT>;
  readonly rowsBefore: RowsBefore;
}

/** Rows of one table on one day (index from `firstDay`). */
export function rowsOn(plan: Plan, table: TransactionTable, day: number): number {
  return plan.rowsBefore[table][day + 1]! - plan.rowsBefore[table][day]!;
}

/** Simulates all customers and plans `firstDay` to `lastDay`, both inclusive. */
export function buildPlan(config: Config, lookups: Lookups, scale: number, firstDay: number, lastDay: number): Plan {
  const model = compileModel(config, lookups);
  const factor = calibrateGaps(config, model, lookups.customers, scale);
  const clock = new ShopClock(config, Math.min(firstDay, lookups.customers.signupDay[0]!), lastDay + CLOCK_SLACK_DAYS);
  return gatherEvents(model, lookups, new Timeline(model, lookups.customers, clock, factor, lastDay), clock, firstDay, lastDay);
}

function gatherEvents(model: Model, lookups: Lookups, timeline: Timeline, clock: ShopClock, firstDay: number, lastDay: number): Plan {
  const days = lastDay - firstDay + 1;
  const carts = new EventGatherer(CART_LAYOUT, days);
  const orders = new EventGatherer(ORDER_LAYOUT, days);
  const returns = new EventGatherer(RETURN_LAYOUT, days);
  const perDay = Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, new Float64Array(days)])) as RowsBefore;
  const visit = new VisitDraw(model);
  const cart = new CartContents(model, lookups.products);
  const lines = new OrderLines(lookups.products);
  const sentBack = new ReturnDraw(model);
  let orderCount = 0;

  for (let customer = 0; customer < lookups.customers.count; customer++) {
    let spentCents = 0;
    timeline.start(customer);
    while (timeline.next()) {
      const { moment, ordinal, segment } = timeline;
      visit.draw(segment, customer, ordinal, spentCents > 0);
      const day = Math.floor(moment / MS_PER_DAY) - firstDay;
      if (day >= 0) {
        const block = carts.next();
        const at = block.size;
        block.day[at] = day;
        block.time[at] = moment - (day + firstDay) * MS_PER_DAY;
        block.customer[at] = customer;
        block.visit[at] = (ordinal | (visit.status << STATUS_SHIFT)) >>> 0;
        block.items[at] = visit.items;
        carts.added(block);
        perDay.shopping_carts[day]!++;
        perDay.cart_items[day]! += visit.items;
      }
      if (visit.status !== CONVERTED) continue;

      cart.draw(segment, customer, ordinal, visit.items);
      spentCents += cart.totalCents;
      const orderMoment = moment + cart.orderMs;
      timeline.busyUntil(orderMoment);
      const orderDay = Math.floor(orderMoment / MS_PER_DAY) - firstDay;
      if (day < 0 || orderDay >= days) continue;
      lines.merge(cart);
      const order = orders.next();
      const at = order.size;
      order.day[at] = orderDay;
      order.time[at] = orderMoment - (orderDay + firstDay) * MS_PER_DAY;
      order.customer[at] = customer;
      order.visit[at] = ordinal;
      order.gathered[at] = orderCount;
      order.items[at] = visit.items;
      order.lines[at] = lines.size;
      order.tier[at] = stepAt(model.tiers, spentCents);
      order.clvBucket[at] = stepAt(model.clvBuckets, spentCents);
      order.reactivated[at] = timeline.reactivated ? 1 : 0;
      orders.added(order);
      perDay.orders[orderDay]!++;
      perDay.order_items[orderDay]! += lines.size;

      sentBack.draw(segment, customer, ordinal, lines);
      const orderDayTime = clock.toDayTime(orderMoment);
      for (let k = 0; k < sentBack.count; k++) {
        const returnMoment = clock.fromDayTime(orderDayTime + sentBack.delayDays[k]!);
        const returnDay = Math.floor(returnMoment / MS_PER_DAY) - firstDay;
        if (returnDay >= days) break;
        const block = returns.next();
        const index = block.size;
        block.day[index] = returnDay;
        block.time[index] = returnMoment - (returnDay + firstDay) * MS_PER_DAY;
        block.customer[index] = customer;
        block.visit[index] = ordinal;
        block.order[index] = orderCount;
        block.items[index] = visit.items;
        block.which[index] = k;
        block.lines[index] = sentBack.lines[k]!;
        returns.added(block);
        perDay.returns[returnDay]!++;
        perDay.return_items[returnDay]! += sentBack.lines[k]!;
      }
      orderCount++;
    }
  }

  const sortedOrders = orders.sort();
  const sortedReturns = returns.sort();
  pointToOrders(sortedReturns.order, sortedOrders.gathered);
  return {
    firstDay,
    days,
    carts: carts.sort(),
    orders: sortedOrders,
    returns: sortedReturns,
    rowsBefore: Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, runningTotals(perDay[table])])) as RowsBefore,
  };
}

/** Returns know their order by when it was gathered; from here on by its place among all orders. */
function pointToOrders(order: Uint32Array, gathered: Uint32Array): void {
  const place = new Uint32Array(gathered.length);
  for (let i = 0; i < gathered.length; i++) place[gathered[i]!] = i;
  for (let i = 0; i < order.length; i++) order[i] = place[order[i]!]!;
}

function runningTotals(counts: Float64Array): Float64Array {
  const totals = new Float64Array(new SharedArrayBuffer((counts.length + 1) * 8));
  for (let i = 0; i < counts.length; i++) totals[i + 1] = totals[i]! + counts[i]!;
  return totals;
}
