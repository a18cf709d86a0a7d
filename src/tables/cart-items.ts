import { int, money, text, timestamp, type TableSpec } from './spec.ts';

export const cartItems: TableSpec = {
  name: 'cart_items',
  key: ['cart_item_id'],
  partitionKey: 'ingest_dt',
  parent: { table: 'shopping_carts', column: 'cart_id' },
  columns: [
    int('cart_item_id', { statistics: true }),
    text('cart_id', { encoding: 'plain', statistics: true }),
    int('product_id', { statistics: true }),
    text('product_name'),
    text('category'),
    timestamp('added_at?'),
    int('quantity'),
    money('unit_price'),
  ],
};
