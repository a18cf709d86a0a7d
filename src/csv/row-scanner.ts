// Walks the rows of a CSV file block by block and shows where a few of their fields lie, without reading the rest.

import { open, type FileHandle } from 'node:fs/promises';
import type { CsvHeader } from './header.ts';
import { csvProblem, showText } from './problem.ts';
import { CARRIAGE_RETURN, COMMA, LINE_FEED, QUOTE, readRowText } from './row-text.ts';

const SCAN_BLOCK_BYTES = 8 << 20;

/**
 * `while (await scanner.nextBlock()) while (scanner.nextRow()) ...` visits every row; memory is one block, or the longest row.
 * After `nextRow` the wanted fields are `bytes[from[i], to[i])`, unquoted.
 */
export class RowScanner {
  bytes: Uint8Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Position of the row in the file, and its line. */
  offset = 0;
  line = 0;

  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #header: CsvHeader;
  /** For each of the file's columns up to the last wanted one: its index among the wanted, or -1. */
  readonly #slots: Int32Array;
  #filled = 0;
  #pos = 0;
  /** Position of `bytes[0]` in the file. */
  #blockOffset = 0;
  #nextLine = 0;
  #atEnd = false;

  private constructor(file: string, handle: FileHandle, header: CsvHeader, slots: Int32Array, wanted: number, blockBytes: number) {
    this.#file = file;
    this.#handle = handle;
    this.#header = header;
    this.#slots = slots;
    this.from = new Int32Array(wanted);
    this.to = new Int32Array(wanted);
    // One byte more for the line feed that ends an unended last line.
    this.bytes = new Uint8Array(blockBytes + 1);
    this.#blockOffset = header.bytes;
    this.#nextLine = header.firstLine;
  }

  /** `wanted` are indices of the table's columns. */
  static async open(file: string, header: CsvHeader, wanted: readonly number[], blockBytes = SCAN_BLOCK_BYTES): Promise<RowScanner> {
    const positions = wanted.map((column) => header.columns.indexOf(column));
    const slots = new Int32Array(Math.max(...positions) + 1).fill(-1);
    positions.forEach((position, slot) => (slots[position] = slot));
    return new RowScanner(file, await open(file, 'r'), header, slots, wanted.length, blockBytes);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /** Reads on; the row that the last block cut moves to the front. False at the end of the file. */
  async nextBlock(): Promise<boolean> {
    if (this.#atEnd) return false;
    const rest = this.#filled - this.#pos;
    if (rest * 2 >= this.bytes.length - 1) {
      const grown = new Uint8Array(this.bytes.length * 2);
      grown.set(this.bytes.subarray(this.#pos, this.#filled));
      this.bytes = grown;
    } else {
      this.bytes.copyWithin(0, this.#pos, this.#filled);
    }
    this.#blockOffset += this.#pos;
    this.#pos = 0;
    this.#filled = rest;
    const room = this.bytes.length - 1 - rest;
    const { bytesRead } = await this.#handle.read(this.bytes, rest, room, this.#blockOffset + rest);
    this.#filled += bytesRead;
    this.#atEnd = bytesRead === 0;
    if (this.#atEnd && rest > 0 && this.bytes[rest - 1] !== LINE_FEED) this.bytes[this.#filled++] = LINE_FEED;
    return rest > 0 || !this.#atEnd;
  }

  /** False when the block holds no further whole row. */
  nextRow(): boolean {
    const { bytes, from, to } = this;
    const filled = this.#filled;
    const slots = this.#slots;
    let start = this.#pos;
    while (start < filled && isBlankLine(bytes, start, filled)) {
      start += bytes[start] === LINE_FEED ? 1 : 2;
      this.#nextLine++;
    }
    this.#pos = start;
    let pos = start;
    let lineFeeds = 0;
    let hasEscapes = false;
    for (let field = 0; field < slots.length; field++) {
      const slot = slots[field]!;
      let first = pos;
      let last: number;
      if (pos < filled && bytes[pos] === QUOTE) {
        first = ++pos;
        for (;;) {
          while (pos < filled && bytes[pos] !== QUOTE) if (bytes[pos++] === LINE_FEED) lineFeeds++;
          if (pos + 1 >= filled || bytes[pos + 1] !== QUOTE) break;
          if (slot >= 0) hasEscapes = true;
          pos += 2;
        }
        last = pos++;
      } else {
        while (pos < filled && bytes[pos] !== COMMA && bytes[pos] !== LINE_FEED) pos++;
        last = pos;
      }
      if (pos >= filled) return this.#cut(start);
      // After a closing quote or a plain field only a delimiter is right; whatever else stands here, the parser reports.
      while (pos < filled && bytes[pos] !== COMMA && bytes[pos] !== LINE_FEED) pos++;
      if (pos >= filled) return this.#cut(start);
      if (bytes[pos] === LINE_FEED) {
        if (last === pos && last > first && bytes[last - 1] === CARRIAGE_RETURN) last--;
        if (field < slots.length - 1) throw this.#tooShort(start);
      } else if (field < slots.length - 1) {
        pos++;
      }
      if (slot >= 0) {
        from[slot] = first;
        to[slot] = last;
      }
    }
    // The rest of the row: a quote that opens a field hides line feeds.
    while (bytes[pos] !== LINE_FEED) {
      if (pos >= filled) return this.#cut(start);
      if (bytes[pos++] !== COMMA || bytes[pos] !== QUOTE || pos >= filled) continue;
      for (pos++; pos < filled; pos++) {
        if (bytes[pos] === LINE_FEED) lineFeeds++;
        else if (bytes[pos] === QUOTE) {
          if (pos + 1 < filled && bytes[pos + 1] === QUOTE) pos++;
          else break;
        }
      }
      if (pos >= filled) return this.#cut(start);
      pos++;
    }
    if (pos >= filled) return this.#cut(start);
    if (hasEscapes) this.#unescape();
    this.offset = this.#blockOffset + start;
    this.line = this.#nextLine;
    this.#nextLine += 1 + lineFeeds;
    this.#pos = pos + 1;
    return true;
  }

  /** The block ends within the row at `start`: fine, unless the file does too. */
  #cut(start: number): false {
    if (!this.#atEnd || start >= this.#filled) return false;
    throw csvProblem(
      this.#file,
      this.#nextLine,
      `a quote is opened in this row and never closed: ${showText(this.bytes.subarray(start, this.#filled - 1))}`,
      'Put a field that contains a comma, a quote or a line break in double quotes, and double each quote inside it.',
    );
  }

  #tooShort(start: number): Error {
    const row = readRowText(this.bytes, start, this.#filled);
    return csvProblem(
      this.#file,
      this.#nextLine,
      `${row.fields.length} ${row.fields.length === 1 ? 'field' : 'fields'} instead of ${this.#header.names.length}: ${showText(this.bytes.subarray(start, row.next - 1))}`,
      'Give each row as many fields as the header has.',
    );
  }

  /** Halves doubled quotes where they stand: the row is whole, nobody reads it again. */
  #unescape(): void {
    for (let slot = 0; slot < this.from.length; slot++) {
      let out = this.from[slot]!;
      const end = this.to[slot]!;
      if (this.bytes[out - 1] !== QUOTE) continue;
      for (let at = out; at < end; at++) {
        if (this.bytes[at] === QUOTE) at++;
        this.bytes[out++] = this.bytes[at]!;
      }
      this.to[slot] = out;
    }
  }
}

function isBlankLine(bytes: Uint8Array, at: number, filled: number): boolean {
  return bytes[at] === LINE_FEED || (bytes[at] === CARRIAGE_RETURN && at + 1 < filled && bytes[at + 1] === LINE_FEED);
}
