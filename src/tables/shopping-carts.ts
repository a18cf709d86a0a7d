import { money, text, timestamp, type TableSpec } from './spec.ts';

export const shoppingCarts: TableSpec = {
  name: 'shopping_carts',
  key: ['cart_id'],
  partitionKey: 'ingest_dt',
  dateColumn: 'created_at',
  idPrefix: 'CART-',
  columns: [
    text('cart_id', { encoding: 'prefix', statistics: true }),
    text('customer_id', { encoding: 'plain', statistics: true }),
    timestamp('created_at'),
    timestamp('updated_at?'),
    money('cart_total', { encoding: 'plain' }),
    text('status'),
  ],
};
