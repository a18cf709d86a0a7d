// What `verify --deep` cannot judge where a kind of mess that only a config turns on is planted: checks by column.

import { removedColumns } from './file-schemas.ts';
import { plantedKinds, singleColumns } from './planted-kinds.ts';
import type { Config } from './schema.ts';

const WORDS = 'words';
const CATALOGUE = 'catalogue';
const TIMESTAMPS = 'timestamps';
const CENTS = 'cents';
const PAIRED = ['carts and orders', 'total_items', 'mess: spike months'];

/**
 * Checks that find fault, or measure wrongly, once a column's cells hold something else. Not among them are those that
 * pass over what they cannot read: a date or number that is none is compared with nothing, and all others still are.
 * Every column that such a kind may touch, or drift take away, stands here.
 */
export const CHECKS_OF_COLUMN: Readonly<Record<string, readonly string[]>> = {
  'shopping_carts.customer_id': ['customers of rows', 'sign-up first', 'conversion', 'repeat visits', ...PAIRED],
  'shopping_carts.created_at': [TIMESTAMPS, ...PAIRED],
  'shopping_carts.updated_at': [TIMESTAMPS],
  'shopping_carts.cart_total': [CENTS, 'cart totals', 'carts and orders'],
  'shopping_carts.status': [WORDS, 'emptied carts', 'conversion', 'emptied share', ...PAIRED],
  'cart_items.product_id': [CATALOGUE, 'carts and orders'],
  'cart_items.product_name': [CATALOGUE],
  'cart_items.category': [CATALOGUE],
  'cart_items.added_at': [TIMESTAMPS],
  'cart_items.quantity': ['cart totals', 'carts and orders'],
  'cart_items.unit_price': [CENTS, CATALOGUE, 'cart totals'],
  'orders.total_items': [],
  'orders.order_date': [TIMESTAMPS, 'carts and orders', 'total_items'],
  'orders.customer_id': ['customers of rows', 'tiers', 'CLV buckets', 'carts and orders'],
  'orders.email': [],
  'orders.order_channel': [WORDS, 'agents', 'order channels'],
  'orders.is_expedited': ['shipping'],
  'orders.customer_tier': [WORDS, 'tiers'],
  'orders.gross_total': [CENTS, 'order totals', 'carts and orders', 'tiers', 'CLV buckets'],
  'orders.net_total': [CENTS, 'order totals', 'costs'],
  'orders.total_discount_amount': [CENTS, 'order totals', 'discounts'],
  'orders.payment_method': [WORDS, 'payments', 'payment shares', 'returned orders'],
  'orders.shipping_speed': [WORDS, 'shipping', 'expedited'],
  'orders.shipping_cost': [CENTS, 'costs'],
  'orders.agent_id': ['agents'],
  'orders.actual_shipping_cost': [CENTS, 'costs'],
  'orders.payment_processing_fee': [CENTS, 'costs'],
  'orders.shipping_address': [],
  'orders.billing_address': [],
  'orders.clv_bucket': [WORDS, 'CLV buckets'],
  'orders.is_reactivated': ['reactivation'],
  'order_items.product_name': [CATALOGUE],
  'order_items.category': [CATALOGUE],
  'order_items.quantity': ['order totals', 'carts and orders'],
  'order_items.unit_price': [CENTS, CATALOGUE, 'order totals', 'refunds'],
  'order_items.discount_amount': [CENTS, 'order totals', 'refunds'],
  'order_items.cost_price': [CENTS, CATALOGUE],
  'returns.order_id': ['returned orders', 'orders with a return', 'return delays'],
  'returns.customer_id': ['customers of rows'],
  'returns.email': [],
  'returns.return_date': [TIMESTAMPS, 'return delays'],
  'returns.reason': [WORDS, 'mess: return reasons'],
  'returns.return_type': [WORDS],
  'returns.refunded_amount': [CENTS, 'refunds'],
  'returns.return_channel': [WORDS, 'agents'],
  'returns.agent_id': ['agents'],
  'returns.refund_method': [WORDS, 'returned orders'],
  'return_items.order_id': ['returned orders'],
  'return_items.product_id': [CATALOGUE, 'returned orders'],
  'return_items.product_name': [CATALOGUE],
  'return_items.category': [CATALOGUE, 'mess: return reasons'],
  'return_items.quantity_returned': [],
  'return_items.unit_price': [CENTS, CATALOGUE],
  'return_items.cost_price': [CENTS, CATALOGUE],
  'return_items.refunded_amount': [CENTS, 'refunds'],
};

/**
 * By a check's name, why it is not run: `typos is planted in orders.payment_method`, or `orders.email is removed on 2020-03-01`.
 * What happens after the lake's last date does not count.
 */
export function suspendedChecks(config: Pick<Config, 'mess'>, level: string, lastDate: string): Map<string, string> {
  const reasons = new Map<string, string>();
  const add = (columns: readonly string[], says: (columns: string) => string): void => {
    const places = Map.groupBy(
      columns.flatMap((column) => (CHECKS_OF_COLUMN[column] ?? []).map((check) => ({ check, column }))),
      ({ check }) => check,
    );
    for (const [check, found] of places) {
      const reason = says(found.map(({ column }) => column).join(', '));
      reasons.set(check, reasons.has(check) ? `${reasons.get(check)}; ${reason}` : reason);
    }
  };
  for (const { kind, columns } of plantedKinds(config, level)) add(singleColumns(columns), (found) => `${kind} is planted in ${found}`);
  for (const [column, date] of removedColumns(config, level, lastDate)) add([column], (found) => `${found} is removed on ${date}`);
  return reasons;
}
