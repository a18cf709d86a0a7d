// How dirty each level of mess is.

import { z } from 'zod';
import { TABLES, TRANSACTION_TABLES } from '../tables/index.ts';
import { probability } from './values.ts';

const PADDED = [
  'shopping_carts.status',
  'cart_items.product_name',
  'order_items.product_name',
  'return_items.product_name',
  'orders.payment_method',
  'orders.shipping_speed',
  'orders.clv_bucket',
  'returns.reason',
  'returns.return_type',
  'returns.return_channel',
];
const NULLED = ['shopping_carts.updated_at', 'cart_items.added_at', 'orders.agent_id', 'returns.agent_id'];

/** Columns that mess may touch: never keys, references, dates that order or partition, or money. */
const TEXT_COLUMNS = new Set([...PADDED, 'order_items.category', 'cart_items.category', 'return_items.category', 'orders.order_channel']);
const NULLABLE_COLUMNS = new Set(
  TRANSACTION_TABLES.flatMap((table) =>
    TABLES[table].columns.filter((column) => column.nullable).map((column) => `${table}.${column.name}`),
  ),
);

function columns(allowed: ReadonlySet<string>, defaults: string[]) {
  return z
    .array(z.string())
    .superRefine((paths, context) => {
      paths.forEach((path, i) => {
        if (!allowed.has(path))
          context.addIssue({ code: 'custom', path: [i], message: `cannot have this mess: use one of ${[...allowed].join(', ')}` });
        else if (paths.indexOf(path) < i) context.addIssue({ code: 'custom', path: [i], message: 'stands here twice' });
      });
    })
    .default(defaults)
    .describe('table.column');
}

const rate = (value: number, of = 'Share of cells') => probability.default(value).describe(of);

function level(rates: { text: number; missing: number; factor: number; reasons: number }) {
  return z
    .strictObject({
      padding: z
        .strictObject({ rate: rate(rates.text), columns: columns(TEXT_COLUMNS, PADDED) })
        .prefault({})
        .describe('One or two spaces before and after'),
      casing: z
        .strictObject({ rate: rate(rates.text), columns: columns(TEXT_COLUMNS, PADDED) })
        .prefault({})
        .describe('Upper, lower or title case, another than the word has'),
      missing_value: z
        .strictObject({ rate: rate(rates.missing), columns: columns(NULLABLE_COLUMNS, NULLED) })
        .prefault({})
        .describe('Null instead of a value'),
      inflated_total_items: z
        .strictObject({
          factor: z.number().min(1).max(100).default(rates.factor).describe('Factor where seasonal_spike_factors names no month'),
        })
        .prefault({})
        .describe('Factor on orders.total_items in spike months; 1 = off'),
      biased_return_reasons: z
        .strictObject({ rate: rate(rates.reasons, 'Share of returns') })
        .prefault({})
        .describe('Share of return reasons drawn again by product category'),
    })
    .prefault({});
}

export const messSchema = z.strictObject({
  light_mess: level({ text: 0.05, missing: 0.02, factor: 1, reasons: 0 }).describe('A tidy feed'),
  medium_mess: level({ text: 0.08, missing: 0.04, factor: 1.5, reasons: 0.25 }).describe('A usual feed'),
  heavy_mess: level({ text: 0.15, missing: 0.08, factor: 2, reasons: 0.5 }).describe('A feed nobody looks after'),
});

/** `none` and its other name `baseline` plant nothing. */
export const MESSINESS_LEVELS = ['none', 'baseline', 'light_mess', 'medium_mess', 'heavy_mess'] as const;
export type MessinessLevel = (typeof MESSINESS_LEVELS)[number];
