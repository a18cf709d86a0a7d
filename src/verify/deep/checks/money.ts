// Money: whole cents, sums that agree to the cent, refunds within what was paid, costs as configured.

import type { Config } from '../../../config/schema.ts';
import { TABLES, TABLE_NAMES, type TableName } from '../../../tables/index.ts';
import { quote, word } from '../duck.ts';
import { dollars, faultyRows, type LoadedTable, type RowCheck, type Rule } from '../rule.ts';

function wholeCents(table: TableName): Rule[] {
  const name: LoadedTable = table === 'shopping_carts' ? 'carts' : table === 'product_catalog' ? 'products' : table;
  return TABLES[table].columns
    .filter(({ format }) => format === 'money')
    .map(({ name: column }) =>
      faultyRows(
        name,
        `t.${column} <> round(t.${column} * 100) / 100 OR t.${column} < 0`,
        `${quote(`${column} `)} || t.${column} || ' is not an amount in whole cents'`,
      ),
    );
}

const CART_TOTALS = faultyRows(
  'carts',
  't.total <> coalesce(s.total, 0)',
  `'cart_total is ' || ${dollars('t.total')} || ', its items sum to ' || ${dollars('coalesce(s.total, 0)')}`,
  'carts t LEFT JOIN cart_sums s USING (cart, day)',
);

const ORDER_SUMS = 'orders t LEFT JOIN order_sums s USING (ord, day)';

const ORDER_TOTALS: readonly Rule[] = [
  faultyRows('orders', 's.gross IS NULL', `'it has no lines'`, ORDER_SUMS),
  faultyRows(
    'orders',
    't.gross <> s.gross',
    `'gross_total is ' || ${dollars('t.gross')} || ', its lines sum to ' || ${dollars('s.gross')}`,
    ORDER_SUMS,
  ),
  faultyRows(
    'orders',
    't.discount <> s.discount',
    `'total_discount_amount is ' || ${dollars('t.discount')} || ', its lines sum to ' || ${dollars('s.discount')}`,
    ORDER_SUMS,
  ),
  faultyRows(
    'orders',
    't.gross - t.discount <> t.net',
    `'net_total is ' || ${dollars('t.net')} || ', and should be ' || ${dollars('t.gross - t.discount')}`,
  ),
];

const LINES: readonly Rule[] = [
  ...(['cart_items', 'order_items', 'return_items'] as const).map((name) =>
    faultyRows(name, 't.quantity < 1', `'its quantity is ' || t.quantity`),
  ),
  faultyRows('order_items', 't.discount > t.quantity * t.price', `'discount_amount is more than the line costs'`),
];

const RETURN_TOTALS: readonly Rule[] = [
  faultyRows('returns', 's.refund IS NULL', `'it has no items'`, 'returns t LEFT JOIN return_sums s USING (ret, day)'),
  faultyRows(
    'returns',
    't.refund <> s.refund',
    `'refunded_amount is ' || ${dollars('t.refund')} || ', its items sum to ' || ${dollars('s.refund')}`,
    'returns t JOIN return_sums s USING (ret, day)',
  ),
];

/** All that came back of a line, over all its returns. */
const REFUNDS_WITHIN_LINES: readonly Rule[] = [
  faultyRows(
    'order_items',
    'r.quantity > t.quantity',
    `r.quantity || ' pieces came back of ' || t.quantity`,
    'order_items t JOIN refunds r USING (ord, product_id)',
  ),
  faultyRows(
    'order_items',
    'r.refund > t.quantity * t.price - t.discount',
    `${dollars('r.refund')} || ' was refunded of ' || ${dollars('(t.quantity * t.price - t.discount)')}`,
    'order_items t JOIN refunds r USING (ord, product_id)',
  ),
];

function configuredCosts({ parameters, vocab }: Config): Rule[] {
  const { shipping_business_costs: costs, payment_fee_rates: fees } = parameters.financials;
  const byWord = (column: string, names: readonly string[], value: (name: string) => number): string =>
    `CASE ${word(`t.${column}`)} ${names.map((name) => `WHEN ${quote(name.toLowerCase())} THEN ${value(name)}`).join(' ')} END`;
  const shipping = byWord('shipping_speed', vocab.shipping_speeds, (name) => Math.round((parameters.shipping_costs[name] ?? 0) * 100));
  const base = byWord('shipping_speed', vocab.shipping_speeds, (name) => Math.round((costs.base_costs[name] ?? 0) * 100));
  const fee = byWord('payment_method', vocab.payment_methods, (name) => fees[name] ?? 0);
  const [low, high] = costs.cost_variance_pct;
  // A cent either way: half cents are rounded in floating point.
  return [
    faultyRows(
      'orders',
      `round(t.shipping_cost * 100) <> ${shipping}`,
      `'shipping_cost ' || t.shipping_cost || ' is not that of its shipping speed'`,
    ),
    faultyRows(
      'orders',
      `round(t.actual_shipping_cost * 100) NOT BETWEEN ${base} * ${1 + low} - 1 AND ${base} * ${1 + high} + 1`,
      `'actual_shipping_cost ' || t.actual_shipping_cost || ' is not near that of its shipping speed'`,
    ),
    faultyRows(
      'orders',
      `abs(round(t.payment_processing_fee * 100) - t.net * ${fee}) > 1`,
      `'payment_processing_fee ' || t.payment_processing_fee || ' is not that of its payment method'`,
    ),
  ];
}

export const MONEY_CHECKS: readonly RowCheck[] = [
  {
    name: 'cents',
    description: 'amounts of money are whole cents and not negative, quantities at least 1',
    rules: () => [...TABLE_NAMES.flatMap(wholeCents), ...LINES],
  },
  { name: 'cart totals', description: 'cart_total is the sum of its items', rules: () => [CART_TOTALS] },
  {
    name: 'order totals',
    description: 'gross, discount and net are the sums of the lines, and gross - discount = net',
    rules: () => ORDER_TOTALS,
  },
  {
    name: 'refunds',
    description: "a return's refund is the sum of its items; no line gets back more pieces or money than it had",
    rules: () => [...RETURN_TOTALS, ...REFUNDS_WITHIN_LINES],
  },
  { name: 'costs', description: 'shipping costs and payment fees are those of the config', rules: ({ config }) => configuredCosts(config) },
];
