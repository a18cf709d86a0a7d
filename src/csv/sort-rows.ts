// The rows of a partition in the order of their keys. Rows that are in order already are left where they are.

import { IntBuilder, rowCopier, TextBuilder, type BatchBuilder } from '../tables/column-builders.ts';
import type { TableSpec } from '../tables/index.ts';

const ZERO = 48;
const NINE = 57;

/** Digits of a key's number that a rank can hold beside the rank of its prefix. */
const MAX_DIGITS = 14;
const MAX_PREFIXES = 64;

/** One component of the key: a number that orders most rows at once, and the exact comparison where it ties. */
interface KeyColumn {
  readonly ranks: Float64Array;
  readonly compare: (a: number, b: number) => number;
}

/** Compares rows by key; 0 only for equal keys. */
export type RowOrder = (a: number, b: number) => number;

/**
 * IDs made of letters and a number (`CART-00000007`) by letters, then number, if all have that form; other texts by bytes;
 * integers by value; compound keys by their components.
 */
export function keyOrder(table: TableSpec, builder: BatchBuilder): RowOrder {
  const columns = table.key.map((name) => {
    const column = builder.builders[builder.columns.findIndex((candidate) => candidate.name === name)];
    if (column instanceof TextBuilder) return textKey(column);
    if (column instanceof IntBuilder) return intKey(column);
    throw new Error(`key column ${name} of ${table.name} is neither text nor integer`);
  });
  const compareColumn = ({ ranks, compare }: KeyColumn, a: number, b: number) => ranks[a]! - ranks[b]! || compare(a, b);
  const [first, ...others] = columns;
  if (others.length === 0) return (a, b) => compareColumn(first!, a, b);
  return (a, b) => {
    for (const column of columns) {
      const order = compareColumn(column, a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/**
 * The rows in order, or undefined if they are so already. Reports the first two rows of the same key to `onDuplicate`, which
 * may let them be: they keep their order.
 */
export function sortedRows(rows: number, order: RowOrder, onDuplicate: (row: number) => void): Uint32Array | undefined {
  let isSorted = true;
  for (let row = 1; row < rows && isSorted; row++) {
    const step = order(row - 1, row);
    if (step === 0) onDuplicate(row);
    isSorted = step <= 0;
  }
  if (isSorted) return undefined;
  const sorted = Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => order(a, b) || a - b);
  for (let i = 1; i < rows; i++) if (order(sorted[i - 1]!, sorted[i]!) === 0) onDuplicate(sorted[i]!);
  return sorted;
}

/** Copies `rows` of one builder to another of the same columns. */
export function copyRows(from: BatchBuilder, to: BatchBuilder, rows: Uint32Array): void {
  to.reset(rows.length);
  from.builders.forEach((source, index) => {
    const copy = rowCopier(to.builders[index]!, source.data());
    for (const row of rows) copy(row);
  });
}

function intKey({ words, rows }: IntBuilder): KeyColumn {
  const ranks = new Float64Array(rows);
  for (let row = 0; row < rows; row++) ranks[row] = words[row * 2 + 1]! * 0x1_0000_0000 + (words[row * 2]! >>> 0);
  // Beyond 2^53 the rank is rounded.
  return { ranks, compare: (a, b) => words[a * 2 + 1]! - words[b * 2 + 1]! || (words[a * 2]! >>> 0) - (words[b * 2]! >>> 0) };
}

function textKey(column: TextBuilder): KeyColumn {
  const { bytes, offsets } = column;
  const compare = (a: number, b: number) =>
    Buffer.compare(bytes.subarray(offsets[a], offsets[a + 1]), bytes.subarray(offsets[b], offsets[b + 1]));
  return { ranks: numberRanks(column) ?? byteRanks(column), compare };
}

/** Rank of prefix and number, or undefined if a key is not letters and a number. */
function numberRanks({ bytes, offsets, rows }: TextBuilder): Float64Array | undefined {
  const ranks = new Float64Array(rows);
  const prefixes = new Map<string, number>();
  const prefixIds = new Uint8Array(rows);
  let prefixFrom = 0;
  let prefixLength = -1;
  let prefixId = 0;
  for (let row = 0; row < rows; row++) {
    const start = offsets[row]!;
    const end = offsets[row + 1]!;
    let at = start;
    while (at < end && !isDigit(bytes[at]!)) at++;
    if (at === end || end - at > MAX_DIGITS) return undefined;
    if (at - start !== prefixLength || !isSame(bytes, start, prefixFrom, prefixLength)) {
      const prefix = Buffer.from(bytes.subarray(start, at)).toString('latin1');
      prefixId = prefixes.get(prefix) ?? prefixes.size;
      prefixes.set(prefix, prefixId);
      if (prefixes.size > MAX_PREFIXES) return undefined;
    }
    prefixFrom = start;
    prefixLength = at - start;
    let number = 0;
    for (; at < end; at++) {
      if (!isDigit(bytes[at]!)) return undefined;
      number = number * 10 + bytes[at]! - ZERO;
    }
    ranks[row] = number;
    prefixIds[row] = prefixId;
  }
  if (prefixes.size <= 1) return ranks;
  const inOrder = [...prefixes.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  const rankOfId = Float64Array.from(prefixes.keys(), (prefix) => inOrder.indexOf(prefix) * 10 ** MAX_DIGITS);
  for (let row = 0; row < rows; row++) ranks[row]! += rankOfId[prefixIds[row]!]!;
  return ranks;
}

/** The first six bytes as a number: it orders as the bytes do. */
function byteRanks({ bytes, offsets, rows }: TextBuilder): Float64Array {
  const ranks = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let rank = 0;
    for (let i = 0; i < 6; i++) rank = rank * 256 + (offsets[row]! + i < offsets[row + 1]! ? bytes[offsets[row]! + i]! : 0);
    ranks[row] = rank;
  }
  return ranks;
}

const isDigit = (byte: number) => byte >= ZERO && byte <= NINE;

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}
