// `event_id`: a 128-bit hash of table and primary key, the same for the same row in every run.
//
// To make one elsewhere, in Python with the package mmh3:
//   event_id = f"evt_{mmh3.hash128(f'{table}|{key}', x64arch=False):032x}"
// `key` is the text of the key columns as in the CSV, joined by `|`: `cart_items|17`, `order_items|ORD-00000001|23`.
// The table stands in the hashed text, not in the seed, because this hash repeats itself on texts of 8 bytes or less.

import type { RecordBatch } from 'apache-arrow';
import type { TextBuilder } from '../tables/column-builders.ts';
import type { TableSpec } from '../tables/index.ts';
import { KeyText } from './key-text.ts';
import { murmur128 } from './murmur128.ts';

/** `evt_` and 32 hex digits: nine words of four bytes. */
const WORDS = 9;
const EVENT_ID_BYTES = WORDS * 4;
const EVT_WORD = Buffer.from('evt_').readUInt32LE();

/** The four hex digits of each 16-bit number, as one little-endian word. */
const HEX_WORDS = new Uint32Array(65_536);
for (let value = 0; value < HEX_WORDS.length; value++) {
  HEX_WORDS[value] = Buffer.from(value.toString(16).padStart(4, '0')).readUInt32LE();
}

/** Fills `target` with one `event_id` a row of `batch`; what it held before is gone. */
export function fillEventIds(table: TableSpec, batch: RecordBatch, target: TextBuilder): void {
  const rows = batch.numRows;
  target.reset();
  target.reserve(rows);
  target.room(rows * EVENT_ID_BYTES);
  const words = new Uint32Array(target.bytes.buffer, target.bytes.byteOffset, rows * WORDS);
  const offsets = target.offsets;
  const key = new KeyText(table, batch);
  const hash = new Uint32Array(4);

  for (let row = 0; row < rows; row++) {
    key.read(row);
    murmur128(key.bytes, 0, key.end, 0, hash);
    writeEventId(words, row * WORDS, hash);
    offsets[row + 1] = (row + 1) * EVENT_ID_BYTES;
  }
  target.rows = rows;
  target.end = rows * EVENT_ID_BYTES;
}

/** One row's `event_id` at a time, for a few rows of a batch. */
export class EventIdWriter {
  private readonly hash = new Uint32Array(4);
  private readonly words = new Uint32Array(WORDS);
  private readonly bytes = new Uint8Array(this.words.buffer);

  /** `key` has read the row. */
  push(target: TextBuilder, key: KeyText): void {
    murmur128(key.bytes, 0, key.end, 0, this.hash);
    writeEventId(this.words, 0, this.hash);
    target.pushBytes(this.bytes, 0, EVENT_ID_BYTES);
  }
}

/** A function of its own: V8 replaces the innermost loop of a long-running one, and with a loop of four rounds it never got further. */
function writeEventId(words: Uint32Array, at: number, hash: Uint32Array): void {
  words[at] = EVT_WORD;
  for (let i = 0; i < 4; i++) {
    const word = hash[3 - i]!;
    words[at + 1 + 2 * i] = HEX_WORDS[word >>> 16]!;
    words[at + 2 + 2 * i] = HEX_WORDS[word & 0xffff]!;
  }
}
