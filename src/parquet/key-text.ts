// The text of a row's primary key, such as `order_items|ORD-00000001|23`, read from Arrow memory without a string a row.

import type { Data, RecordBatch } from 'apache-arrow';
import type { TableSpec } from '../tables/index.ts';

const SEPARATOR = '|'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);

/** A number's digits and a separator always fit behind a text. */
const NUMBER_BYTES = 32;

interface KeyColumn {
  /** Text: bytes and offsets. Undefined for integers. */
  bytes: Uint8Array;
  offsets: Int32Array | undefined;
  /** Integers: two 32-bit words a value, low word first. */
  words: Int32Array;
}

const NO_BYTES = new Uint8Array();
const NO_WORDS = new Int32Array();

function keyColumn(batch: RecordBatch, name: string): KeyColumn {
  const data = batch.data.children[batch.schema.fields.findIndex((field) => field.name === name)] as Data | undefined;
  if (data === undefined) throw new Error(`batch lacks key column ${name}`);
  const values: unknown = data.values;
  if (values instanceof BigInt64Array) {
    return { bytes: NO_BYTES, offsets: undefined, words: new Int32Array(values.buffer, values.byteOffset, values.length * 2) };
  }
  return { bytes: values as Uint8Array, offsets: data.valueOffsets as Int32Array, words: NO_WORDS };
}

/** One buffer that holds the key of the row read last: `bytes[0, end)`. */
export class KeyText {
  bytes = new Uint8Array(256);
  end = 0;
  private readonly columns: KeyColumn[];
  private readonly tableEnd: number;

  /** Where the key itself begins, behind the table's name and a separator. */
  get start(): number {
    return this.tableEnd + 1;
  }

  constructor(table: TableSpec, batch: RecordBatch) {
    this.columns = table.key.map((name) => keyColumn(batch, name));
    this.tableEnd = new TextEncoder().encodeInto(table.name, this.bytes).written;
  }

  read(row: number): void {
    this.end = this.tableEnd;
    for (let i = 0; i < this.columns.length; i++) {
      const { bytes, offsets, words } = this.columns[i]!;
      this.bytes[this.end++] = SEPARATOR;
      if (offsets !== undefined) this.pushBytes(bytes, offsets[row]!, offsets[row + 1]!);
      else this.pushInt(words[row * 2]! >>> 0, words[row * 2 + 1]!);
    }
  }

  private pushBytes(source: Uint8Array, from: number, to: number): void {
    const needed = this.end + (to - from) + NUMBER_BYTES;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(needed * 2);
      grown.set(this.bytes.subarray(0, this.end));
      this.bytes = grown;
    }
    const bytes = this.bytes;
    let end = this.end;
    for (let i = from; i < to; i++) bytes[end++] = source[i]!;
    this.end = end;
  }

  private pushInt(low: number, high: number): void {
    if (high === 0 && low < 0x8000_0000) this.pushDigits(low);
    else {
      // Negative or above 2^31, which no table of ours comes near: the slow way.
      const text = new TextEncoder().encode(((BigInt(high) << 32n) | BigInt(low)).toString());
      this.pushBytes(text, 0, text.length);
    }
  }

  private pushDigits(value: number): void {
    let size = 1;
    for (let limit = 10; value >= limit; limit *= 10) size++;
    let at = this.end + size;
    this.end = at;
    do {
      const tenth = (value / 10) | 0;
      this.bytes[--at] = ZERO + (value - tenth * 10);
      value = tenth;
    } while (value > 0);
  }
}
