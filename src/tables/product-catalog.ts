import { int, money, text, type TableSpec } from './spec.ts';

export const productCatalog: TableSpec = {
  name: 'product_catalog',
  key: ['product_id'],
  partitionKey: 'category',
  dateColumn: 'category',
  columns: [
    int('product_id', { statistics: true }),
    text('product_name'),
    text('category'),
    money('unit_price'),
    money('cost_price'),
    int('inventory_quantity'),
  ],
};
