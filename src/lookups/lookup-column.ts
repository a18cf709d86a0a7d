// One column of a lookup CSV on its way into shared memory, checked value by value.

import type { Data, RecordBatch } from 'apache-arrow';
import { UserError } from '../lib/errors.ts';
import { TABLES, type DimensionTable } from '../tables/index.ts';

/** Text values end to end: value i stands at `[offsets[i], offsets[i + 1])`. */
export interface SharedText {
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

/** Stands for null among the indexes of a vocabulary. */
export const NONE = 255;

export const LOOKUPS_HINT = 'Correct the file, or build the lookups anew with `ecomlake generate-lookups --force`.';

/** `batch` has the table's CSV columns in order. */
export class LookupColumn {
  readonly length: number;
  private readonly table: DimensionTable;
  private readonly name: string;
  private readonly data: Data;
  private readonly bytes: Buffer;

  constructor(batch: RecordBatch, table: DimensionTable, name: string) {
    this.table = table;
    this.name = name;
    this.length = batch.numRows;
    this.data = batch.data.children[TABLES[table].columns.findIndex((column) => column.name === name)]!;
    const { buffer, byteOffset, byteLength } = this.data.values as Uint8Array;
    this.bytes = Buffer.from(buffer, byteOffset, byteLength);
  }

  /** Says where: lines are counted as in a file without blank lines and without line breaks in values, the header first. */
  wrong(row: number, problem: string): UserError {
    return new UserError(`${this.table}.csv, line ${row + 2}, column ${this.name}: ${problem}`, { hint: LOOKUPS_HINT });
  }

  textAt(row: number): string {
    const { offsets } = this;
    return this.bytes.toString('utf8', offsets[row], offsets[row + 1]);
  }

  numberAt(row: number): number {
    return Number((this.data.values as Float64Array | BigInt64Array)[row]);
  }

  bitAt(row: number): number {
    return (this.bytes[row >> 3]! >> (row & 7)) & 1;
  }

  requireDistinctText(): void {
    const { offsets, bytes } = this;
    const seen = new Set<string>();
    for (let row = 0; row < this.length; row++) {
      // One character a byte: faster than UTF-8, and as different as the bytes are.
      const value = bytes.toString('latin1', offsets[row], offsets[row + 1]);
      if (value === '') throw this.wrong(row, 'is empty');
      if (seen.add(value).size <= row) throw this.repeated(row, (at) => this.textAt(at));
    }
  }

  requireDistinctNumbers(): void {
    const seen = new Set<number>();
    for (let row = 0; row < this.length; row++) {
      if (seen.add(this.numberAt(row)).size <= row) throw this.repeated(row, (at) => this.numberAt(at));
    }
  }

  private repeated(row: number, valueAt: (row: number) => string | number): UserError {
    const value = valueAt(row);
    let first = 0;
    while (valueAt(first) !== value) first++;
    return this.wrong(row, `${value} is on line ${first + 2} already`);
  }

  /** The values of the rows in `order`. */
  shareText(order: Uint32Array): SharedText {
    const { offsets: from, bytes: source } = this;
    const offsets = new Uint32Array(new SharedArrayBuffer((order.length + 1) * 4));
    const bytes = new Uint8Array(new SharedArrayBuffer(from[this.length]! - from[0]!));
    let end = 0;
    for (let i = 0; i < order.length; i++) {
      const row = order[i]!;
      for (let at = from[row]!; at < from[row + 1]!; at++) bytes[end++] = source[at]!;
      offsets[i + 1] = end;
    }
    return { offsets, bytes };
  }

  /** Indexes into the vocabulary, or NONE. Throws a UserError at the first word that is not in it. */
  shareIndexes(vocabulary: readonly string[], order: Uint32Array): Uint8Array {
    const indexes = new Map(vocabulary.map((word, i) => [word, i]));
    return shareBytes(order.length, (i) => {
      const row = order[i]!;
      if (this.data.nullCount > 0 && !this.data.getValid(row)) return NONE;
      const word = this.textAt(row);
      const index = indexes.get(word);
      if (index === undefined) throw this.wrong(row, `"${word}" is not in the config's vocabulary (${vocabulary.join(', ')})`);
      return index;
    });
  }

  /** Dollars as whole cents, from `minCents` to `maxCents`. Throws a UserError at the first value beyond or with more decimals. */
  shareCents(minCents: number, maxCents: number): Int32Array {
    return shareInts(this.length, (row) => {
      const dollars = this.numberAt(row);
      const cents = Math.round(dollars * 100);
      // Also false for NaN.
      if (!(cents >= minCents && cents <= maxCents)) throw this.wrong(row, `${dollars} is not from ${minCents / 100} to ${maxCents / 100}`);
      if (cents / 100 !== dollars) throw this.wrong(row, `${dollars} has more than two decimals`);
      return cents;
    });
  }

  private get offsets(): Int32Array {
    return this.data.valueOffsets as Int32Array;
  }
}

export function shareInts(count: number, valueAt: (i: number) => number): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(count * 4));
  for (let i = 0; i < count; i++) shared[i] = valueAt(i);
  return shared;
}

export function shareBytes(count: number, valueAt: (i: number) => number): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(count));
  for (let i = 0; i < count; i++) shared[i] = valueAt(i);
  return shared;
}
