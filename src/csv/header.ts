// A CSV file's first line against the table's columns: any order is fine, extra columns are noted, missing ones refused.

import { closeSync, openSync, readSync } from 'node:fs';
import { UserError } from '../lib/errors.ts';
import type { TableSpec } from '../tables/index.ts';
import { csvProblem } from './problem.ts';
import { LINE_FEED, readRowText } from './row-text.ts';

/** A header longer than this is not one. */
const MAX_HEADER_BYTES = 1 << 20;

const FIRST_READ_BYTES = 64 * 1024;

const SKIP = -1;

export interface CsvHeader {
  /** Names as the file has them. */
  readonly names: readonly string[];
  /** For each of the file's columns the index of the table's, or -1 for a column the table does not have. */
  readonly columns: Int32Array;
  /** Bytes up to the first row, a byte order mark included. */
  readonly bytes: number;
  /** Number of the first row's line. */
  readonly firstLine: number;
  /** Notes for the log, such as ignored columns. */
  readonly notes: readonly string[];
}

/** Reads the header at the start of `bytes`, of which `complete` says whether they are the whole file. */
export function parseHeader(bytes: Uint8Array, table: TableSpec, file: string, complete = true): CsvHeader {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const expected = `Its first line must name these columns: ${table.columns.map((column) => column.name).join(', ')}.`;
  if (bytes.length === start) throw csvProblem(file, 0, 'the file is empty, without even a header', expected);
  const row = readRowText(bytes, start, bytes.length);
  if (bytes.subarray(0, row.next).includes(0)) throw csvProblem(file, 1, 'this is not text in UTF-8', 'Save the file as CSV in UTF-8.');
  if (row.broken || (!complete && bytes[row.next - 1] !== LINE_FEED)) {
    throw csvProblem(file, 1, 'the header line has broken quoting or no end', expected);
  }
  const index = new Map(table.columns.map((column, at) => [column.name, at]));
  const twice = row.fields.find((name, at) => index.has(name) && row.fields.indexOf(name) !== at);
  if (twice !== undefined) throw csvProblem(file, 1, `column "${twice}" stands in the header twice`, 'Leave one of them out.');
  const missing = table.columns.filter((column) => !row.fields.includes(column.name)).map((column) => column.name);
  const extra = row.fields.filter((name) => !index.has(name));
  if (missing.length > 0) throw csvProblem(file, 1, describeMissing(missing, extra), expected);
  return {
    names: row.fields,
    columns: Int32Array.from(row.fields, (name) => index.get(name) ?? SKIP),
    bytes: row.next,
    firstLine: 1 + row.lines,
    notes:
      extra.length === 0
        ? []
        : [
            `${file}: ignored ${plural(extra.length)} ${quoteAll(extra)}: ${table.name} has no such ${extra.length > 1 ? 'columns' : 'column'}`,
          ],
  };
}

/** Reads the header of a file on disk. */
export function readHeader(file: string, table: TableSpec): CsvHeader {
  const { bytes, isComplete } = readStart(file);
  return parseHeader(bytes, table, file, isComplete);
}

function readStart(file: string): { bytes: Uint8Array; isComplete: boolean } {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const bytes = new Uint8Array(MAX_HEADER_BYTES);
    let filled = 0;
    for (;;) {
      const count = readSync(descriptor, bytes, filled, Math.min(FIRST_READ_BYTES, bytes.length - filled), filled);
      filled += count;
      if (count === 0 || filled === bytes.length || bytes.subarray(filled - count, filled).includes(LINE_FEED)) {
        return { bytes: bytes.subarray(0, filled), isComplete: count === 0 };
      }
    }
  } catch (cause) {
    throw new UserError(`${file}: cannot be read`, { hint: 'Check the path and its permissions.', cause });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const plural = (count: number) => (count > 1 ? 'columns' : 'column');
const quoteAll = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

function describeMissing(missing: readonly string[], extra: readonly string[]): string {
  const guesses = missing.map((name) => {
    const near = nearest(name, extra);
    return near === undefined ? `"${name}"` : `"${name}" (the file has "${near}")`;
  });
  return `${plural(missing.length)} ${guesses.join(', ')} missing from the header`;
}

/** The candidate a person most likely meant, if any is within a third of the name's length. */
function nearest(name: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  let best: string | undefined;
  let bestDistance = Math.floor(name.length / 3) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(plain(name), plain(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(change, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
