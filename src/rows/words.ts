// Text written as bytes: words encoded once, IDs and timestamps digit by digit.

import { formatDay, MS_PER_DAY } from '../lib/days.ts';
import type { SharedText } from '../lookups/load.ts';
import type { TextBuilder } from '../tables/column-builders.ts';

const ZERO = 48;
const encoder = new TextEncoder();

/** A vocabulary encoded once; `push` copies one word. */
export class Words {
  private readonly offsets: Uint32Array;
  private readonly bytes: Uint8Array;

  constructor(words: readonly string[]) {
    const encoded = words.map((word) => encoder.encode(word));
    this.offsets = new Uint32Array(encoded.length + 1);
    encoded.forEach((word, i) => (this.offsets[i + 1] = this.offsets[i]! + word.length));
    this.bytes = new Uint8Array(this.offsets[encoded.length]!);
    encoded.forEach((word, i) => this.bytes.set(word, this.offsets[i]));
  }

  push(column: TextBuilder, word: number): void {
    column.pushBytes(this.bytes, this.offsets[word]!, this.offsets[word + 1]!);
  }
}

/** IDs such as `CART-00000001`: a prefix and a number of at least eight digits. */
export class IdWriter {
  private readonly prefix: Uint8Array;

  constructor(prefix: string) {
    this.prefix = encoder.encode(prefix);
  }

  push(column: TextBuilder, id: number): void {
    const { prefix } = this;
    let digits = 8;
    for (let bound = 1e8; id >= bound; bound *= 10) digits++;
    column.room(prefix.length + digits);
    const { bytes } = column;
    let at = column.end;
    for (let i = 0; i < prefix.length; i++) bytes[at++] = prefix[i]!;
    let rest = id;
    for (let i = at + digits - 1; i >= at; i--) {
      const next = Math.floor(rest / 10);
      bytes[i] = ZERO + (rest - next * 10);
      rest = next;
    }
    column.end = at + digits;
    column.endValue();
  }
}

/** Timestamps such as `2020-03-01T13:59:50.717` on or shortly after one day. */
export class TimestampWriter {
  private readonly day: number;
  private readonly dates: Uint8Array[];

  constructor(day: number) {
    this.day = day;
    this.dates = [encoder.encode(`${formatDay(day)}T`)];
  }

  /** `ms` counts from the day's midnight and may run past the next. */
  push(column: TextBuilder, ms: number): void {
    let later = 0;
    let rest = ms;
    while (rest >= MS_PER_DAY) {
      rest -= MS_PER_DAY;
      later++;
    }
    const date = (this.dates[later] ??= encoder.encode(`${formatDay(this.day + later)}T`));
    column.room(23);
    const { bytes } = column;
    const at = column.end;
    for (let i = 0; i < 11; i++) bytes[at + i] = date[i]!;
    const millis = rest % 1000;
    const seconds = (rest / 1000) | 0;
    const minutes = (seconds / 60) | 0;
    putTwoDigits(bytes, at + 11, (minutes / 60) | 0);
    bytes[at + 13] = 58;
    putTwoDigits(bytes, at + 14, minutes % 60);
    bytes[at + 16] = 58;
    putTwoDigits(bytes, at + 17, seconds % 60);
    bytes[at + 19] = 46;
    bytes[at + 20] = ZERO + ((millis / 100) | 0);
    putTwoDigits(bytes, at + 21, millis % 100);
    column.end = at + 23;
    column.endValue();
  }
}

function putTwoDigits(bytes: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  bytes[at] = ZERO + tens;
  bytes[at + 1] = ZERO + value - tens * 10;
}

/** Copies value `i` of a lookup column. */
export function pushShared(column: TextBuilder, text: SharedText, i: number): void {
  column.pushBytes(text.bytes, text.offsets[i]!, text.offsets[i + 1]!);
}
