// Lineage: what every row says of where it comes from.

import { faultyRows, type LoadedTable, type RowCheck } from '../rule.ts';

const TABLES_LOADED: readonly LoadedTable[] = [
  'customers',
  'products',
  'carts',
  'cart_items',
  'orders',
  'order_items',
  'returns',
  'return_items',
];

export const LINEAGE_CHECKS: readonly RowCheck[] = [
  {
    name: 'lineage',
    description: 'batch_id and ingestion_ts of every row that comes first are those of its manifest, source_file is its part',
    rules: () =>
      TABLES_LOADED.map((table) => faultyRows(table, 't.has_lineage IS NOT true', `'batch_id, ingestion_ts or source_file is another'`)),
  },
];
