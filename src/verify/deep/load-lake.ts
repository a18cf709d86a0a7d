// What is kept of every window for the questions that only the whole lake answers; a few dozen bytes an order.

import { ascendingSteps } from '../spend-steps.ts';
import { MS_PER_DAY } from '../../lib/days.ts';
import { TRANSACTION_TABLES } from '../../tables/index.ts';
import type { ExpectedLake } from '../expected-lake.ts';
import { wordIndex, type Duck } from './duck.ts';

export async function createLakeTables(duck: Duck): Promise<void> {
  await duck.run(`
    CREATE TEMP TABLE all_converted (file INTEGER, line INTEGER, cart BIGINT, customer INTEGER, total BIGINT, created BIGINT, updated BIGINT,
      items INTEGER, pieces BIGINT, mark BIGINT);
    CREATE TEMP TABLE all_orders (file INTEGER, line INTEGER, ord BIGINT, customer INTEGER, placed BIGINT, gross BIGINT, total_items INTEGER,
      pieces BIGINT, mark BIGINT, tier UTINYINT, clv UTINYINT, payment UTINYINT, reactivated BOOLEAN);
    CREATE TEMP TABLE all_returns (file INTEGER, line INTEGER, return_id VARCHAR, ord BIGINT, customer INTEGER, returned BIGINT, method UTINYINT);
    CREATE TEMP TABLE key_ranges (tbl VARCHAR, file INTEGER, first_id BIGINT, last_id BIGINT);
    CREATE TEMP TABLE first_rows (tbl VARCHAR, file INTEGER, n BIGINT);
    CREATE TEMP TABLE refunds_found (ord BIGINT, product_id BIGINT);
    CREATE TEMP TABLE first_visits (customer INTEGER, file INTEGER, line INTEGER, cart BIGINT, day INTEGER);
    CREATE TEMP TABLE first_converted (customer INTEGER, cart BIGINT)`);
}

/** The key's number in each table whose keys are dense. */
export const DENSE_KEYS = {
  carts: { number: 'cart', table: 'shopping_carts' },
  cart_items: { number: 'item', table: 'cart_items' },
  orders: { number: 'ord', table: 'orders' },
  returns: { number: 'ret', table: 'returns' },
  return_items: { number: 'item', table: 'return_items' },
} as const;

/** Windows must come in order of time. */
export async function keepWindow(duck: Duck, { config, settledDay, lastDay }: ExpectedLake): Promise<void> {
  const tiers = ascendingSteps(config.parameters.tier_spend_thresholds).map(({ name }) => name);
  const buckets = ascendingSteps(config.parameters.clv_spend_thresholds).map(({ name }) => name);
  const { payment_methods: payments } = config.vocab;
  await duck.run(`
    INSERT INTO all_converted
    SELECT c.file, c.line, cart, customer, c.total, created, updated, items, pieces, mark
    FROM carts c LEFT JOIN cart_sums USING (cart, day) WHERE state = 'converted'`);
  await duck.run(`
    INSERT INTO all_orders
    SELECT o.file, o.line, ord, customer, placed, o.gross, total_items, pieces, mark,
      ${wordIndex('customer_tier', tiers)}, ${wordIndex('clv_bucket', buckets)}, ${wordIndex('payment_method', payments)}, is_reactivated
    FROM orders o LEFT JOIN order_sums USING (ord, day)`);
  await duck.run(`
    INSERT INTO all_returns
    SELECT file, line, return_id, ord, customer, returned, ${wordIndex('refund_method', payments)} FROM returns`);
  await duck.run('INSERT INTO refunds_found SELECT ord, product_id FROM order_items SEMI JOIN refunds USING (ord, product_id)');
  for (const [name, { number, table }] of Object.entries(DENSE_KEYS)) {
    await duck.run(
      `INSERT INTO key_ranges SELECT '${table}', file, arg_min(${number}, line), arg_max(${number}, line) FROM ${name} GROUP BY file`,
    );
  }
  for (const table of TRANSACTION_TABLES) {
    await duck.run(
      `INSERT INTO first_rows SELECT '${table}', file, count(*) FROM ${table === 'shopping_carts' ? 'carts' : table} GROUP BY file`,
    );
  }
  const isLate = settledDay < lastDay;
  // An earlier cart may arrive after the one that is noted.
  if (isLate) await duck.run('DELETE FROM first_visits f WHERE EXISTS (FROM carts c WHERE c.customer = f.customer AND c.cart < f.cart)');
  await duck.run(`
    INSERT INTO first_visits
    SELECT customer, arg_min(file, cart), arg_min(line, cart), min(cart), ${isLate ? `arg_min_null(created, cart) // ${MS_PER_DAY}` : 'min(day)'}
    FROM carts ANTI JOIN first_visits USING (customer) WHERE customer IS NOT NULL GROUP BY customer`);
}

/**
 * Table `pairs`: every order with the last converted cart that its customer had created by then, since nobody begins a
 * cart while an order is on its way; `nth` is above 1 where a cart has more than one. Then the carts that have none.
 */
export async function pairCartsWithOrders(duck: Duck): Promise<void> {
  await duck.run(`
    CREATE TEMP TABLE pairs AS
    SELECT o.file, o.line, ord, placed, gross, total_items, o.pieces, o.mark,
      cart, total, created, updated, items, c.pieces AS cart_pieces, c.mark AS cart_mark,
      row_number() OVER (PARTITION BY cart ORDER BY ord) AS nth
    FROM (FROM all_orders WHERE customer IS NOT NULL) o
    ASOF LEFT JOIN (FROM all_converted WHERE customer IS NOT NULL) c ON o.customer = c.customer AND o.placed >= c.created`);
  await duck.run(`
    INSERT INTO pairs BY NAME
    SELECT file, line, cart, total, created, updated, items FROM all_converted ANTI JOIN pairs USING (cart) WHERE customer IS NOT NULL`);
}
