import { int, money, text, type TableSpec } from './spec.ts';

export const returnItems: TableSpec = {
  name: 'return_items',
  key: ['return_item_id'],
  partitionKey: 'ingest_dt',
  parent: { table: 'returns', column: 'return_id' },
  columns: [
    int('return_item_id', { statistics: true }),
    text('return_id', { encoding: 'plain', statistics: true }),
    text('order_id', { encoding: 'plain', statistics: true }),
    int('product_id', { statistics: true }),
    text('product_name'),
    text('category'),
    int('quantity_returned'),
    money('unit_price'),
    money('cost_price'),
    money('refunded_amount', { encoding: 'plain' }),
  ],
};
