// Growing Arrow columns: typed arrays written in place, reused from one day to the next.

import { makeData, RecordBatch, Struct, type Data } from 'apache-arrow';
import { arrowSchema, arrowType, type ColumnSpec } from './index.ts';

const encoder = new TextEncoder();

/** Rows that cannot be null skip the validity bitmap altogether; it appears with the first null. */
abstract class Builder {
  rows = 0;
  nullCount = 0;
  protected validity: Uint8Array | undefined;

  protected markNull(row: number): void {
    const needed = (row >> 3) + 1;
    if (this.validity === undefined || this.validity.length < needed) {
      const grown = new Uint8Array(Math.max(64, needed * 2)).fill(0xff);
      if (this.validity !== undefined) grown.set(this.validity);
      this.validity = grown;
    }
    this.validity[row >> 3]! &= ~(1 << (row & 7));
    this.nullCount++;
  }

  /** Forgets the rows and keeps the memory. What `data()` returned before is no longer valid. */
  reset(): void {
    this.rows = 0;
    this.nullCount = 0;
    this.validity?.fill(0xff);
  }

  abstract reserve(rows: number): void;
  abstract pushNull(): void;
  abstract data(): Data;

  protected nullBitmap(): Uint8Array | undefined {
    if (this.nullCount === 0) return undefined;
    const bytes = (this.rows + 7) >> 3;
    if (this.validity!.length < bytes) {
      const grown = new Uint8Array(bytes).fill(0xff);
      grown.set(this.validity!);
      this.validity = grown;
    }
    return this.validity!.subarray(0, bytes);
  }
}

/** UTF-8 text. Hot loops may write to `bytes` from `end` on after `room(n)`, then call `endValue()`. */
export class TextBuilder extends Builder {
  offsets = new Int32Array(1025);
  bytes = new Uint8Array(16_384);
  /** First free byte. */
  end = 0;

  override reset(): void {
    super.reset();
    this.end = 0;
  }

  reserve(rows: number): void {
    if (this.offsets.length <= this.rows + rows) {
      const grown = new Int32Array(Math.max(this.offsets.length * 2, this.rows + rows + 1));
      grown.set(this.offsets.subarray(0, this.rows + 1));
      this.offsets = grown;
    }
  }

  /** Makes sure that `count` more bytes fit. */
  room(count: number): void {
    if (this.end + count > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.end + count));
      grown.set(this.bytes.subarray(0, this.end));
      this.bytes = grown;
    }
  }

  endValue(): void {
    const rows = ++this.rows;
    if (rows >= this.offsets.length) this.reserve(rows);
    this.offsets[rows] = this.end;
  }

  pushNull(): void {
    this.markNull(this.rows);
    this.endValue();
  }

  /** Copies `source[from, to)` as one value. */
  pushBytes(source: Uint8Array, from: number, to: number): void {
    this.room(to - from);
    const bytes = this.bytes;
    let end = this.end;
    if (to - from > 64) {
      bytes.set(source.subarray(from, to), end);
      end += to - from;
    } else {
      for (let i = from; i < to; i++) bytes[end++] = source[i]!;
    }
    this.end = end;
    this.endValue();
  }

  pushText(value: string): void {
    this.room(value.length * 3);
    this.end += encoder.encodeInto(value, this.bytes.subarray(this.end)).written;
    this.endValue();
  }

  data(): Data {
    const nullBitmap = this.nullBitmap();
    return makeData({
      type: arrowType('string') as never,
      length: this.rows,
      nullCount: this.nullCount,
      ...(nullBitmap ? { nullBitmap } : {}),
      valueOffsets: this.offsets.subarray(0, this.rows + 1),
      data: this.bytes.subarray(0, this.end),
    } as never);
  }
}

export class FloatBuilder extends Builder {
  values = new Float64Array(1024);

  reserve(rows: number): void {
    if (this.values.length < this.rows + rows) {
      const grown = new Float64Array(Math.max(this.values.length * 2, this.rows + rows));
      grown.set(this.values.subarray(0, this.rows));
      this.values = grown;
    }
  }

  push(value: number): void {
    if (this.rows === this.values.length) this.reserve(1);
    this.values[this.rows++] = value;
  }

  pushNull(): void {
    this.markNull(this.rows);
    this.push(0);
  }

  data(): Data {
    const nullBitmap = this.nullBitmap();
    return makeData({
      type: arrowType('float64') as never,
      length: this.rows,
      nullCount: this.nullCount,
      ...(nullBitmap ? { nullBitmap } : {}),
      data: this.values.subarray(0, this.rows),
    } as never);
  }
}

/** 64-bit integers kept as two 32-bit words: a BigInt a row would cost an allocation. */
export class IntBuilder extends Builder {
  words = new Int32Array(2048);

  reserve(rows: number): void {
    if (this.words.length < (this.rows + rows) * 2) {
      const grown = new Int32Array(Math.max(this.words.length * 2, (this.rows + rows) * 2));
      grown.set(this.words.subarray(0, this.rows * 2));
      this.words = grown;
    }
  }

  /** Any safe integer. */
  push(value: number): void {
    this.pushWords(value | 0, value >= 0 && value < 0x8000_0000 ? 0 : Math.floor(value / 0x1_0000_0000));
  }

  pushWords(low: number, high: number): void {
    const at = this.rows * 2;
    if (at === this.words.length) this.reserve(1);
    this.words[at] = low;
    this.words[at + 1] = high;
    this.rows++;
  }

  pushNull(): void {
    this.markNull(this.rows);
    this.push(0);
  }

  data(): Data {
    const nullBitmap = this.nullBitmap();
    return makeData({
      type: arrowType('int64') as never,
      length: this.rows,
      nullCount: this.nullCount,
      ...(nullBitmap ? { nullBitmap } : {}),
      data: new BigInt64Array(this.words.buffer, 0, this.rows),
    } as never);
  }
}

export class BoolBuilder extends Builder {
  bits = new Uint8Array(128);

  override reset(): void {
    super.reset();
    this.bits.fill(0);
  }

  reserve(rows: number): void {
    const needed = (this.rows + rows + 7) >> 3;
    if (this.bits.length < needed) {
      const grown = new Uint8Array(Math.max(this.bits.length * 2, needed));
      grown.set(this.bits);
      this.bits = grown;
    }
  }

  push(value: boolean): void {
    if (this.rows >> 3 === this.bits.length) this.reserve(8);
    if (value) this.bits[this.rows >> 3]! |= 1 << (this.rows & 7);
    this.rows++;
  }

  pushNull(): void {
    this.markNull(this.rows);
    this.push(false);
  }

  data(): Data {
    const nullBitmap = this.nullBitmap();
    return makeData({
      type: arrowType('bool') as never,
      length: this.rows,
      nullCount: this.nullCount,
      ...(nullBitmap ? { nullBitmap } : {}),
      data: this.bits.subarray(0, (this.rows + 7) >> 3),
    } as never);
  }
}

export type ColumnBuilder = TextBuilder | FloatBuilder | IntBuilder | BoolBuilder;

const BUILDERS = { string: TextBuilder, float64: FloatBuilder, int64: IntBuilder, bool: BoolBuilder } as const;

/** One builder a column, in the given order. */
export class BatchBuilder {
  readonly columns: readonly ColumnSpec[];
  readonly builders: readonly ColumnBuilder[];

  constructor(columns: readonly ColumnSpec[]) {
    this.columns = columns;
    this.builders = columns.map((column) => new BUILDERS[column.type]());
  }

  private find<T extends ColumnBuilder>(name: string, type: new () => T): T {
    const builder = this.builders[this.columns.findIndex((column) => column.name === name)];
    if (!(builder instanceof type)) throw new Error(`no ${type.name} for column ${name}`);
    return builder;
  }

  text = (name: string): TextBuilder => this.find(name, TextBuilder);
  float = (name: string): FloatBuilder => this.find(name, FloatBuilder);
  int = (name: string): IntBuilder => this.find(name, IntBuilder);
  bool = (name: string): BoolBuilder => this.find(name, BoolBuilder);

  /** Forgets all rows and makes room for `rows` new ones. */
  reset(rows: number): void {
    for (const builder of this.builders) {
      builder.reset();
      builder.reserve(rows);
    }
  }

  /** A batch over the builders' memory: valid until the next `reset`. */
  finish(): RecordBatch {
    return makeBatch(
      this.columns,
      this.builders.map((builder) => builder.data()),
    );
  }
}

/** A record batch from one Arrow `Data` a column; all must have the same length. */
export function makeBatch(columns: readonly ColumnSpec[], children: Data[]): RecordBatch {
  const schema = arrowSchema(columns);
  const length = children[0]?.length ?? 0;
  const odd = children.findIndex((child) => child.length !== length);
  if (odd !== -1) throw new Error(`column ${columns[odd]!.name} has ${children[odd]!.length} rows, not ${length}`);
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }) as never);
}

/** Copies one row of a column to the end of a builder of its type. */
export function rowCopier(target: ColumnBuilder, data: Data): (row: number) => void {
  const isNull = (row: number): boolean => data.nullCount > 0 && !data.getValid(row);
  const copy = valueCopier(target, data);
  return (row) => (isNull(row) ? target.pushNull() : copy(row));
}

function valueCopier(target: ColumnBuilder, { values, valueOffsets, length }: Data): (row: number) => void {
  if (target instanceof TextBuilder) {
    const offsets = valueOffsets as Int32Array;
    return (row) => target.pushBytes(values as Uint8Array, offsets[row]!, offsets[row + 1]!);
  }
  if (target instanceof IntBuilder) {
    const { buffer, byteOffset } = values as BigInt64Array;
    const words = new Int32Array(buffer, byteOffset, length * 2);
    return (row) => target.pushWords(words[row * 2]!, words[row * 2 + 1]!);
  }
  if (target instanceof FloatBuilder) return (row) => target.push((values as Float64Array)[row]!);
  const bits = values as Uint8Array;
  return (row) => target.push(((bits[row >> 3]! >> (row & 7)) & 1) === 1);
}
