// Record batches to CSV bytes, straight from the Arrow buffers: RFC 4180, "\n" line ends, null = nothing, empty text = "".

import type { Data, RecordBatch } from 'apache-arrow';
import { MAX_NUMBER_BYTES, writeFloat, writeInt64, writeMoney } from '../lib/write-number.ts';
import type { ColumnSpec, TableSpec } from '../tables/index.ts';

const COMMA = 44;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;

/** Output room is made once for so many rows: no bounds check a cell. */
const ROWS_PER_RESERVE = 1024;

const TEXT = 0;
const INT = 1;
const MONEY = 2;
const FLOAT = 3;
const BOOL = 4;

/** The buffers of one Arrow column; every source has the same shape, so that the row loop stays monomorphic. */
interface Source {
  kind: number;
  validity: Uint8Array | undefined;
  /** First bit of the column in `validity` and `bits`: not 0 in a sliced batch. */
  bit: number;
  offsets: Int32Array;
  bytes: Uint8Array;
  /** No byte of the column needs quoting. */
  plain: boolean;
  words: Int32Array;
  floats: Float64Array;
}

const NO_INTS = new Int32Array(0);
const NO_BYTES = new Uint8Array(0);
const NO_FLOATS = new Float64Array(0);

/** Encodes batches of one table. What `encode` returns is a view that is valid until the next call. */
export class CsvEncoder {
  readonly #columns: readonly ColumnSpec[];
  #out = new Uint8Array(64 * 1024);

  constructor(table: TableSpec) {
    this.#columns = table.columns;
  }

  /** The header line. */
  header(): Uint8Array {
    return new TextEncoder().encode(`${this.#columns.map((column) => column.name).join(',')}\n`);
  }

  /** Rows of a batch that has the table's columns in order. */
  encode(batch: RecordBatch): Uint8Array {
    const sources = this.#columns.map((column, index) => sourceOf(column, batch.data.children[index]!));
    let end = 0;
    for (let from = 0; from < batch.numRows; from += ROWS_PER_RESERVE) {
      const to = Math.min(batch.numRows, from + ROWS_PER_RESERVE);
      this.#reserve(end, boundBytes(sources, from, to));
      end = writeRows(this.#out, end, sources, from, to);
    }
    return this.#out.subarray(0, end);
  }

  #reserve(used: number, bytes: number): void {
    if (used + bytes <= this.#out.length) return;
    const grown = new Uint8Array(Math.max(this.#out.length * 2, used + bytes));
    grown.set(this.#out.subarray(0, used));
    this.#out = grown;
  }
}

function sourceOf(column: ColumnSpec, data: Data): Source {
  const source: Source = {
    kind: BOOL,
    validity: data.nullCount > 0 ? data.nullBitmap : undefined,
    bit: data.offset,
    offsets: NO_INTS,
    bytes: NO_BYTES,
    plain: false,
    words: NO_INTS,
    floats: NO_FLOATS,
  };
  const values = data.values as Uint8Array;
  if (column.type === 'string') {
    source.kind = TEXT;
    source.offsets = data.valueOffsets as Int32Array;
    source.bytes = values;
    source.plain = isPlain(values.subarray(source.offsets[0], source.offsets[data.length]));
  } else if (column.type === 'int64') {
    source.kind = INT;
    source.words = new Int32Array(values.buffer, values.byteOffset, data.length * 2);
  } else if (column.type === 'float64') {
    source.kind = column.format === 'money' ? MONEY : FLOAT;
    source.floats = data.values as Float64Array;
  } else {
    source.bytes = values;
  }
  return source;
}

/** One native search a character settles most columns: then texts are copied without looking at them. */
function isPlain(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return !view.includes(COMMA) && !view.includes(QUOTE) && !view.includes(LINE_FEED) && !view.includes(CARRIAGE_RETURN);
}

/** The most bytes that rows [from, to) can take. */
function boundBytes(sources: readonly Source[], from: number, to: number): number {
  let bytes = 0;
  for (const source of sources) {
    // Every byte of a text may be a quote, which is doubled; two quotes around it, and a delimiter.
    if (source.kind === TEXT) bytes += (source.offsets[to]! - source.offsets[from]!) * 2 + (to - from) * 3;
    else bytes += (to - from) * (MAX_NUMBER_BYTES + 1);
  }
  return bytes;
}

function writeRows(out: Uint8Array, start: number, sources: readonly Source[], from: number, to: number): number {
  let pos = start;
  for (let row = from; row < to; row++) {
    for (let c = 0; c < sources.length; c++) {
      const source = sources[c]!;
      const bit = source.bit + row;
      if (source.validity === undefined || (source.validity[bit >> 3]! >> (bit & 7)) & 1) {
        switch (source.kind) {
          case TEXT: {
            const first = source.offsets[row]!;
            const last = source.offsets[row + 1]!;
            if (source.plain && last > first) {
              const bytes = source.bytes;
              for (let i = first; i < last; i++) out[pos++] = bytes[i]!;
            } else {
              pos = writeCheckedText(out, pos, source.bytes, first, last);
            }
            break;
          }
          case INT:
            pos = writeInt64(out, pos, source.words[row * 2]!, source.words[row * 2 + 1]!);
            break;
          case MONEY:
            pos = writeMoney(out, pos, source.floats[row]!);
            break;
          case FLOAT:
            pos = writeFloat(out, pos, source.floats[row]!);
            break;
          default:
            pos = writeBool(out, pos, ((source.bytes[bit >> 3]! >> (bit & 7)) & 1) === 1);
        }
      }
      out[pos++] = COMMA;
    }
    out[pos - 1] = LINE_FEED;
  }
  return pos;
}

/** Copies while it looks; at the first character that needs quoting it starts again, quoted. */
function writeCheckedText(out: Uint8Array, start: number, bytes: Uint8Array, first: number, last: number): number {
  if (first === last) {
    out[start] = QUOTE;
    out[start + 1] = QUOTE;
    return start + 2;
  }
  let pos = start;
  for (let i = first; i < last; i++) {
    const byte = bytes[i]!;
    if (byte <= COMMA && (byte === COMMA || byte === QUOTE || byte === LINE_FEED || byte === CARRIAGE_RETURN)) {
      return writeQuoted(out, start, bytes, first, last);
    }
    out[pos++] = byte;
  }
  return pos;
}

function writeQuoted(out: Uint8Array, start: number, bytes: Uint8Array, first: number, last: number): number {
  let pos = start;
  out[pos++] = QUOTE;
  for (let i = first; i < last; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) out[pos++] = QUOTE;
    out[pos++] = byte;
  }
  out[pos++] = QUOTE;
  return pos;
}

function writeBool(out: Uint8Array, pos: number, value: boolean): number {
  if (value) {
    out[pos] = 116;
    out[pos + 1] = 114;
    out[pos + 2] = 117;
    out[pos + 3] = 101;
    return pos + 4;
  }
  out[pos] = 102;
  out[pos + 1] = 97;
  out[pos + 2] = 108;
  out[pos + 3] = 115;
  out[pos + 4] = 101;
  return pos + 5;
}
