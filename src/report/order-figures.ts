// What orders tell: who placed them, month by month, and how long until their first return.

import { MS_PER_DAY, parseDay } from '../lib/days.ts';
import type { Funnel, MonthTier, ReturnDelays } from './figures.ts';
import type { RowSource } from './row-source.ts';

/** The contract's longest delay of a return, and the day itself. */
const HORIZON_DAYS = 366;

export async function countTiers(source: RowSource): Promise<MonthTier[]> {
  if (!source.has('orders')) return [];
  const rows = await source.rows(
    `SELECT substr(order_date, 1, 7) AS month, customer_tier AS tier, count(*) AS orders
     FROM ${source.table('orders')} GROUP BY ALL ORDER BY month, tier`,
  );
  return rows as unknown as MonthTier[];
}

export async function countReturnedOrders(source: RowSource): Promise<number> {
  if (!source.has('returns')) return 0;
  const [row] = await source.rows(`SELECT count(DISTINCT order_id) AS orders FROM ${source.table('returns')}`);
  return row!['orders'] as number;
}

/** `states`: carts by status, folded. */
export function describeFunnel(states: Readonly<Record<string, number>>, orders: number, ordersReturned: number): Funnel {
  const carts = Object.values(states).reduce((sum, count) => sum + count, 0);
  return { carts, states, orders, ordersReturned };
}

/** `end`: the last date of the lake. Orders that could not be watched for a year are left out, where others are there. */
export async function findReturnDelays(source: RowSource, end: string): Promise<ReturnDelays | undefined> {
  if (!source.has('orders') || !source.has('returns')) return undefined;
  const lastPlaced = (parseDay(end) + 1 - HORIZON_DAYS) * MS_PER_DAY;
  const rows = await source.rows(`
    WITH placed AS (SELECT order_id, epoch_ms(order_date::TIMESTAMP) AS ms FROM ${source.table('orders')}),
      first_returned AS (SELECT order_id, min(return_date) AS date FROM ${source.table('returns')} GROUP BY order_id)
    SELECT ms < ${lastPlaced} AS watched, (epoch_ms(date::TIMESTAMP) - ms) // ${MS_PER_DAY} AS day, count(*) AS orders
    FROM placed LEFT JOIN first_returned USING (order_id) GROUP BY ALL ORDER BY day`);
  const isWatchedToTheEnd = rows.some(({ watched }) => watched === true);
  const own = rows.filter(({ watched }) => !isWatchedToTheEnd || watched === true);
  const orders = own.reduce((sum, row) => sum + (row['orders'] as number), 0);
  const byDay = new Map<number, number>();
  for (const row of own) {
    if (typeof row['day'] === 'number') byDay.set(row['day'], (byDay.get(row['day']) ?? 0) + (row['orders'] as number));
  }
  const days = [...byDay].map(([day, count]) => ({ day, orders: count })).toSorted((a, b) => a.day - b.day);
  return { orders, horizonDays: HORIZON_DAYS, isWatchedToTheEnd, days };
}
