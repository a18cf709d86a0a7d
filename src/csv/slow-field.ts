// One field that is not plain: quoted, empty, signed, long or wrong. Reads it exactly or says what is wrong with it.

import { isDate, isTimestamp } from './date-text.ts';
import { BOOL, DATE, FLOAT, INT, SKIPPED, TIMESTAMP, type FileColumn } from './file-column.ts';
import { csvProblem, showText } from './problem.ts';
import { CARRIAGE_RETURN, COMMA, LINE_FEED, QUOTE, readRowText } from './row-text.ts';

const TRUE = new Set(['true', 'True', 'TRUE', '1']);
const FALSE = new Set(['false', 'False', 'FALSE', '0']);

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

const QUOTING_HINT = 'Put a field that contains a comma, a quote or a line break in double quotes, and double each quote inside it.';

/** What a column's text must look like, for messages. */
const EXPECTED: Record<number, readonly [what: string, hint: string]> = {
  [INT]: ['a whole number', 'Write digits only, such as 42, at most 64 bits.'],
  [FLOAT]: ['a number', 'Write digits with a decimal point, such as 12.50, without currency or thousands separators.'],
  [BOOL]: ['true or false', 'Write true or false (True, False, 1 and 0 are read too).'],
  [DATE]: ['a calendar date', 'Write dates as YYYY-MM-DD, such as 2020-02-29.'],
  [TIMESTAMP]: ['a timestamp', 'Write timestamps as 2020-02-29T13:59:50.717.'],
};

export class SlowField {
  readonly #file: string;
  readonly #columns: readonly FileColumn[];
  #unquoted = new Uint8Array(1024);
  #lineFeeds = 0;

  constructor(file: string, columns: readonly FileColumn[]) {
    this.#file = file;
    this.#columns = columns;
  }

  /** Line feeds inside the quoted fields of the row just read. */
  takeLineFeeds(): number {
    const count = this.#lineFeeds;
    this.#lineFeeds = 0;
    return count;
  }

  /**
   * Appends the field at `pos`, the file's column `c` of the row that starts at `rowStart` on `rowLine`, to its builder.
   * Returns the position after its delimiter.
   */
  read(bytes: Uint8Array, pos: number, to: number, c: number, rowStart: number, rowLine: number): number {
    const column = this.#columns[c]!;
    const line = rowLine + this.#lineFeeds;
    const isQuoted = bytes[pos] === QUOTE;
    let value: Uint8Array;
    let end: number;
    if (isQuoted) {
      end = this.#skipQuoted(bytes, pos, to);
      if (end > to) throw this.#wrong(line, column, 'a quote is opened here and never closed', QUOTING_HINT);
      value = this.#unquote(bytes, pos + 1, end - 1);
      const next = bytes[end];
      if (next !== COMMA && next !== LINE_FEED && !(next === CARRIAGE_RETURN && bytes[end + 1] === LINE_FEED)) {
        throw this.#wrong(
          line,
          column,
          `text follows the closing quote: ${showText(bytes.subarray(pos, endOfLine(bytes, end)))}`,
          QUOTING_HINT,
        );
      }
    } else {
      end = endOfPlain(bytes, pos);
      value = bytes.subarray(pos, end);
      const next = bytes[end];
      if (next === QUOTE || (next === CARRIAGE_RETURN && bytes[end + 1] !== LINE_FEED)) {
        const what = next === QUOTE ? 'a quote' : 'a carriage return';
        throw this.#wrong(
          line,
          column,
          `${what} in a field that is not quoted: ${showText(bytes.subarray(pos, endOfLine(bytes, end)))}`,
          QUOTING_HINT,
        );
      }
    }
    if (bytes[end] === CARRIAGE_RETURN) end++;
    if ((bytes[end] === LINE_FEED) !== (c === this.#columns.length - 1) || !append(column, value, isQuoted)) {
      throw this.#explain(bytes, to, rowStart, rowLine, line, column, value);
    }
    return end + 1;
  }

  /** Position after the closing quote; beyond `to` if there is none. Counts the line feeds on the way. */
  #skipQuoted(bytes: Uint8Array, pos: number, to: number): number {
    for (let at = pos + 1; at < to; at++) {
      if (bytes[at] === LINE_FEED) this.#lineFeeds++;
      else if (bytes[at] === QUOTE) {
        if (bytes[at + 1] !== QUOTE) return at + 1;
        at++;
      }
    }
    return to + 1;
  }

  #unquote(bytes: Uint8Array, from: number, to: number): Uint8Array {
    if (this.#unquoted.length < to - from) this.#unquoted = new Uint8Array((to - from) * 2);
    const out = this.#unquoted;
    let size = 0;
    for (let at = from; at < to; at++) {
      if (bytes[at] === QUOTE) at++;
      out[size++] = bytes[at]!;
    }
    return out.subarray(0, size);
  }

  /** A wrong number of fields comes first: values that slipped into the next column are only its symptom. */
  #explain(bytes: Uint8Array, to: number, rowStart: number, rowLine: number, line: number, column: FileColumn, value: Uint8Array): Error {
    const expected = this.#columns.length;
    const row = readRowText(bytes, rowStart, to);
    if (row.fields.length !== expected && !row.broken) {
      const fields = row.fields.length === 1 ? '1 field' : `${row.fields.length} fields`;
      return csvProblem(
        this.#file,
        rowLine,
        `${fields} instead of ${expected}: ${showText(bytes.subarray(rowStart, endOfLine(bytes, rowStart)))}`,
        `Give each row as many fields as the header has; ${QUOTING_HINT.charAt(0).toLowerCase()}${QUOTING_HINT.slice(1)}`,
      );
    }
    const [what, hint] = EXPECTED[column.kind] ?? ['text', ''];
    if (value.length === 0)
      return this.#wrong(line, column, 'the value is missing', `This column must have ${what} in every row. ${hint}`.trim());
    return this.#wrong(line, column, `${showText(value)} is not ${what}`, hint);
  }

  #wrong(line: number, column: FileColumn, what: string, hint: string): Error {
    return csvProblem(this.#file, line, `column "${column.name}": ${what}`, hint);
  }
}

/** End of an unquoted field: its delimiter, or the character that should not be there. */
function endOfPlain(bytes: Uint8Array, pos: number): number {
  let at = pos;
  for (;;) {
    const byte = bytes[at]!;
    if (byte === COMMA || byte === LINE_FEED || byte === QUOTE || byte === CARRIAGE_RETURN) return at;
    at++;
  }
}

function endOfLine(bytes: Uint8Array, pos: number): number {
  const end = bytes.indexOf(LINE_FEED, pos);
  return bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
}

/** Whether the value fits the column; if so it is appended. Only text knows an empty value that is not null. */
function append(column: FileColumn, value: Uint8Array, isQuoted: boolean): boolean {
  if (column.kind === SKIPPED) return true;
  const isText = column.kind < INT;
  if (value.length === 0 && !(isText && isQuoted)) {
    if (column.nullable) builderOf(column).pushNull();
    return column.nullable;
  }
  if (!isText) return appendParsed(column, Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1'));
  if (column.kind === DATE && !isDate(value, 0, value.length)) return false;
  if (column.kind === TIMESTAMP && !isTimestamp(value, 0, value.length)) return false;
  column.text.pushBytes(value, 0, value.length);
  return true;
}

function builderOf(column: FileColumn): { pushNull(): void } {
  return column.kind === INT ? column.int : column.kind === FLOAT ? column.float : column.kind === BOOL ? column.bool : column.text;
}

function appendParsed(column: FileColumn, text: string): boolean {
  if (column.kind === INT) return /^[+-]?\d+$/.test(text) && appendInt(column, text);
  if (column.kind === FLOAT) {
    const value = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (Number.isFinite(value)) column.float.push(value);
    return Number.isFinite(value);
  }
  const isTrue = TRUE.has(text);
  if (!isTrue && !FALSE.has(text)) return false;
  column.bool.push(isTrue);
  return true;
}

function appendInt(column: FileColumn, digits: string): boolean {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) {
    column.int.push(value);
    return true;
  }
  const exact = BigInt(digits);
  if (exact < MIN_INT64 || exact > MAX_INT64) return false;
  const at = column.int.rows * 2;
  column.int.push(0);
  column.int.words[at] = Number(BigInt.asIntN(32, exact));
  column.int.words[at + 1] = Number(BigInt.asIntN(32, exact >> 32n));
  return true;
}
