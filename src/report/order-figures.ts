// What orders tell: who placed them, month by month, and how long until their first return.

import { MS_PER_DAY, parseDay } from '../lib/days.ts';
import type { MonthTier, ReturnDelays } from './figures.ts';
import type { RowSource } from './row-source.ts';

/** The contract's longest delay of a return, and the day itself. */
const HORIZON_DAYS = 366;

/** The month is the partition's: the text of a date may be damaged. */
export async function countTiers(source: RowSource): Promise<MonthTier[]> {
  if (!source.has('orders')) return [];
  const rows = await source.rows(
    `SELECT regexp_extract(filename, 'ingest_dt=(\\d{4}-\\d{2})', 1) AS month, trim(customer_tier) AS tier, count(*) AS orders
     FROM ${source.table('orders')} GROUP BY ALL ORDER BY month, tier`,
  );
  return rows as unknown as MonthTier[];
}

export interface OrderReturns {
  /** Orders with a return, of all. */
  readonly ordersReturned: number;
  readonly delays: ReturnDelays;
}

/**
 * `end`: the last date of the lake. Of the delays, orders that could not be watched for a year are left out where others are
 * there, and such whose dates cannot be read.
 */
export async function followReturns(source: RowSource, end: string): Promise<OrderReturns | undefined> {
  if (!source.has('orders') || !source.has('returns')) return undefined;
  const lastPlaced = (parseDay(end) + 1 - HORIZON_DAYS) * MS_PER_DAY;
  const ms = (column: string): string => `epoch_ms(TRY_CAST(${column} AS TIMESTAMP))`;
  const rows = await source.rows(`
    WITH placed AS (SELECT order_id, ${ms('order_date')} AS ms FROM ${source.table('orders')}),
      first_returned AS (SELECT order_id, min(${ms('return_date')}) AS ms FROM ${source.table('returns')} GROUP BY order_id)
    SELECT p.ms < ${lastPlaced} AS watched, r.order_id IS NOT NULL AS returned, (r.ms - p.ms) // ${MS_PER_DAY} AS day, count(*) AS orders
    FROM placed p LEFT JOIN first_returned r USING (order_id) GROUP BY ALL ORDER BY day`);
  const sum = (list: typeof rows): number => list.reduce((total, row) => total + (row['orders'] as number), 0);
  const isWatchedToTheEnd = rows.some(({ watched }) => watched === true);
  const own = rows.filter(({ watched }) => watched !== null && (!isWatchedToTheEnd || watched === true));
  const byDay = Map.groupBy(
    own.filter(({ day }) => typeof day === 'number' && day >= 0),
    ({ day }) => day as number,
  );
  return {
    ordersReturned: sum(rows.filter(({ returned }) => returned === true)),
    delays: {
      orders: sum(own),
      horizonDays: HORIZON_DAYS,
      isWatchedToTheEnd,
      days: [...byDay].map(([day, list]) => ({ day, orders: sum(list) })),
    },
  };
}
