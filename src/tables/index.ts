// Every table of the lake by name, with what follows from its columns: Arrow schemas and lineage.

import { Bool, Field, Float64, Int64, Schema, Utf8, type DataType } from 'apache-arrow';
import { cartItems } from './cart-items.ts';
import { customers } from './customers.ts';
import { orderItems } from './order-items.ts';
import { orders } from './orders.ts';
import { productCatalog } from './product-catalog.ts';
import { returnItems } from './return-items.ts';
import { returns } from './returns.ts';
import { shoppingCarts } from './shopping-carts.ts';
import { text, type ColumnSpec, type ColumnType, type TableName, type TableSpec } from './spec.ts';

export * from './spec.ts';

export const TABLES = {
  customers,
  product_catalog: productCatalog,
  shopping_carts: shoppingCarts,
  cart_items: cartItems,
  orders,
  order_items: orderItems,
  returns,
  return_items: returnItems,
} as const satisfies Record<TableName, TableSpec>;

/** Last in every Parquet file, never null. */
export const LINEAGE_COLUMNS: readonly ColumnSpec[] = [
  text('batch_id'),
  text('ingestion_ts'),
  // Hex digits: their lengths and the common `evt_` taken out, ZSTD needs a third of the time.
  text('event_id', { encoding: 'prefix' }),
  text('source_file'),
];

const ARROW_TYPES = {
  int64: new Int64(),
  float64: new Float64(),
  bool: new Bool(),
  string: new Utf8(),
} as const satisfies Record<ColumnType, DataType>;

export function arrowType(type: ColumnType): DataType {
  return ARROW_TYPES[type];
}

export function arrowSchema(columns: readonly ColumnSpec[]): Schema {
  return new Schema(columns.map((column) => new Field(column.name, arrowType(column.type), column.nullable)));
}

/** The columns of a table's Parquet files: all but the partition key (it stands in the path), then lineage. */
export function parquetColumns(table: TableSpec): readonly ColumnSpec[] {
  return [...table.columns.filter((column) => column.name !== table.partitionKey), ...LINEAGE_COLUMNS];
}

/** Folder of one partition below the lake's root, such as `orders/ingest_dt=2020-01-01`. */
export function partitionPath(table: TableSpec, value: string): string {
  return `${table.name}/${table.partitionKey}=${value}`;
}
