// References: every foreign key resolves, children lie with their parents, lines are those of the catalogue.

import { MS_PER_DAY } from '../../../lib/days.ts';
import { quote } from '../duck.ts';
import { faultyRows, type LoadedTable, type RowCheck, type Rule } from '../rule.ts';

function unknownCustomers(name: LoadedTable): Rule {
  return faultyRows(name, 't.customer IS NULL', `'customer_id ' || t.customer_id || ' is not among the customers'`);
}

/** Children summed by parent and day, against the parents of those days. */
function orphans(children: LoadedTable, sums: string, parents: string, number: string, what: string): Rule {
  return faultyRows(
    children,
    'parent_day IS NULL OR parent_day <> t.day',
    `CASE WHEN parent_day IS NULL THEN ${quote(`its ${what} is not in the lake on that day`)} ELSE ${quote(`its ${what} lies in another partition`)} END`,
    `${children} t JOIN (
      SELECT s.${number}, s.day, p.day AS parent_day FROM ${sums} s LEFT JOIN ${parents} p USING (${number}) WHERE p.day IS NULL OR p.day <> s.day
    ) o ON o.${number} IS NOT DISTINCT FROM t.${number} AND o.day = t.day`,
  );
}

const ITEM_TABLES = ['cart_items', 'order_items', 'return_items'] as const;

export const REFERENCE_CHECKS: readonly RowCheck[] = [
  {
    name: 'customers of rows',
    description: 'carts, orders and returns belong to a customer of the lake',
    rules: () => (['carts', 'orders', 'returns'] as const).map(unknownCustomers),
  },
  {
    name: 'children',
    description: 'every item lies in the partition of its cart, order or return',
    rules: () => [
      orphans('cart_items', 'cart_sums', 'carts', 'cart', 'cart'),
      orphans('order_items', 'order_sums', 'orders', 'ord', 'order'),
      orphans('return_items', 'return_sums', 'returns', 'ret', 'return'),
    ],
  },
  {
    name: 'catalogue',
    description: 'product_id, name, category, unit_price and cost_price of every line are those of the catalogue',
    rules: () => [
      ...ITEM_TABLES.map((name) => faultyRows(name, 'NOT known', `'the product is not in the catalogue'`)),
      ...ITEM_TABLES.flatMap((name) =>
        [
          ['name_fits', 'product_name'],
          ['category_fits', 'category'],
          ['price_fits', 'unit_price'],
          ...(name === 'cart_items' ? [] : [['cost_fits', 'cost_price'] as const]),
        ].map(([flag, column]) => faultyRows(name, `NOT ${flag}`, quote(`${column} is not that of the catalogue`))),
      ),
    ],
  },
  {
    name: 'returned orders',
    description: 'a return is of an order of the same customer, its items of lines of that order, refunded the way it was paid',
    // Of what is late, an order may not have arrived when its return has.
    rules: ({ expected: { lastDay, settledDay } }) => [
      {
        stage: 'lake',
        sql: `
          SELECT r.file, r.line, r.return_id || ': ' ||
            CASE WHEN o.ord IS NULL THEN 'its order is not in the lake'
              WHEN o.customer <> r.customer THEN 'its order belongs to another customer'
              ELSE 'refund_method is not how the order was paid' END AS says
          FROM all_returns r LEFT JOIN all_orders o USING (ord)
          WHERE CASE WHEN o.ord IS NULL THEN ${settledDay === lastDay} OR r.returned < ${(settledDay + 1) * MS_PER_DAY}
            ELSE o.customer <> r.customer OR o.payment <> r.method END`,
      },
      faultyRows(
        'return_items',
        'first_order <> r.ord OR last_order <> r.ord',
        `'order_id is not that of its return'`,
        'return_items t JOIN return_sums s USING (ret, day) JOIN returns r USING (ret)',
      ),
      {
        stage: 'lake',
        sql: `
          SELECT file, line, 'return item of order number ' || coalesce(ord::VARCHAR, '(not written as keys are)') || ': product_id ' || product_id || ' is no line of that order' AS says
          FROM refunds ANTI JOIN refunds_found USING (ord, product_id) JOIN files f ON f.id = file
          WHERE ${settledDay === lastDay} OR f.day <= ${settledDay}`,
      },
    ],
  },
];
