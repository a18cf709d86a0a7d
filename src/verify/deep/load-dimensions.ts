// Customers and products in DuckDB, for their own checks and for all that refers to them.

import type { Duck } from './duck.ts';
import { readParts, type PartFile } from './part-files.ts';

/** Tables `customers` (numbered by `customer`) and `products`. */
export async function loadDimensions(duck: Duck, root: string, parts: readonly PartFile[]): Promise<void> {
  const of = (table: string): string =>
    readParts(
      root,
      parts.filter((part) => part.table === table),
    );
  await duck.run(`
    CREATE TEMP TABLE customers AS
    SELECT (row_number() OVER (ORDER BY file, line))::INTEGER AS customer, *, value AS signup_date, day AS signup_day
    FROM ${of('customers')}`);
  await duck.run(`
    CREATE TEMP TABLE products AS
    SELECT *, value AS category, lower(trim(product_name)) AS folded_name, lower(trim(value)) AS folded_category
    FROM ${of('product_catalog')}`);
}
