// Lookups as the simulation uses them: columns in shared memory, checked, since the CSVs may have been edited.

import type { RecordBatch } from 'apache-arrow';
import type { Config } from '../config/schema.ts';
import { parseDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { LOOKUPS_HINT, LookupColumn, shareBytes, shareInts, type SharedText } from './lookup-column.ts';

export { NONE, type SharedText } from './lookup-column.ts';

/** Sorted by sign-up day. */
export interface CustomerTable {
  readonly count: number;
  readonly id: SharedText;
  readonly email: SharedText;
  readonly mailingAddress: SharedText;
  readonly billingAddress: SharedText;
  /** Days since 1970-01-01. */
  readonly signupDay: Int32Array;
  /** 0 or 1. */
  readonly isGuest: Uint8Array;
  /** Index into `vocab.signup_channels`, or NONE. */
  readonly signupChannel: Uint8Array;
  /** Initial tier as an index into `vocab.loyalty_tiers`, or NONE. */
  readonly tier: Uint8Array;
}

export interface ProductTable {
  readonly count: number;
  readonly id: Int32Array;
  readonly name: SharedText;
  /** Index into `vocab.categories`. */
  readonly category: Uint8Array;
  readonly priceCents: Int32Array;
  readonly costCents: Int32Array;
}

export interface Lookups {
  readonly customers: CustomerTable;
  readonly products: ProductTable;
}

const MAX_PRODUCT_ID = 0x7fff_ffff;
const MAX_PRICE_CENTS = 10_000_000;

/** Throws a UserError (exit 2) with file, line and column of the first value that cannot be used. */
export function loadLookups(customers: RecordBatch, products: RecordBatch, config: Config): Lookups {
  return { customers: loadCustomers(customers, config), products: loadProducts(products, config) };
}

function loadCustomers(batch: RecordBatch, config: Config): CustomerTable {
  const column = (name: string) => new LookupColumn(batch, 'customers', name);
  const count = batch.numRows;
  if (count === 0) throw new UserError('customers.csv has no rows', { hint: LOOKUPS_HINT });
  const ids = column('customer_id');
  ids.requireDistinctText();
  const days = parseDays(column('signup_date'));
  const order = orderByDay(days);
  const guests = column('is_guest');
  return {
    count,
    id: ids.shareText(order),
    email: column('email').shareText(order),
    mailingAddress: column('mailing_address').shareText(order),
    billingAddress: column('billing_address').shareText(order),
    signupDay: shareInts(count, (i) => days[order[i]!]!),
    isGuest: shareBytes(count, (i) => guests.bitAt(order[i]!)),
    signupChannel: column('signup_channel').shareIndexes(config.vocab.signup_channels, order),
    tier: column('initial_loyalty_tier').shareIndexes(config.vocab.loyalty_tiers, order),
  };
}

function loadProducts(batch: RecordBatch, config: Config): ProductTable {
  const column = (name: string) => new LookupColumn(batch, 'product_catalog', name);
  const count = batch.numRows;
  const { categories } = config.vocab;
  const ids = column('product_id');
  const id = shareInts(count, (row) => {
    const value = ids.numberAt(row);
    if (value < 1 || value > MAX_PRODUCT_ID) throw ids.wrong(row, `${value} is not from 1 to ${MAX_PRODUCT_ID}`);
    return value;
  });
  ids.requireDistinctNumbers();
  const fileOrder = Uint32Array.from({ length: count }, (_, row) => row);
  const category = column('category').shareIndexes(categories, fileOrder);
  const missing = categories.find((_, index) => !category.includes(index));
  if (missing !== undefined) throw new UserError(`product_catalog.csv has no product of the category "${missing}"`, { hint: LOOKUPS_HINT });
  return {
    count,
    id,
    name: column('product_name').shareText(fileOrder),
    category,
    priceCents: column('unit_price').shareCents(1, MAX_PRICE_CENTS),
    costCents: column('cost_price').shareCents(0, MAX_PRICE_CENTS),
  };
}

function parseDays(dates: LookupColumn): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from({ length: dates.length }, (_, row) => {
    const text = dates.textAt(row);
    let day = known.get(text);
    if (day === undefined) {
      try {
        day = parseDay(text);
      } catch {
        throw dates.wrong(row, `"${text}" is not a calendar date, such as 2020-02-29`);
      }
      known.set(text, day);
    }
    return day;
  });
}

/** Rows by day; those of one day keep their order. */
function orderByDay(days: Int32Array): Uint32Array {
  return Uint32Array.from(days.keys()).sort((a, b) => days[a]! - days[b]! || a - b);
}
