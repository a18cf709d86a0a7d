// How dirty each level of mess is.

import { z } from 'zod';
import { PARENT_TABLES, TRANSACTION_TABLES } from '../tables/index.ts';
import { KIND_COLUMNS, type KindColumns } from './mess-columns.ts';
import { nearest } from '../lib/nearest.ts';
import { driftSchema } from '../tables/drift-problems.ts';
import { probability } from './values.ts';

function columns({ allowed, defaults }: KindColumns) {
  return z
    .array(z.string())
    .superRefine((paths, context) => {
      paths.forEach((path, i) => {
        if (!allowed.includes(path)) {
          const near = nearest(path, allowed);
          const meant = near === undefined ? '' : `; did you mean "${near}"?`;
          context.addIssue({ code: 'custom', path: [i], message: `"${path}" is none of its columns (${allowed.join(', ')})${meant}` });
        } else if (paths.indexOf(path) < i) context.addIssue({ code: 'custom', path: [i], message: 'stands here twice' });
      });
    })
    .default([...defaults])
    .describe('table.column');
}

const rate = (value: number, of = 'Share of cells') => probability.default(value).describe(of);

/** A kind that no level plants unless a config says so. */
function optional(what: string, where: KindColumns, of?: string) {
  return z
    .strictObject({ rate: rate(0, of), columns: columns(where) })
    .prefault({})
    .describe(what);
}

const OPTIONAL = {
  typos: optional('A letter doubled, dropped, swapped with the next, or replaced by its neighbour on the keyboard', KIND_COLUMNS.typos),
  mixed_dates: optional('Dates and times in another format or zone', KIND_COLUMNS.mixed_dates),
  sentinels: optional('N/A, -, null, unknown or 0000-00-00 instead of a value', KIND_COLUMNS.sentinels),
  outliers: optional('Amounts ten or a hundred times as high, or negative', KIND_COLUMNS.outliers),
  number_formats: optional(
    'Amounts and counts written with a currency, separators or a unit; their columns become text',
    KIND_COLUMNS.number_formats,
  ),
  orphaned_keys: optional('References to what the lake does not have', KIND_COLUMNS.orphaned_keys),
  swapped_columns: optional(
    'The values of two columns exchanged, for a whole day of the table',
    KIND_COLUMNS.swapped_columns,
    'Share of days',
  ),
  truncated_text: optional('Text cut to its first 10 to 20 characters', KIND_COLUMNS.truncated_text),
  encoding_damage: optional('UTF-8 read as Latin-1, or a letter replaced by ? or U+FFFD', KIND_COLUMNS.encoding_damage),
  corrections: optional(
    'A first version of the row with another value, corrected by a second with a later ingestion_ts',
    KIND_COLUMNS.corrections,
  ),
};

/** A kind that acts on whole rows of some tables. */
function optionalRows<T extends string>(what: string, tables: readonly T[], of: string) {
  return z
    .strictObject({
      rate: rate(0, of),
      tables: z
        .array(z.enum(tables))
        .refine((names) => new Set(names).size === names.length, 'names a table twice')
        .default([...tables]),
    })
    .prefault({})
    .describe(what);
}

const OPTIONAL_ROWS = {
  redelivered_rows: optionalRows('Rows delivered once more, with a later ingestion_ts', TRANSACTION_TABLES, 'Share of rows'),
  late_rows: optionalRows(
    'Rows in the partition of a day 1 to 7 days after their event, children with their parent',
    PARENT_TABLES,
    'Share of carts, orders or returns',
  ),
};

/** Kinds of dirty cells that only a config turns on. Unlike the others, they suspend checks (suspended-checks.ts). */
export const OPTIONAL_KINDS = Object.keys(OPTIONAL) as (keyof typeof OPTIONAL)[];
export type OptionalKind = (typeof OPTIONAL_KINDS)[number];

/** The others that only a config turns on: they act on rows and not on cells, and suspend nothing. */
export const ROW_KINDS = Object.keys(OPTIONAL_ROWS) as (keyof typeof OPTIONAL_ROWS)[];
export type RowKind = (typeof ROW_KINDS)[number];

function level(rates: { text: number; missing: number; factor: number; reasons: number }) {
  return z
    .strictObject({
      padding: z
        .strictObject({ rate: rate(rates.text), columns: columns(KIND_COLUMNS.padding) })
        .prefault({})
        .describe('One or two spaces before and after'),
      casing: z
        .strictObject({ rate: rate(rates.text), columns: columns(KIND_COLUMNS.casing) })
        .prefault({})
        .describe('Upper, lower or title case, another than the word has'),
      missing_value: z
        .strictObject({ rate: rate(rates.missing), columns: columns(KIND_COLUMNS.missing_value) })
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
      ...OPTIONAL,
      ...OPTIONAL_ROWS,
    })
    .prefault({});
}

export const messSchema = z.strictObject({
  light_mess: level({ text: 0.05, missing: 0.02, factor: 1, reasons: 0 }).describe('A tidy feed'),
  medium_mess: level({ text: 0.08, missing: 0.04, factor: 1.5, reasons: 0.25 }).describe('A usual feed'),
  heavy_mess: level({ text: 0.15, missing: 0.08, factor: 2, reasons: 0.5 }).describe('A feed nobody looks after'),
  drift: driftSchema.default([]).describe('Dated changes to the columns of the tables, at every level that plants something'),
});

/** `none` and its other name `baseline` plant nothing. */
export const MESSINESS_LEVELS = ['none', 'baseline', 'light_mess', 'medium_mess', 'heavy_mess'] as const;
export type MessinessLevel = (typeof MESSINESS_LEVELS)[number];

export function plantsNothing(level: string): level is 'none' | 'baseline' {
  return level === 'none' || level === 'baseline';
}
