// A rule is a query for rows that break it. Checks are made of rules; faults are counted file by file.

import type { Config } from '../../config/schema.ts';
import { MS_PER_DAY } from '../../lib/days.ts';
import type { ExpectedLake } from '../expected-lake.ts';
import type { CheckName } from '../report.ts';
import type { MessRates } from './mess-rates.ts';

/**
 * When a rule can be asked:
 * - `dimensions`: `customers` and `products` are loaded;
 * - `window`: so are all rows of some days (tables of load-window.ts);
 * - `lake`: all days have passed (tables of load-lake.ts).
 */
export type Stage = 'dimensions' | 'window' | 'lake';

export interface Rule {
  readonly stage: Stage;
  /** Yields `file`, `line` (the first is shown) and `says`: the row's key and what is wrong with it. */
  readonly sql: string;
}

export interface RowCheck extends CheckName {
  rules(context: RuleContext): readonly Rule[];
}

export interface RuleContext {
  readonly expected: ExpectedLake;
  readonly config: Config;
  /** Undefined: the lake is clean. */
  readonly mess: MessRates | undefined;
}

/** Whether mess may make the cells of a column null, such as `orders.agent_id`. */
export function mayBeMissing({ mess }: RuleContext, column: string): boolean {
  return mess !== undefined && mess.missing_value.rate > 0 && mess.missing_value.columns.includes(column);
}

/** SQL: whether all that came before a moment has arrived, where rows are late. */
export function settled(moment: string, { settledDay, lastDay }: ExpectedLake): string {
  return settledDay === lastDay ? 'true' : `coalesce(${moment} < ${(settledDay + 1) * MS_PER_DAY}, true)`;
}

/** What names a row of each table. */
const KEYS = {
  customers: "'customer_id ' || t.customer_id",
  products: "'product_id ' || t.product_id",
  carts: 't.cart_id',
  cart_items: "'cart_item_id ' || t.item",
  orders: 't.order_id',
  order_items: "t.order_id || ', product_id ' || t.product_id",
  returns: 't.return_id',
  return_items: "'return_item_id ' || t.item",
} as const;

export type LoadedTable = keyof typeof KEYS;

/**
 * Rows `t` of one table for which `fault` holds (NULL is no fault). `says` is SQL text: the sentence goes on after the
 * key. `from` may bring more columns, as long as the table's rows are `t`.
 */
export function faultyRows(table: LoadedTable, fault: string, says: string, from = `${table} t`): Rule {
  const stage = table === 'customers' || table === 'products' ? 'dimensions' : 'window';
  return { stage, sql: `SELECT t.file, t.line, ${KEYS[table]} || ': ' || ${says} AS says FROM ${from} WHERE ${fault}` };
}

/** Cents as money: `12.34`. */
export function dollars(cents: string): string {
  return `format('{:.2f}', ${cents} / 100)`;
}
