// The tiny shop with columns that change as time goes by: every kind of change, in every table.

import { appendFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Flags } from '../../src/config/settings.ts';
import type { Drift } from '../../src/tables/drift.ts';
import { TinyShop } from './tiny-shop.ts';

/** In no order, as a config may have it. */
export const DRIFT: Drift = [
  { date: '2020-01-11', table: 'orders', remove: 'clv_bucket' },
  { date: '2020-01-05', table: 'orders', add: 'sales_region', values: ['north', 'south', 'west'] },
  { date: '2020-01-07', table: 'orders', rename: 'shipping_speed', to: 'shipping_method' },
  { date: '2020-01-07', table: 'cart_items', retype: 'quantity', to: 'float64' },
  { date: '2020-01-09', table: 'orders', retype: 'is_expedited', to: 'string' },
  { date: '2020-01-09', table: 'orders', retype: 'total_items', to: 'float64' },
  { date: '2020-01-09', table: 'order_items', retype: 'quantity', to: 'string' },
  { date: '2020-01-11', table: 'returns', retype: 'refunded_amount', to: 'string' },
  { date: '2020-01-11', table: 'returns', rename: 'refunded_amount', to: 'refund' },
  { date: '2020-01-13', table: 'orders', rename: 'sales_region', to: 'region' },
  { date: '2020-01-13', table: 'orders', retype: 'total_items', to: 'string' },
  { date: '2020-01-14', table: 'shopping_carts', rename: 'updated_at', to: 'changed_at' },
  { date: '2020-01-14', table: 'return_items', add: 'note' },
  { date: '2020-01-15', table: 'return_items', remove: 'category' },
];

/** A day after the last change. */
export const LAST = '2020-01-22';

export async function openDriftingShop(drift: Drift = DRIFT, mess = {}): Promise<TinyShop> {
  const shop = await TinyShop.open();
  appendFileSync(shop.config, stringify({ mess: { drift, ...mess } }));
  return shop;
}

export async function makeDriftingShop(flags: Flags = {}, drift?: Drift): Promise<TinyShop> {
  const shop = await openDriftingShop(drift);
  await shop.backlog({ direct: true, 'end-date': LAST, ...flags });
  return shop;
}
