// One column of a table with all its rules: clean cells to dirty ones, and which were hit by what.

import { makeData, type Data } from 'apache-arrow';
import type { Stream } from '../lib/random.ts';
import { FloatBuilder, IntBuilder, TextBuilder } from '../tables/column-builders.ts';
import type { DirtyCells } from '../tables/defects.ts';
import { asText, type FileColumn } from '../tables/file-schema.ts';
import type { ColumnSpec } from '../tables/index.ts';
import { numbersAsText } from '../tables/number-text.ts';
import type { CleanDay, MessRule, NumberRule, TextRule } from './kind.ts';
import type { RowKeys } from './row-keys.ts';

interface Planted<R extends MessRule = MessRule> {
  readonly rule: R;
  readonly stream: Stream;
  /** The kind's bit among those of the column. */
  readonly bit: number;
}

export class DirtyColumn {
  readonly index: number;
  private readonly column: ColumnSpec;
  private readonly kinds: string[] = [];
  private readonly planted: Planted[] = [];
  private readonly text = new TextBuilder();
  /** Numbers before they are rewritten as text. */
  private readonly cleanNumbers = new TextBuilder();
  private readonly dirtyNumbers = new TextBuilder();
  private readonly int = new IntBuilder();
  private readonly float = new FloatBuilder();
  private hits = new Uint32Array(0);

  constructor(index: number, column: ColumnSpec) {
    this.index = index;
    this.column = column;
  }

  add(kind: string, rule: MessRule, stream: Stream): void {
    this.planted.push({ rule, stream, bit: 1 << this.kinds.length });
    this.kinds.push(kind);
  }

  /** A rule that rewrites text makes of a column of numbers one of text, even if it hits no cell of a day. */
  private get isNumberText(): boolean {
    return this.column.type !== 'string' && this.planted.some(({ rule }) => rule.type === 'text');
  }

  private get written(): FileColumn {
    return this.isNumberText ? asText(this.column) : this.column;
  }

  /** The dirty column, which shares nothing that the clean one still changes. */
  dirty(clean: Data, keys: RowKeys, day: CleanDay): DirtyCells {
    if (this.hits.length < clean.length) this.hits = new Uint32Array(clean.length * 2);
    this.hits.fill(0, 0, clean.length);
    let before = clean;
    let data = clean;
    const ints = this.plantedAs<NumberRule>('int');
    if (ints.length > 0) data = this.changeNumbers(data, this.int, ints, keys, day);
    const floats = this.plantedAs<NumberRule>('float');
    if (floats.length > 0) data = this.changeNumbers(data, this.float, floats, keys, day);
    const texts = this.plantedAs<TextRule>('text');
    if (this.isNumberText) {
      before = numbersAsText(this.cleanNumbers, this.column, clean);
      data = data === clean ? before : numbersAsText(this.dirtyNumbers, this.column, data);
    }
    if (texts.length > 0) data = this.rewriteText(data, texts, keys, day);
    for (const planted of this.planted) if (planted.rule.type === 'null') data = this.plantNulls(data, planted, keys);
    return { column: this.written, clean: before, dirty: data, hits: this.hits, kinds: this.kinds };
  }

  private plantedAs<R extends MessRule>(type: R['type']): Planted<R>[] {
    return this.planted.filter((planted): planted is Planted<R> => planted.rule.type === type);
  }

  private rewriteText(clean: Data, planted: readonly Planted<TextRule>[], keys: RowKeys, day: CleanDay): Data {
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
        const { rule, stream, bit } = planted[i]!;
        if (rule.batch === undefined) stream.open(keys.high[row]!, keys.low[row]);
        else stream.open(rule.batch(day, row));
        if (stream.next() >= rule.threshold) continue;
        const before = value ?? buffer.toString('utf8', offsets[row], offsets[row + 1]);
        value = rule.rewrite(before, stream, day, row);
        if (value === before) continue;
        if (rule.replaces === true) this.hits[row] = 0;
        this.hits[row]! |= bit;
      }
      if (value === undefined) column.pushBytes(bytes, offsets[row]!, offsets[row + 1]!);
      else column.pushText(value);
    }
    return column.data();
  }

  private changeNumbers(
    clean: Data,
    column: IntBuilder | FloatBuilder,
    planted: readonly Planted<NumberRule>[],
    keys: RowKeys,
    day: CleanDay,
  ): Data {
    column.reset();
    column.reserve(clean.length);
    const values = clean.values as BigInt64Array | Float64Array;
    for (let row = 0; row < clean.length; row++) {
      if (!clean.getValid(row)) {
        column.pushNull();
        continue;
      }
      let value = Number(values[row]);
      for (const { rule, stream, bit } of planted) {
        if (stream.open(keys.high[row]!, keys.low[row]).next() >= rule.threshold) continue;
        const before = value;
        value = rule.change(before, stream, day, row);
        if (value !== before) this.hits[row]! |= bit;
      }
      column.push(value);
    }
    return column.data();
  }

  /** The values stay where they are: only the validity bitmap is new. What is missing shows no other mess. */
  private plantNulls(clean: Data, { rule, stream, bit }: Planted, keys: RowKeys): Data {
    const bitmap = new Uint8Array((clean.length + 7) >> 3).fill(0xff);
    if (clean.nullCount > 0) bitmap.set(clean.nullBitmap.subarray(0, bitmap.length));
    let nulls = clean.nullCount;
    for (let row = 0; row < clean.length; row++) {
      if (stream.open(keys.high[row]!, keys.low[row]).next() >= rule.threshold) continue;
      const valid = 1 << (row & 7);
      if ((bitmap[row >> 3]! & valid) === 0) continue;
      bitmap[row >> 3]! &= ~valid;
      this.hits[row] = bit;
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
}
