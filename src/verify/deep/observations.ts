// What is counted on the way through the lake, for the checks that measure: plain numbers, no rows.

import type { OptionalKind, RowKind } from '../../config/mess-levels.ts';
import { MS_PER_DAY } from '../../lib/days.ts';
import { TABLES, TRANSACTION_TABLES } from '../../tables/index.ts';
import type { ExpectedLake } from '../expected-lake.ts';
import { vocabularies } from './checks/words.ts';
import { word, type Duck } from './duck.ts';
import { inflatedItems, messRates } from './mess-rates.ts';
import { settled } from './rule.ts';

/** Counts by a key that `JSON.stringify` made of the row's texts. */
export class Tally<K extends readonly (string | number | boolean | null)[]> {
  private readonly counts = new Map<string, number>();

  add(key: K, count: number): void {
    const text = JSON.stringify(key);
    this.counts.set(text, (this.counts.get(text) ?? 0) + count);
  }

  *entries(): Iterable<[key: K, count: number]> {
    for (const [text, count] of this.counts) yield [JSON.parse(text) as K, count];
  }

  /** Sum over the keys that `wanted` accepts. */
  count(wanted: (...key: K) => boolean = () => true): number {
    let sum = 0;
    for (const [key, count] of this.entries()) if (wanted(...key)) sum += count;
    return sum;
  }
}

export class Observations {
  /** Carts and orders by the day of their event, since 1970-01-01; of those whose date cannot be read, by their partition's. */
  readonly daily = { shopping_carts: new Map<number, number>(), orders: new Map<number, number>() };
  /** Carts by hour of the day. */
  readonly hours = new Float64Array(24);
  /** Cells by `table.column` and value as written. */
  readonly values = new Tally<[column: string, value: string | null]>();
  /** Product names by table, of those that are the catalogue's: written with spaces around them; in another case. */
  readonly names = new Tally<[column: string, padded: boolean, cased: boolean]>();
  /** Rows by `table.column` of those that may be null. */
  readonly nulls = new Tally<[column: string, missing: boolean]>();
  /** Carts by the customer's sign-up channel (null: guest), whether there was no order before, and status; only where that is known. */
  readonly conversions = new Tally<[channel: string | null, isFirst: boolean, status: string]>();
  readonly orders = new Tally<
    [signupChannel: string | null, channel: string, speed: string, payment: string, expedited: boolean, discounted: boolean]
  >();
  /** Returns by category of their first item and reason. */
  readonly reasons = new Tally<[category: string, reason: string]>();
  /** Orders a year or more before the end, by sign-up channel and whether any came back. */
  readonly returned = new Tally<[signupChannel: string | null, returned: boolean]>();
  /** First returns of those orders by whole days from order to return. */
  readonly returnDays = new Tally<[days: number]>();
  /** Orders two years or more after the sign-up by segment and whether a long absence ended. */
  readonly reactivated = new Tally<[channel: string | null, tier: string | null, reactivated: boolean]>();
  /** Of customers from before the lake's first day, by segment and month of sign-up. */
  readonly customers = new Tally<[channel: string | null, tier: string | null, month: string]>();
  readonly visits = new Tally<[channel: string | null, tier: string | null, month: string]>();
  /** Orders by month: with a total_items that only the clean row, or only an inflated one, can have. */
  readonly inflated = new Tally<[month: string, inflated: boolean]>();
  /** Cells, rows, or days, by kinds of mess that only a config turns on, and whether it shows; only where that is known. */
  readonly planted = new Tally<[kind: OptionalKind | RowKind, column: string, shows: boolean]>();
}

/** After `keepWindow`. */
export async function observeWindow(duck: Duck, expected: ExpectedLake, seen: Observations): Promise<void> {
  const { config } = expected;
  for (const [counts, table, moment] of [
    [seen.daily.shopping_carts, 'carts', 'created'],
    [seen.daily.orders, 'orders', 'placed'],
  ] as const) {
    const rows = await duck.rows(
      `SELECT coalesce(${moment} // ${MS_PER_DAY}, day) AS event_day, count(*) AS n FROM ${table} GROUP BY event_day`,
    );
    for (const { event_day, n } of rows) counts.set(event_day as number, (counts.get(event_day as number) ?? 0) + (n as number));
  }
  for (const { hour, n } of await duck.rows(
    'SELECT (created // 3600000) % 24 AS hour, count(*) AS n FROM carts WHERE created IS NOT NULL GROUP BY hour',
  )) {
    seen.hours[hour as number]! += n as number;
  }
  const texts = vocabularies(config).map(({ table, column }) => ({
    table,
    column,
    name: `${table === 'carts' ? 'shopping_carts' : table}.${column}`,
  }));
  const categories = (['cart_items', 'order_items', 'return_items'] as const).map((table) => ({
    table,
    column: 'category',
    name: `${table}.category`,
  }));
  for (const { table, column, name } of [...texts, ...categories]) {
    for (const { v, n } of await duck.rows(`SELECT ${column} AS v, count(*) AS n FROM ${table} GROUP BY v`))
      seen.values.add([name, v as string | null], n as number);
  }
  for (const { table } of categories) {
    const rows = await duck.rows(
      `SELECT name_padded AS p, name_cased AS c, count(*) AS n FROM ${table} WHERE known AND name_fits GROUP BY p, c`,
    );
    for (const { p, c, n } of rows) seen.names.add([`${table}.product_name`, p === true, c === true], n as number);
  }
  await observeNulls(duck, seen);
  await observeConversions(duck, expected, seen);
  await tally(
    duck,
    `SELECT signup_channel, ${word('order_channel')}, ${word('shipping_speed')}, ${word('payment_method')}, is_expedited, discount > 0, count(*) AS n FROM orders GROUP BY ALL`,
    seen.orders,
  );
  await tally(
    duck,
    `SELECT f.category, ${word('r.reason')}, count(*) AS n
     FROM returns r JOIN (SELECT ret, ${word('arg_min(category, item)')} AS category FROM return_items GROUP BY ret) f USING (ret) GROUP BY ALL`,
    seen.reasons,
  );
  await tally(
    duck,
    `SELECT signup_channel, initial_loyalty_tier, substr(signup_date, 1, 7), count(*) AS n
     FROM carts JOIN customers USING (customer) WHERE customers.signup_day < ${expected.firstDay} GROUP BY ALL`,
    seen.visits,
  );
}

/** Nullable columns in a window: those of carts and items are flags there. */
async function observeNulls(duck: Duck, seen: Observations): Promise<void> {
  const flags: Record<string, string> = { 'shopping_carts.updated_at': 'updated_missing', 'cart_items.added_at': 'added_missing' };
  for (const table of TRANSACTION_TABLES) {
    for (const { name } of TABLES[table].columns.filter(({ nullable }) => nullable)) {
      const missing = flags[`${table}.${name}`] ?? `${name} IS NULL`;
      const rows = await duck.rows(`SELECT ${missing} AS m, count(*) AS n FROM ${table === 'shopping_carts' ? 'carts' : table} GROUP BY m`);
      for (const { m, n } of rows) seen.nulls.add([`${table}.${name}`, m === true], n as number);
    }
  }
}

/**
 * Whether a customer had ordered before a cart is known from the first converted cart on; before it only of those whose
 * whole history is in the lake.
 */
async function observeConversions(duck: Duck, { firstDay }: ExpectedLake, seen: Observations): Promise<void> {
  await duck.run(`
    INSERT INTO first_converted
    SELECT customer, min(cart) FROM carts ANTI JOIN first_converted USING (customer) WHERE state = 'converted' AND customer IS NOT NULL GROUP BY customer`);
  await tally(
    duck,
    `SELECT u.signup_channel, f.cart IS NULL OR c.cart <= f.cart AS is_first, c.state, count(*) AS n
     FROM carts c JOIN customers u USING (customer) LEFT JOIN first_converted f USING (customer)
     WHERE c.cart > f.cart OR u.signup_day >= ${firstDay} GROUP BY ALL`,
    seen.conversions,
  );
}

/** What only the whole lake shows; after `pairCartsWithOrders`. */
export async function observeLake(duck: Duck, expected: ExpectedLake, seen: Observations): Promise<void> {
  const { firstDay, lastDay } = expected;
  const yearBeforeEnd = (lastDay + 1 - 366) * 86_400_000;
  await tally(
    duck,
    `SELECT c.signup_channel, EXISTS (SELECT 1 FROM all_returns r WHERE r.ord = o.ord), count(*) AS n
     FROM all_orders o JOIN customers c USING (customer) WHERE o.placed < ${yearBeforeEnd} GROUP BY ALL`,
    seen.returned,
  );
  await tally(
    duck,
    `SELECT (first_returned - placed) // 86400000, count(*) AS n
     FROM all_orders JOIN (SELECT ord, min(returned) AS first_returned FROM all_returns GROUP BY ord) USING (ord) WHERE placed < ${yearBeforeEnd} GROUP BY ALL`,
    seen.returnDays,
  );
  await tally(
    duck,
    `SELECT signup_channel, initial_loyalty_tier, reactivated, count(*) AS n
     FROM all_orders o JOIN customers c USING (customer) WHERE o.placed >= (c.signup_day + 730)::BIGINT * 86400000 GROUP BY ALL`,
    seen.reactivated,
  );
  await tally(
    duck,
    `SELECT signup_channel, initial_loyalty_tier, substr(signup_date, 1, 7), count(*) AS n FROM customers WHERE signup_day < ${firstDay} GROUP BY ALL`,
    seen.customers,
  );
  await observeInflation(duck, expected, seen);
}

/** Orders by month whose number of items shows whether it is inflated. */
async function observeInflation(duck: Duck, expected: ExpectedLake, seen: Observations): Promise<void> {
  const mess = messRates(expected);
  if (mess === undefined) return;
  await tally(
    duck,
    `SELECT strftime(make_timestamp(placed * 1000), '%Y-%m'), total_items <> items, count(*) AS n
     FROM pairs WHERE placed IS NOT NULL AND total_items IS NOT NULL AND ${settled('placed', expected)} AND items <> ${inflatedItems(mess, 'items', 'placed')} GROUP BY ALL`,
    seen.inflated,
  );
}

/** Adds rows whose last column `n` is the count and whose others are the key. */
async function tally(duck: Duck, sql: string, into: { add(key: never, count: number): void }): Promise<void> {
  for (const row of await duck.rows(sql)) {
    const values = Object.values(row);
    into.add(values.slice(0, -1) as never, values.at(-1) as number);
  }
}
