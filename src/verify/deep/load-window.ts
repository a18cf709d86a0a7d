// All transactional rows of some days in DuckDB: texts as numbers where they are compared, and each row's place.

import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../../tables/index.ts';
import { word, type Duck } from './duck.ts';
import { readParts, type PartFile, type Window } from './part-files.ts';

/** Number in a key such as `CART-00000017`; NULL when it is not written as keys are. */
function keyNumber(table: TransactionTable, column: string): string {
  const prefix = TABLES[table].idPrefix!;
  return `CASE WHEN regexp_full_match(${column}, '${prefix}(\\d{8}|[1-9]\\d{8,})') THEN TRY_CAST(substr(${column}, ${prefix.length + 1}) AS BIGINT) END`;
}

/** Milliseconds since 1970 of a text such as `2020-03-01T13:59:50.717`; NULL when it is not written like that. */
export function moment(column: string): string {
  return `CASE WHEN length(${column}) = 23 THEN epoch_ms(try_strptime(${column}, '%Y-%m-%dT%H:%M:%S.%g')) END`;
}

const cents = (column: string): string => `CAST(round(${column} * 100) AS BIGINT)`;

/** How a line compares with the catalogue, and whether its name is written otherwise. */
const CATALOGUE = `
  p.product_id IS NOT NULL AS known,
  x.product_name = p.product_name OR ${word('x.product_name')} = p.folded_name AS name_fits,
  x.category = p.category OR ${word('x.category')} = p.folded_category AS category_fits,
  x.unit_price = p.unit_price AS price_fits,
  x.product_name <> trim(x.product_name) AS name_padded,
  trim(x.product_name) <> p.product_name AS name_cased`;
const JOIN_CATALOGUE = 'LEFT JOIN products p USING (product_id)';
const PLACE = 'x.file, x.line, x.day, x.has_lineage';

/** Columns of the window's tables. `carts` stands for shopping_carts. */
const TABLE_QUERIES: Record<TransactionTable, { readonly name: string; select(from: string): string }> = {
  shopping_carts: {
    name: 'carts',
    select: (from) => `
      SELECT ${PLACE}, x.cart_id, ${keyNumber('shopping_carts', 'x.cart_id')} AS cart, x.customer_id, c.customer, c.signup_day,
        ${moment('x.created_at')} AS created, ${moment('x.updated_at')} AS updated, x.updated_at IS NULL AS updated_missing,
        x.cart_total, ${cents('x.cart_total')} AS total, x.status, ${word('x.status')} AS state
      FROM ${from} x LEFT JOIN customers c USING (customer_id)`,
  },
  cart_items: {
    name: 'cart_items',
    select: (from) => `
      SELECT ${PLACE}, x.cart_item_id AS item, ${keyNumber('shopping_carts', 'x.cart_id')} AS cart, x.product_id, x.category,
        ${moment('x.added_at')} AS added, x.added_at IS NULL AS added_missing, x.quantity, x.unit_price, ${cents('x.unit_price')} AS price,
        ${CATALOGUE}
      FROM ${from} x ${JOIN_CATALOGUE}`,
  },
  orders: {
    name: 'orders',
    select: (from) => `
      SELECT x.*, ${keyNumber('orders', 'x.order_id')} AS ord, c.customer, c.signup_day, c.signup_channel, ${moment('x.order_date')} AS placed,
        ${cents('x.gross_total')} AS gross, ${cents('x.total_discount_amount')} AS discount, ${cents('x.net_total')} AS net
      FROM ${from} x LEFT JOIN customers c USING (customer_id)`,
  },
  order_items: {
    name: 'order_items',
    select: (from) => `
      SELECT ${PLACE}, x.order_id, ${keyNumber('orders', 'x.order_id')} AS ord, x.product_id, x.category, x.quantity, x.unit_price,
        x.discount_amount, x.cost_price, ${cents('x.unit_price')} AS price, ${cents('x.discount_amount')} AS discount,
        x.cost_price = p.cost_price AS cost_fits, ${CATALOGUE}
      FROM ${from} x ${JOIN_CATALOGUE}`,
  },
  returns: {
    name: 'returns',
    select: (from) => `
      SELECT x.*, ${keyNumber('returns', 'x.return_id')} AS ret, ${keyNumber('orders', 'x.order_id')} AS ord, c.customer,
        ${moment('x.return_date')} AS returned, ${cents('x.refunded_amount')} AS refund
      FROM ${from} x LEFT JOIN customers c USING (customer_id)`,
  },
  return_items: {
    name: 'return_items',
    select: (from) => `
      SELECT ${PLACE}, x.return_item_id AS item, ${keyNumber('returns', 'x.return_id')} AS ret, ${keyNumber('orders', 'x.order_id')} AS ord,
        x.product_id, x.category, x.quantity_returned AS quantity, x.unit_price, x.cost_price, x.refunded_amount,
        ${cents('x.refunded_amount')} AS refund, x.cost_price = p.cost_price AS cost_fits, ${CATALOGUE}
      FROM ${from} x ${JOIN_CATALOGUE}`,
  },
};

/** Replaces the six tables, and what is summed over the children of each parent. */
export async function loadWindow(duck: Duck, root: string, window: Window): Promise<void> {
  for (const table of TRANSACTION_TABLES) {
    const { name, select } = TABLE_QUERIES[table];
    await duck.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${select(readParts(root, window.parts[table]))}`);
  }
  await duck.run(`
    CREATE OR REPLACE TEMP TABLE cart_sums AS
    SELECT cart, day, count(*) AS items, min(item) AS first_item, max(item) AS last_item, sum(quantity * price)::BIGINT AS total,
      min(added) AS first_added, max(added) AS last_added, sum(quantity)::BIGINT AS pieces, sum(quantity * product_id)::BIGINT AS mark
    FROM cart_items GROUP BY cart, day`);
  await duck.run(`
    CREATE OR REPLACE TEMP TABLE order_sums AS
    SELECT ord, day, sum(quantity * price)::BIGINT AS gross, sum(discount)::BIGINT AS discount,
      sum(quantity)::BIGINT AS pieces, sum(quantity * product_id)::BIGINT AS mark
    FROM order_items GROUP BY ord, day`);
  await duck.run(`
    CREATE OR REPLACE TEMP TABLE return_sums AS
    SELECT ret, day, min(ord) AS first_order, max(ord) AS last_order, sum(refund)::BIGINT AS refund
    FROM return_items GROUP BY ret, day`);
}

/** Table `refunds`: what came back of each line over the whole lake, known before the lines are read. */
export async function loadRefunds(duck: Duck, root: string, parts: readonly PartFile[]): Promise<void> {
  const from = readParts(
    root,
    parts.filter(({ table }) => table === 'return_items'),
  );
  await duck.run(`
    CREATE TEMP TABLE refunds AS
    SELECT ${keyNumber('orders', 'order_id')} AS ord, product_id, sum(quantity_returned)::BIGINT AS quantity, sum(${cents('refunded_amount')})::BIGINT AS refund,
      min(file) AS file, arg_min(line, file) AS line, count(*) AS items
    FROM ${from} GROUP BY ord, product_id`);
}
