// Columns that a kind of mess may touch, as `table.column`: never a table's own key, nor a child's reference to its parent.

import { TABLES, TRANSACTION_TABLES, type ColumnSpec } from '../tables/index.ts';

/** Those that a config may name, and those that are taken where it names none. */
export interface KindColumns {
  readonly allowed: readonly string[];
  readonly defaults: readonly string[];
}

function columnsWhere(accepts: (column: ColumnSpec) => boolean): string[] {
  return TRANSACTION_TABLES.flatMap((table) =>
    TABLES[table].columns.filter((column) => accepts(column)).map(({ name }) => `${table}.${name}`),
  );
}

const NAMES = ['cart_items.product_name', 'order_items.product_name', 'return_items.product_name'];
const CATEGORIES = ['cart_items.category', 'order_items.category', 'return_items.category'];
const ADDRESSES = ['orders.shipping_address', 'orders.billing_address'];
const EMAILS = ['orders.email', 'returns.email'];
const AGENTS = ['orders.agent_id', 'returns.agent_id'];
const WORDS = [
  'shopping_carts.status',
  'orders.order_channel',
  'orders.customer_tier',
  'orders.payment_method',
  'orders.shipping_speed',
  'orders.clv_bucket',
  'returns.reason',
  'returns.return_type',
  'returns.return_channel',
  'returns.refund_method',
];
const DATES = columnsWhere(({ format }) => format === 'timestamp');
const PADDED = [
  'shopping_carts.status',
  ...NAMES,
  'orders.payment_method',
  'orders.shipping_speed',
  'orders.clv_bucket',
  'returns.reason',
  'returns.return_type',
  'returns.return_channel',
];
/** Exchanged with each other: both columns of one table. */
const PAIRS = ['orders.shipping_address/billing_address', 'orders.payment_method/shipping_speed', 'returns.reason/return_channel'];

/** Of padding and of casing. */
const SPELLED: KindColumns = {
  allowed: [...PADDED, 'order_items.category', 'cart_items.category', 'return_items.category', 'orders.order_channel'],
  defaults: PADDED,
};
const NULLED: KindColumns = {
  allowed: columnsWhere(({ nullable }) => nullable),
  defaults: ['shopping_carts.updated_at', 'cart_items.added_at', ...AGENTS],
};
/** Of typos and of encoding damage. */
const WRITTEN: KindColumns = { allowed: [...NAMES, ...CATEGORIES, ...ADDRESSES, ...WORDS], defaults: [...NAMES, ...ADDRESSES] };
const LONG: KindColumns = { allowed: [...NAMES, ...ADDRESSES, 'returns.reason'], defaults: [...NAMES, ...ADDRESSES] };
const TEXTS: KindColumns = {
  allowed: [...NAMES, ...CATEGORIES, ...ADDRESSES, ...EMAILS, ...AGENTS, ...WORDS, ...DATES],
  defaults: [...ADDRESSES, ...AGENTS, 'shopping_carts.updated_at', 'cart_items.added_at', 'returns.reason'],
};
const TIMESTAMPS: KindColumns = { allowed: DATES, defaults: DATES };
const AMOUNTS: KindColumns = {
  allowed: columnsWhere(({ format }) => format === 'money'),
  defaults: ['cart_items.unit_price', 'orders.net_total', 'orders.shipping_cost', 'returns.refunded_amount'],
};
/** Of number formats: amounts and counts. */
const NUMBERS: KindColumns = {
  allowed: columnsWhere(({ name, type, format }) => format === 'money' || (type === 'int64' && !name.endsWith('_id'))),
  defaults: [...AMOUNTS.defaults, 'cart_items.quantity'],
};
/** Not cart_items.cart_id and its like: where CSVs are exported without their index, that is what finds a child's partition. */
const REFERENCES: KindColumns = {
  allowed: [
    'shopping_carts.customer_id',
    'cart_items.product_id',
    'orders.customer_id',
    'returns.order_id',
    'returns.customer_id',
    'return_items.order_id',
    'return_items.product_id',
  ],
  defaults: ['cart_items.product_id', 'orders.customer_id', 'returns.order_id'],
};
const COLUMN_PAIRS: KindColumns = { allowed: PAIRS, defaults: PAIRS };
/** What a shop puts right after the fact. */
const CORRECTED: KindColumns = {
  allowed: [...AMOUNTS.allowed, ...ADDRESSES, ...WORDS],
  defaults: ['shopping_carts.status', 'orders.shipping_address', 'orders.net_total', 'returns.refunded_amount'],
};

/** By kind, in the order of the config. */
export const KIND_COLUMNS = {
  padding: SPELLED,
  casing: SPELLED,
  missing_value: NULLED,
  typos: WRITTEN,
  mixed_dates: TIMESTAMPS,
  sentinels: TEXTS,
  outliers: AMOUNTS,
  number_formats: NUMBERS,
  orphaned_keys: REFERENCES,
  swapped_columns: COLUMN_PAIRS,
  truncated_text: LONG,
  encoding_damage: WRITTEN,
  corrections: CORRECTED,
} as const satisfies Record<string, KindColumns>;
