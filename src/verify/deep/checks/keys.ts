// Keys: well written, unique, dense over the whole lake, in order within each file.

import { comesTwice, rowRate } from '../../../config/planted-kinds.ts';
import { TABLES, type TableSpec, type TransactionTable } from '../../../tables/index.ts';
import { quote, quoteList } from '../duck.ts';
import type { ExpectedLake } from '../../expected-lake.ts';
import { DENSE_KEYS } from '../load-lake.ts';
import { faultyRows, type LoadedTable, type RowCheck, type Rule } from '../rule.ts';

function denseKeys() {
  return (Object.keys(DENSE_KEYS) as (keyof typeof DENSE_KEYS)[]).map((name) => ({ name, ...DENSE_KEYS[name] }));
}

/** How a key is written, by the table's name in a window. */
function malformedKeys(name: LoadedTable, number: string, table: TransactionTable): Rule {
  const prefix = TABLES[table].idPrefix;
  const wanted = prefix === undefined ? 'a number from 1' : `${prefix} and at least eight digits`;
  return faultyRows(name, `${number} IS NULL OR ${number} < 1`, quote(`the key is not ${wanted}`));
}

/** The keys of one file follow its first without a gap: unique, dense and ordered in one comparison. */
function gapsWithin(name: LoadedTable, number: string): Rule {
  return faultyRows(
    name,
    `t.${number} - t.line <> first_number`,
    `'stands where number ' || (first_number + t.line) || ' should'`,
    `${name} t JOIN (SELECT file, arg_min(${number}, line) AS first_number FROM ${name} GROUP BY file) f USING (file)`,
  );
}

/** The same row by row, since lines are left out of files whose rows may come twice. Where rows are late, only their order is left. */
function missteps(name: LoadedTable, number: string, isLate: boolean): Rule {
  return faultyRows(
    name,
    isLate ? `${number} <= number_before` : `${number} <> number_before + 1`,
    `'comes after number ' || number_before`,
    `(SELECT *, lag(${number}) OVER (PARTITION BY file ORDER BY line) AS number_before FROM ${name}) t`,
  );
}

/** `tables` are those whose rows are never late. */
function gapsBetween(tables: readonly string[]): Rule {
  return {
    stage: 'lake',
    sql: `
    SELECT file, 0 AS line, 'its first number is ' || first_id || ', and should be ' || (before + 1) AS says
    FROM (SELECT *, coalesce(lag(last_id) OVER (PARTITION BY tbl ORDER BY file), 0) AS before FROM key_ranges WHERE tbl IN ${quoteList(tables)})
    WHERE first_id <> before + 1`,
  };
}

/** Order items have a compound key: strictly ascending within the file. */
const ORDER_ITEMS_ASCEND: Rule = faultyRows(
  'order_items',
  'ord < ord_before OR (ord = ord_before AND product_id <= product_before)',
  `'comes after ' || order_before || ', product_id ' || product_before`,
  `(SELECT file, line, order_id, ord, product_id, lag(order_id) OVER w AS order_before, lag(ord) OVER w AS ord_before, lag(product_id) OVER w AS product_before
    FROM order_items WINDOW w AS (PARTITION BY file ORDER BY line)) t`,
);

/** Items lie in their carts' order, and within a cart as they were added. */
const CART_ITEMS_FOLLOW_CARTS: Rule = faultyRows(
  'cart_items',
  'cart < cart_before OR (cart = cart_before AND added < added_before)',
  `CASE WHEN cart < cart_before THEN 'its cart comes before that of the item ahead of it' ELSE 'was added before the item ahead of it' END`,
  `(SELECT file, line, item, cart, added, lag(cart) OVER w AS cart_before, lag(added) OVER w AS added_before
    FROM cart_items WINDOW w AS (PARTITION BY file ORDER BY line)) t`,
);

const RETURN_ITEMS_FOLLOW_RETURNS: Rule = faultyRows(
  'return_items',
  'ret < ret_before',
  `'its return comes before that of the item ahead of it'`,
  '(SELECT file, line, item, ret, lag(ret) OVER (PARTITION BY file ORDER BY line) AS ret_before FROM return_items) t',
);

function timeOrder(name: LoadedTable, column: string): Rule {
  return faultyRows(
    name,
    `t.${column} < moment_before`,
    `'is earlier than the row ahead of it'`,
    `(SELECT *, lag(${column}) OVER (PARTITION BY file ORDER BY line) AS moment_before FROM ${name}) t`,
  );
}

function doubles(name: LoadedTable, key: string): Rule {
  return faultyRows(
    name,
    'true',
    `'occurs ' || n || ' times'`,
    `(SELECT ${key}, min(file) AS file, min(line) AS line, count(*) AS n FROM ${name} GROUP BY ${key} HAVING n > 1) t`,
  );
}

const levelOf = ({ file }: ExpectedLake): string => file.made_with.messiness_level;

function isLate(expected: ExpectedLake, table: TransactionTable): boolean {
  const { parent }: TableSpec = TABLES[table];
  return rowRate(expected.config, levelOf(expected), 'late_rows', parent?.table ?? table) > 0;
}

export const KEY_CHECKS: readonly RowCheck[] = [
  {
    name: 'keys',
    description: 'keys are unique and dense from 1 over the whole lake, and ordered in every file',
    rules: ({ config, expected }) => [
      ...denseKeys().flatMap(({ name, number, table }) => [
        malformedKeys(name, number, table),
        isLate(expected, table) || comesTwice(config, levelOf(expected), table)
          ? missteps(name, number, isLate(expected, table))
          : gapsWithin(name, number),
      ]),
      gapsBetween(
        denseKeys()
          .map(({ table }) => table)
          .filter((table) => !isLate(expected, table)),
      ),
      ORDER_ITEMS_ASCEND,
      doubles('customers', 'customer_id'),
      doubles('products', 'product_id'),
    ],
  },
  {
    name: 'order of rows',
    description: 'parents are numbered in order of time within a day, children in the order of their parents',
    // Shard after shard, times begin anew.
    rules: ({ config }) => [
      CART_ITEMS_FOLLOW_CARTS,
      RETURN_ITEMS_FOLLOW_RETURNS,
      ...(config.simulation.shards === 1
        ? [timeOrder('carts', 'created'), timeOrder('orders', 'placed'), timeOrder('returns', 'returned')]
        : []),
    ],
  },
];
