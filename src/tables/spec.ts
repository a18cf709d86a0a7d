// What a table is: the one description from which types, CSV header, Arrow schema, keys and partitions follow.

export type ColumnType = 'int64' | 'float64' | 'bool' | 'string';

/**
 * How a column is laid out in Parquet; each choice is the smaller or faster one as measured (docs/performance.md).
 * - `dictionary`: values that repeat; `delta`: integers (DELTA_BINARY_PACKED, a quarter of a dictionary's time);
 * - `prefix`: strings that share a beginning (DELTA_BYTE_ARRAY); `plain`: none of these, or runs that ZSTD folds anyway.
 */
export type ColumnEncoding = 'dictionary' | 'delta' | 'prefix' | 'plain';

/** What a column's text means, for checks and for parsing: see the data contract. */
type ColumnFormat = 'date' | 'timestamp' | 'money';

export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly encoding: ColumnEncoding;
  readonly format?: ColumnFormat;
  /** Keeps min and max in the Parquet footer: keys and dates only. */
  readonly statistics?: boolean;
}

export interface TableSpec {
  readonly name: TableName;
  /** Primary key; its text, joined by `|`, is what `event_id` hashes. */
  readonly key: readonly string[];
  /** Hive key of the partition folders, such as `ingest_dt`. */
  readonly partitionKey: string;
  /** Column that decides the partition. Undefined for children, which go with their parent. */
  readonly dateColumn?: string;
  /** For children: the parent's table and the column that holds its key in both. */
  readonly parent?: { readonly table: TableName; readonly column: string };
  /** Text before the number in the key, such as `CART-`; undefined where the key is a plain number or compound. */
  readonly idPrefix?: string;
  /** Every CSV column, in order, without lineage. */
  readonly columns: readonly ColumnSpec[];
}

export const TRANSACTION_TABLES = ['shopping_carts', 'cart_items', 'orders', 'order_items', 'returns', 'return_items'] as const;
/** Transaction tables that have a date of their own; the others go with one of these. */
export const PARENT_TABLES = ['shopping_carts', 'orders', 'returns'] as const;
export const DIMENSION_TABLES = ['customers', 'product_catalog'] as const;
export const TABLE_NAMES = [...DIMENSION_TABLES, ...TRANSACTION_TABLES] as const;

export type TransactionTable = (typeof TRANSACTION_TABLES)[number];
export type ParentTable = (typeof PARENT_TABLES)[number];
export type DimensionTable = (typeof DIMENSION_TABLES)[number];
export type TableName = (typeof TABLE_NAMES)[number];

export function isTransactionTable(table: TableName): table is TransactionTable {
  return (TRANSACTION_TABLES as readonly string[]).includes(table);
}

interface ColumnOptions {
  encoding?: ColumnEncoding;
  format?: ColumnFormat;
  statistics?: boolean;
}

/** `text('email')` is required, `text('email?')` may be null. */
function column(type: ColumnType, nameAndMark: string, options: ColumnOptions): ColumnSpec {
  const nullable = nameAndMark.endsWith('?');
  const name = nullable ? nameAndMark.slice(0, -1) : nameAndMark;
  return { name, type, nullable, encoding: 'dictionary', ...options };
}

export const text = (name: string, options: ColumnOptions = {}) => column('string', name, options);
export const int = (name: string, options: ColumnOptions = {}) => column('int64', name, { encoding: 'delta', ...options });
export const float = (name: string, options: ColumnOptions = {}) => column('float64', name, options);
export const bool = (name: string, options: ColumnOptions = {}) => column('bool', name, { encoding: 'plain', ...options });
export const money = (name: string, options: ColumnOptions = {}) => float(name, { format: 'money', ...options });
export const timestamp = (name: string, options: ColumnOptions = {}) =>
  text(name, { encoding: 'prefix', format: 'timestamp', statistics: true, ...options });
