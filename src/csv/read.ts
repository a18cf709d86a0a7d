// CSV bytes to Arrow columns: one pass, straight into the builders; whatever is unusual leaves the fast path for `SlowField`.

import { isUtf8 } from 'node:buffer';
import type { RecordBatch } from 'apache-arrow';
import { BatchBuilder, TextBuilder } from '../tables/column-builders.ts';
import type { TableSpec } from '../tables/index.ts';
import { isDate, isTimestamp } from './date-text.ts';
import { BOOL, DATE, fileColumns, FLOAT, INT, SKIPPED, TEXT, TIMESTAMP, type FileColumn } from './file-column.ts';
import { parseHeader, type CsvHeader } from './header.ts';
import { csvProblem } from './problem.ts';
import { CARRIAGE_RETURN, COMMA, LINE_FEED, QUOTE } from './row-text.ts';
import { SlowField } from './slow-field.ts';

/** Builders get room for a slice of the input at a time, so that no field checks it. */
const SLICE_BYTES = 64 * 1024;

const ZERO = 48;
const POINT = 46;
/** So many digits fit a 32-bit integer whatever they are. */
const FAST_DIGITS = 9;
const POWERS_OF_TEN = Float64Array.from({ length: FAST_DIGITS + 1 }, (_, n) => 10 ** n);

/** Parses ranges of one file into one builder, which the caller resets; broken rows are a UserError with line and column. */
export class CsvParser {
  readonly #file: string;
  readonly #columns: readonly FileColumn[];
  readonly #texts: readonly TextBuilder[];
  readonly #builder: BatchBuilder;
  readonly #slow: SlowField;

  /** `anyDates`: the partition is known otherwise, and a date column may hold any text. */
  constructor(table: TableSpec, header: CsvHeader, file: string, builder: BatchBuilder, anyDates = false) {
    this.#file = file;
    this.#builder = builder;
    this.#columns = fileColumns(table, header, builder, anyDates);
    this.#texts = builder.builders.filter((column) => column instanceof TextBuilder);
    this.#slow = new SlowField(file, this.#columns);
  }

  /**
   * Appends the rows of `bytes[from, to)`, which starts and ends at a row's border; `firstLine` is its first line's number.
   * Blank lines are skipped. Returns the number of rows.
   */
  parse(bytes: Uint8Array, from: number, to: number, firstLine: number): number {
    if (from === to) return 0;
    if (!isUtf8(bytes.subarray(from, to))) throw this.#notUtf8(bytes, from, to, firstLine);
    if (bytes[to - 1] === LINE_FEED) return this.#parseRows(bytes, from, to, firstLine);
    // The last line of a file may lack its end. With it, no scan for a delimiter can leave the range.
    const ended = new Uint8Array(to - from + 1);
    ended.set(bytes.subarray(from, to));
    ended[to - from] = LINE_FEED;
    return this.#parseRows(ended, 0, ended.length, firstLine);
  }

  #parseRows(bytes: Uint8Array, from: number, to: number, firstLine: number): number {
    const columns = this.#columns;
    const last = columns.length - 1;
    const slow = this.#slow;
    let pos = from;
    let rows = 0;
    /** Line of the current row. */
    let line = firstLine;
    while (pos < to) {
      let sliceEnd = this.#openSlice(bytes, pos, to);
      while (pos < sliceEnd) {
        const lead = bytes[pos]!;
        if (lead === LINE_FEED || (lead === CARRIAGE_RETURN && bytes[pos + 1] === LINE_FEED)) {
          pos += lead === LINE_FEED ? 1 : 2;
          line++;
          continue;
        }
        const rowStart = pos;
        for (let c = 0; c <= last; c++) {
          const column = columns[c]!;
          const end = readField(bytes, pos, column, c === last ? LINE_FEED : COMMA);
          if (end > 0) {
            pos = end;
            continue;
          }
          pos = slow.read(bytes, pos, to, c, rowStart, line);
          // A quoted field may have left the slice that the builders have room for.
          if (pos > sliceEnd) sliceEnd = this.#openSlice(bytes, pos, to);
        }
        line += 1 + slow.takeLineFeeds();
        rows++;
      }
    }
    return rows;
  }

  /** Makes room for the rows that begin in the next slice and returns its end, which is a line's. */
  #openSlice(bytes: Uint8Array, pos: number, to: number): number {
    let end = to;
    if (to - pos > SLICE_BYTES) end = bytes.indexOf(LINE_FEED, pos + SLICE_BYTES) + 1;
    // The delimiters alone take a byte a field.
    const rows = Math.ceil((end - pos) / this.#columns.length) + 1;
    for (const builder of this.#builder.builders) builder.reserve(rows);
    for (const text of this.#texts) text.room(end - pos);
    return end;
  }

  #notUtf8(bytes: Uint8Array, from: number, to: number, firstLine: number): Error {
    let line = firstLine;
    let start = from;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, start) + 1 || to;
      if (end >= to || !isUtf8(bytes.subarray(start, end))) break;
      start = end;
      line++;
    }
    return csvProblem(this.#file, line, 'the line is not valid UTF-8', 'Save the file as CSV in UTF-8.');
  }
}

/**
 * Reads one plain field up to its delimiter into the column's builder and returns the position after the delimiter;
 * 0 and nothing appended if it is anything but plain.
 */
function readField(bytes: Uint8Array, start: number, column: FileColumn, delimiter: number): number {
  let pos = start;
  let byte = bytes[pos]!;
  switch (column.kind) {
    case TEXT:
    case DATE:
    case TIMESTAMP: {
      const text = column.text;
      const out = text.bytes;
      let end = text.end;
      // Nearly every character of a text is above the comma: one comparison.
      while (byte > COMMA || (byte !== COMMA && byte !== LINE_FEED && byte !== QUOTE && byte !== CARRIAGE_RETURN)) {
        out[end++] = byte;
        byte = bytes[++pos]!;
      }
      if (byte !== delimiter) return 0;
      if (pos === start) {
        if (!column.nullable) return 0;
        text.pushNull();
      } else {
        if (column.kind === DATE && !isDate(bytes, start, pos)) return 0;
        if (column.kind === TIMESTAMP && !isTimestamp(bytes, start, pos)) return 0;
        text.end = end;
        text.offsets[++text.rows] = end;
      }
      return pos + 1;
    }
    case INT: {
      let value = 0;
      let digit = byte - ZERO;
      while (digit >= 0 && digit <= 9 && pos - start < FAST_DIGITS) {
        value = (value * 10 + digit) | 0;
        byte = bytes[++pos]!;
        digit = byte - ZERO;
      }
      if (byte !== delimiter || pos === start) return 0;
      const int = column.int;
      int.words[int.rows * 2] = value;
      int.words[int.rows * 2 + 1] = 0;
      int.rows++;
      return pos + 1;
    }
    case FLOAT: {
      let value = 0;
      let digit = byte - ZERO;
      while (digit >= 0 && digit <= 9 && pos - start < FAST_DIGITS) {
        value = (value * 10 + digit) | 0;
        byte = bytes[++pos]!;
        digit = byte - ZERO;
      }
      if (pos === start) return 0;
      let decimals = 0;
      if (byte === POINT) {
        const first = ++pos;
        byte = bytes[pos]!;
        digit = byte - ZERO;
        while (digit >= 0 && digit <= 9 && pos - start <= FAST_DIGITS) {
          value = (value * 10 + digit) | 0;
          byte = bytes[++pos]!;
          digit = byte - ZERO;
        }
        decimals = pos - first;
        if (decimals === 0) return 0;
      }
      if (byte !== delimiter) return 0;
      const float = column.float;
      // Both are exact, so their quotient is the double nearest to the decimal.
      float.values[float.rows++] = value / POWERS_OF_TEN[decimals]!;
      return pos + 1;
    }
    case BOOL: {
      const isTrue = isWord(bytes, pos, 116, 114, 117, 101);
      const end = isTrue ? pos + 4 : pos + 5;
      if ((!isTrue && !(isWord(bytes, pos, 102, 97, 108, 115) && bytes[pos + 4] === 101)) || bytes[end] !== delimiter) return 0;
      column.bool.push(isTrue);
      return end + 1;
    }
    case SKIPPED:
      while (byte !== COMMA && byte !== LINE_FEED && byte !== QUOTE && byte !== CARRIAGE_RETURN) byte = bytes[++pos]!;
      return byte === delimiter ? pos + 1 : 0;
    default:
      return 0;
  }
}

/** Four letters, the first of either case: `true`, `True`, `fals`, `Fals`. */
function isWord(bytes: Uint8Array, at: number, a: number, b: number, c: number, d: number): boolean {
  return (bytes[at]! | 32) === a && bytes[at + 1] === b && bytes[at + 2] === c && bytes[at + 3] === d;
}

/** A whole file in memory as one batch. */
export function parseCsv(bytes: Uint8Array, table: TableSpec, file: string): RecordBatch {
  const header = parseHeader(bytes, table, file);
  const builder = new BatchBuilder(table.columns);
  new CsvParser(table, header, file, builder).parse(bytes, header.bytes, bytes.length, header.firstLine);
  return builder.finish();
}
