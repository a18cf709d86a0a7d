// Times: how they are written, which partition they belong to, and what comes before what.

import { parseDay } from '../../../lib/days.ts';
import { faultyRows, type RowCheck } from '../rule.ts';

const DAY_MS = 86_400_000;

export const TIME_CHECKS: readonly RowCheck[] = [
  {
    name: 'timestamps',
    description: 'timestamps are written as 2020-03-01T13:59:50.717',
    rules: () => [
      faultyRows('carts', 't.created IS NULL', `'created_at is no timestamp'`),
      faultyRows('carts', 't.updated IS NULL AND NOT t.updated_missing', `'updated_at is no timestamp'`),
      faultyRows('cart_items', 't.added IS NULL AND NOT t.added_missing', `'added_at is no timestamp'`),
      faultyRows('orders', 't.placed IS NULL', `'order_date ' || t.order_date || ' is no timestamp'`),
      faultyRows('returns', 't.returned IS NULL', `'return_date ' || t.return_date || ' is no timestamp'`),
    ],
  },
  {
    name: 'partition dates',
    description: "a parent lies in the partition of its timestamp's date, or where rows are late, of one of the seven days after",
    rules: ({ expected }) =>
      (
        [
          ['carts', 'created', 'created_at'],
          ['orders', 'placed', 'order_date'],
          ['returns', 'returned', 'return_date'],
        ] as const
      ).map(([table, moment, column]) =>
        faultyRows(
          table,
          `t.day - t.${moment} // ${DAY_MS} NOT BETWEEN 0 AND ${expected.lastDay - expected.settledDay}`,
          `'${column} is on ' || (DATE '1970-01-01' + (t.${moment} // ${DAY_MS})::INTEGER)::VARCHAR`,
        ),
      ),
  },
  {
    name: 'time order',
    description: 'created, added, updated follow each other; a return comes after its order, within the longest delay configured',
    rules: ({ config }) => {
      const longestDays = config.parameters.return_timing_distribution.at(-1)![0];
      return [
        faultyRows('carts', 't.updated < t.created', `'updated_at is before created_at'`),
        faultyRows(
          'carts',
          's.first_added < t.created',
          `'an item was added before the cart was created'`,
          'carts t JOIN cart_sums s USING (cart, day)',
        ),
        faultyRows(
          'carts',
          's.last_added > t.updated',
          `'an item was added after updated_at'`,
          'carts t JOIN cart_sums s USING (cart, day)',
        ),
        {
          stage: 'lake',
          // Half a day more: delays count shares of a day's traffic, not hours.
          sql: `
            SELECT r.file, r.line, r.return_id || ': return_date is ' || CASE WHEN r.returned < o.placed THEN 'before its order' ELSE 'more than ${longestDays} days after its order' END AS says
            FROM all_returns r JOIN all_orders o USING (ord)
            WHERE r.returned < o.placed OR r.returned > o.placed + ${(longestDays + 1) * DAY_MS}`,
        },
      ];
    },
  },
  {
    name: 'sign-up first',
    description: "nobody shops before the sign-up date; the first visit follows within the days configured, a guest's on the day itself",
    rules: ({ config, expected }) => {
      const [soonest, latest] = config.parameters.time_to_first_cart_days_range;
      const firstDay = parseDay(expected.file.start_date);
      return [
        faultyRows(
          'carts',
          't.created // 86400000 < t.signup_day',
          `'it was created before its customer signed up on ' || (DATE '1970-01-01' + t.signup_day)::VARCHAR`,
        ),
        {
          stage: 'lake',
          // Of those who signed up before the lake begins, the first visit is not in it.
          sql: `
            SELECT v.file, v.line, 'cart number ' || v.cart || ': the first visit of ' || c.customer_id || ' comes ' || (v.day - c.signup_day) || ' days after the sign-up' AS says
            FROM first_visits v JOIN customers c USING (customer)
            WHERE c.signup_day >= ${firstDay} AND CASE WHEN c.is_guest THEN v.day <> c.signup_day ELSE v.day - c.signup_day NOT BETWEEN ${soonest} AND ${latest} END`,
        },
        {
          stage: 'lake',
          sql: `
            SELECT c.file, c.line, 'customer_id ' || c.customer_id || ': has no cart after the sign-up' AS says
            FROM customers c ANTI JOIN first_visits v USING (customer)
            WHERE c.signup_day >= ${firstDay} AND c.signup_day + CASE WHEN c.is_guest THEN 0 ELSE ${latest} END <= ${expected.settledDay}`,
        },
      ];
    },
  },
];
