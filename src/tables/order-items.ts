import { int, money, text, type TableSpec } from './spec.ts';

export const orderItems: TableSpec = {
  name: 'order_items',
  key: ['order_id', 'product_id'],
  partitionKey: 'ingest_dt',
  parent: { table: 'orders', column: 'order_id' },
  columns: [
    text('order_id', { encoding: 'plain', statistics: true }),
    int('product_id', { statistics: true }),
    text('product_name'),
    text('category'),
    int('quantity'),
    money('unit_price'),
    money('discount_amount'),
    money('cost_price'),
  ],
};
