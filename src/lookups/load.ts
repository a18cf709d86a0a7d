// Lookups as the simulation uses them: columns in shared memory, checked, since the CSVs may have been edited.

import type { Data, RecordBatch } from 'apache-arrow';
import type { Config } from '../config/schema.ts';
import { parseDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { TABLES, type DimensionTable } from '../tables/index.ts';

/** Text values end to end: value i stands at `[offsets[i], offsets[i + 1])`. */
export interface SharedText {
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

/** A customer without a sign-up channel or tier has this in its place. */
export const NONE = 255;

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

/** Throws a UserError (exit 2) with the row and column of the first value that cannot be used. */
export function loadLookups(customers: RecordBatch, products: RecordBatch, config: Config): Lookups {
  return { customers: loadCustomers(customers, config), products: loadProducts(products, config) };
}

function loadCustomers(batch: RecordBatch, config: Config): CustomerTable {
  const column = (name: string) => columnOf(batch, 'customers', name);
  const count = batch.numRows;
  if (count === 0) throw new UserError('customers.csv has no rows', { hint: HINT });
  requireDistinct('customers', 'customer_id', column('customer_id'));
  const days = loadDays(column('signup_date'));
  const order = orderByDay(days);
  const guests = column('is_guest');
  return {
    count,
    id: shareText(column('customer_id'), order),
    email: shareText(column('email'), order),
    mailingAddress: shareText(column('mailing_address'), order),
    billingAddress: shareText(column('billing_address'), order),
    signupDay: share(Int32Array, count, (i) => days[order[i]!]!),
    isGuest: share(Uint8Array, count, (i) => bitAt(guests, order[i]!)),
    signupChannel: shareIndexes('customers', 'signup_channel', column('signup_channel'), config.vocab.signup_channels, order),
    tier: shareIndexes('customers', 'initial_loyalty_tier', column('initial_loyalty_tier'), config.vocab.loyalty_tiers, order),
  };
}

function loadProducts(batch: RecordBatch, config: Config): ProductTable {
  const column = (name: string) => columnOf(batch, 'product_catalog', name);
  const count = batch.numRows;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const ids = column('product_id').values as BigInt64Array;
  const seen = new Set<bigint>();
  ids.forEach((id, row) => {
    if (id <= 0n || id > 0x7fff_ffffn) throw wrong('product_catalog', row, 'product_id', `${id} is not from 1 to 2147483647`);
    if (seen.has(id)) throw wrong('product_catalog', row, 'product_id', `${id} is there twice`);
    seen.add(id);
  });
  const categories = shareIndexes('product_catalog', 'category', column('category'), config.vocab.categories, order);
  config.vocab.categories.forEach((name, category) => {
    if (!categories.includes(category)) throw new UserError(`product_catalog.csv has no product of the category "${name}"`, { hint: HINT });
  });
  return {
    count,
    id: share(Int32Array, count, (i) => Number(ids[i])),
    name: shareText(column('product_name'), order),
    category: categories,
    priceCents: shareCents('unit_price', column('unit_price')),
    costCents: shareCents('cost_price', column('cost_price')),
  };
}

const HINT = 'Correct the file, or build the lookups anew with `ecomlake generate-lookups --force`.';

/** Counted as lines of the CSV: the header is line 1. */
function wrong(table: DimensionTable, row: number, column: string, problem: string): UserError {
  return new UserError(`${table}.csv, line ${row + 2}, column ${column}: ${problem}`, { hint: HINT });
}

function columnOf(batch: RecordBatch, table: DimensionTable, name: string): Data {
  return batch.data.children[TABLES[table].columns.findIndex((column) => column.name === name)]!;
}

function textAt(data: Data, row: number): string {
  const offsets = data.valueOffsets as Int32Array;
  const bytes = data.values as Uint8Array;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', offsets[row], offsets[row + 1]);
}

function bitAt(data: Data, row: number): number {
  return ((data.values as Uint8Array)[row >> 3]! >> (row & 7)) & 1;
}

function requireDistinct(table: DimensionTable, name: string, data: Data): void {
  const seen = new Set<string>();
  for (let row = 0; row < data.length; row++) {
    const value = textAt(data, row);
    if (value === '') throw wrong(table, row, name, 'is empty');
    if (seen.has(value)) throw wrong(table, row, name, `${value} is there twice`);
    seen.add(value);
  }
}

function loadDays(data: Data): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from({ length: data.length }, (_, row) => {
    const text = textAt(data, row);
    let day = known.get(text);
    if (day === undefined) {
      try {
        day = parseDay(text);
      } catch (cause) {
        throw wrong('customers', row, 'signup_date', (cause as Error).message);
      }
      known.set(text, day);
    }
    return day;
  });
}

/** Stable: customers of one day keep their order. */
function orderByDay(days: Int32Array): Uint32Array {
  return Uint32Array.from([...days.keys()].toSorted((a, b) => days[a]! - days[b]!));
}

function shareText(data: Data, order: Uint32Array): SharedText {
  const from = data.valueOffsets as Int32Array;
  const values = data.values as Uint8Array;
  const offsets = new Uint32Array(new SharedArrayBuffer((order.length + 1) * 4));
  const bytes = new Uint8Array(new SharedArrayBuffer(from[data.length]! - from[0]!));
  order.forEach((row, i) => {
    bytes.set(values.subarray(from[row], from[row + 1]), offsets[i]);
    offsets[i + 1] = offsets[i]! + from[row + 1]! - from[row]!;
  });
  return { offsets, bytes };
}

function share<T extends Int32ArrayConstructor | Uint8ArrayConstructor>(type: T, count: number, valueAt: (i: number) => number): InstanceType<T> {
  const memory: unknown = new SharedArrayBuffer(count * type.BYTES_PER_ELEMENT);
  const array = new type(memory as ArrayBuffer);
  for (let i = 0; i < count; i++) array[i] = valueAt(i);
  return array as InstanceType<T>;
}

function shareIndexes(table: DimensionTable, name: string, data: Data, vocabulary: readonly string[], order: Uint32Array): Uint8Array {
  const indexes = new Map(vocabulary.map((word, i) => [word, i]));
  return share(Uint8Array, order.length, (i) => {
    const row = order[i]!;
    if (!data.getValid(row)) return NONE;
    const word = textAt(data, row);
    const index = indexes.get(word);
    if (index === undefined) throw wrong(table, row, name, `"${word}" is not in the config's vocabulary (${vocabulary.join(', ')})`);
    return index;
  });
}

function shareCents(name: string, data: Data): Int32Array {
  const values = data.values as Float64Array;
  return share(Int32Array, data.length, (row) => {
    const cents = Math.round(values[row]! * 100);
    if (!(cents > 0 && cents <= 10_000_000)) throw wrong('product_catalog', row, name, `${values[row]} is not a price from 0.01 to 100000`);
    return cents;
  });
}
