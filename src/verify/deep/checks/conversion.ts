// Carts and what becomes of them: emptied ones are empty, converted ones have their order, orders have their cart.

import { MS_PER_DAY } from '../../../lib/days.ts';
import { inflatedItems, type MessRates } from '../mess-rates.ts';
import { dollars, faultyRows, settled, type RowCheck } from '../rule.ts';

/** An order follows its cart's last change within minutes, and its cart's creation within hours. */
const MOST_AFTER_UPDATE_MS = 10 * 60_000;
const MOST_AFTER_CREATION_MS = 6 * 3_600_000;

/** Where no spike months are configured, either is right here: that it is one month a year is measured (mess: spike months). */
function wrongTotalItems(mess: MessRates | undefined): string {
  if (mess === undefined) return 'total_items <> items';
  const inflated = inflatedItems(mess, 'items', 'placed');
  return mess.spikeMonths === undefined ? `total_items NOT IN (items, ${inflated})` : `total_items <> ${inflated}`;
}

export const CONVERSION_CHECKS: readonly RowCheck[] = [
  {
    name: 'emptied carts',
    description: 'an emptied cart has no items and a total of 0, any other has items',
    rules: () => [
      faultyRows(
        'carts',
        `(t.state = 'emptied') <> (s.items IS NULL)`,
        `CASE WHEN s.items IS NULL THEN 'it is ' || t.state || ' and has no items' ELSE 'it is emptied and has items' END`,
        'carts t LEFT JOIN cart_sums s USING (cart, day)',
      ),
      faultyRows('carts', `t.state = 'emptied' AND t.total <> 0`, `'it is emptied and its total is ' || ${dollars('t.total')}`),
    ],
  },
  {
    name: 'carts and orders',
    description:
      'every order has one converted cart with the same total and contents, placed minutes after it; every converted cart has one order',
    rules: ({ expected }) => {
      const end = (expected.settledDay + 1) * MS_PER_DAY;
      return [
        {
          stage: 'lake',
          sql: `
            SELECT file, line,
              CASE WHEN ord IS NULL THEN 'cart number ' || cart || ': it is converted and has no order'
                WHEN cart IS NULL THEN 'order number ' || ord || ': it has no converted cart'
                WHEN nth > 1 THEN 'order number ' || ord || ': cart number ' || cart || ' has an order already'
                ELSE 'order number ' || ord || ': it does not go with cart number ' || cart || ': ' ||
                  CASE WHEN gross <> total THEN ${dollars('gross')} || ' there, ' || ${dollars('total')} || ' in the cart'
                    WHEN pieces <> cart_pieces OR mark <> cart_mark THEN 'other products or quantities'
                    ELSE 'placed before the cart was ready, or long after' END
              END AS says
            FROM pairs
            WHERE ${settled('placed', expected)} AND CASE
              WHEN ord IS NULL THEN created < ${end - MOST_AFTER_CREATION_MS}
              WHEN cart IS NULL OR nth > 1 THEN true
              ELSE gross <> total OR pieces <> cart_pieces OR mark <> cart_mark OR placed < coalesce(updated, created)
                OR placed > created + ${MOST_AFTER_CREATION_MS} OR placed > updated + ${MOST_AFTER_UPDATE_MS} END`,
        },
      ];
    },
  },
  {
    name: 'total_items',
    description: 'total_items is the number of cart lines, or what the mess of this level makes of it',
    rules: ({ mess, expected }) => [
      {
        stage: 'lake',
        sql: `
          SELECT file, line, 'order number ' || ord || ': total_items is ' || total_items || ', its cart has ' || items || ' lines' AS says
          FROM pairs WHERE ${settled('placed', expected)} AND ${wrongTotalItems(mess)}`,
      },
    ],
  },
];
