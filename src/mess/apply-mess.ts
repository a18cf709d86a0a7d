// Clean batches of a day to dirty ones: each cell decided by its own stream of seed, kind, column and row key.

import { makeData, type Data, type RecordBatch } from 'apache-arrow';
import type { Config } from '../config/schema.ts';
import { Stream } from '../lib/random.ts';
import { IntBuilder, makeBatch, TextBuilder } from '../tables/column-builders.ts';
import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../tables/index.ts';
import { biasedReturnReasons } from './biased-return-reasons.ts';
import { casing } from './casing.ts';
import { inflatedTotalItems } from './inflated-total-items.ts';
import type { CleanDay, MessKind, MessRule, MessyLevel, TextRule } from './kind.ts';
import { missingValue } from './missing-value.ts';
import { padding } from './padding.ts';
import { hashRowKeys, type RowKeys } from './row-keys.ts';

/** In the order they act on a cell: what a word is, then how it is written, then whether it is there. */
const KINDS: readonly MessKind[] = [biasedReturnReasons, inflatedTotalItems, casing, padding, missingValue];

interface Planted {
  readonly rule: MessRule;
  readonly stream: Stream;
}

/** All rules of one column. */
class DirtyColumn {
  readonly index: number;
  private readonly planted: Planted[] = [];
  private readonly text = new TextBuilder();
  private readonly int = new IntBuilder();

  constructor(index: number) {
    this.index = index;
  }

  add(planted: Planted): void {
    this.planted.push(planted);
  }

  /** The dirty column; shares nothing that the clean one still changes. */
  dirty(clean: Data, keys: RowKeys, day: CleanDay): Data {
    let data = clean;
    const texts = this.planted.filter((planted) => planted.rule.type === 'text');
    if (texts.length > 0) data = this.rewriteText(data, texts, keys, day);
    for (const { rule, stream } of this.planted) {
      if (rule.type === 'int') data = this.changeInts(data, rule, stream, keys, day);
      if (rule.type === 'null') data = plantNulls(data, rule.threshold, stream, keys);
    }
    return data;
  }

  private rewriteText(clean: Data, planted: readonly Planted[], keys: RowKeys, day: CleanDay): Data {
    const column = this.text;
    column.reset();
    column.reserve(clean.length);
    const offsets = clean.valueOffsets as Int32Array;
    const bytes = clean.values as Uint8Array;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const hasNulls = clean.nullCount > 0;
    for (let row = 0; row < clean.length; row++) {
      if (hasNulls && !clean.getValid(row)) {
        column.pushNull();
        continue;
      }
      let value: string | undefined;
      for (let i = 0; i < planted.length; i++) {
        const { rule, stream } = planted[i]!;
        if (stream.open(keys.high[row]!, keys.low[row]).next() >= rule.threshold) continue;
        value = (rule as TextRule).rewrite(value ?? buffer.toString('utf8', offsets[row], offsets[row + 1]), stream, day, row);
      }
      if (value === undefined) column.pushBytes(bytes, offsets[row]!, offsets[row + 1]!);
      else column.pushText(value);
    }
    return column.data();
  }

  private changeInts(clean: Data, rule: Extract<MessRule, { type: 'int' }>, stream: Stream, keys: RowKeys, day: CleanDay): Data {
    const column = this.int;
    column.reset();
    column.reserve(clean.length);
    const values = clean.values as BigInt64Array;
    for (let row = 0; row < clean.length; row++) {
      const value = Number(values[row]);
      const hit = stream.open(keys.high[row]!, keys.low[row]).next() < rule.threshold;
      if (!clean.getValid(row)) column.pushNull();
      else column.push(hit ? rule.change(value, day, row) : value);
    }
    return column.data();
  }
}

/** The values stay where they are: only the validity bitmap is new. */
function plantNulls(clean: Data, threshold: number, stream: Stream, keys: RowKeys): Data {
  const bitmap = new Uint8Array((clean.length + 7) >> 3).fill(0xff);
  if (clean.nullCount > 0) bitmap.set(clean.nullBitmap.subarray(0, bitmap.length));
  let nulls = clean.nullCount;
  for (let row = 0; row < clean.length; row++) {
    if (stream.open(keys.high[row]!, keys.low[row]).next() >= threshold) continue;
    const bit = 1 << (row & 7);
    if ((bitmap[row >> 3]! & bit) === 0) continue;
    bitmap[row >> 3]! &= ~bit;
    nulls++;
  }
  if (nulls === clean.nullCount) return clean;
  return makeData({
    type: clean.type as never,
    length: clean.length,
    nullCount: nulls,
    nullBitmap: bitmap,
    ...(clean.valueOffsets ? { valueOffsets: clean.valueOffsets } : {}),
    data: clean.values,
  } as never);
}

/** Keeps its memory from one day to the next, as the rows do. */
export class MessMaker {
  private readonly columns: Partial<Record<TransactionTable, DirtyColumn[]>> = {};
  private readonly keys = Object.fromEntries(
    TRANSACTION_TABLES.map((table) => [table, { high: new Uint32Array(0), low: new Uint32Array(0) }]),
  ) as Record<TransactionTable, RowKeys>;

  constructor(config: Config, level: MessyLevel) {
    for (const kind of KINDS) {
      for (const rule of kind.rules(config, level)) {
        if (rule.threshold === 0) continue;
        const index = TABLES[rule.table].columns.findIndex((column) => column.name === rule.column);
        const columns = (this.columns[rule.table] ??= []);
        let column = columns.find((candidate) => candidate.index === index);
        if (column === undefined) columns.push((column = new DirtyColumn(index)));
        column.add({ rule, stream: new Stream(config.faker_seed, `mess/${kind.name}/${rule.table}.${rule.column}`) });
      }
    }
  }

  /** Valid until the next call, and as long as the clean batches are. */
  apply(day: CleanDay): Record<TransactionTable, RecordBatch> {
    return Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, this.applyTo(table, day)])) as Record<
      TransactionTable,
      RecordBatch
    >;
  }

  private applyTo(table: TransactionTable, day: CleanDay): RecordBatch {
    const clean = day[table];
    const dirtyColumns = this.columns[table];
    if (dirtyColumns === undefined || clean.numRows === 0) return clean;
    const spec = TABLES[table];
    const keys = (this.keys[table] = hashRowKeys(clean, spec, this.keys[table]));
    const children = [...clean.data.children];
    for (const column of dirtyColumns) children[column.index] = column.dirty(children[column.index]!, keys, day);
    return makeBatch(spec.columns, children);
  }
}
