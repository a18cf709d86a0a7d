// Clean batches of a day to dirty ones: each cell decided by its own stream of seed, kind, column and row key.

import { makeData, type Data, type RecordBatch } from 'apache-arrow';
import { rowRate } from '../config/planted-kinds.ts';
import type { Config } from '../config/schema.ts';
import { Stream, threshold } from '../lib/random.ts';
import { FloatBuilder, IntBuilder, makeBatch, TextBuilder } from '../tables/column-builders.ts';
import type { DirtyCells, RepeatedRow } from '../tables/defects.ts';
import { asText, type FileColumn } from '../tables/file-schema.ts';
import { TABLES, TRANSACTION_TABLES, type ColumnSpec, type TransactionTable } from '../tables/index.ts';
import { numbersAsText } from '../tables/number-text.ts';
import { biasedReturnReasons } from './biased-return-reasons.ts';
import { casing } from './casing.ts';
import { corrections } from './corrections.ts';
import { encodingDamage } from './encoding-damage.ts';
import { inflatedTotalItems } from './inflated-total-items.ts';
import type { CleanDay, MessKind, MessRule, MessyLevel, NumberRule, TextRule } from './kind.ts';
import { missingValue } from './missing-value.ts';
import { mixedDates } from './mixed-dates.ts';
import { numberFormats } from './number-formats.ts';
import { orphanedKeys } from './orphaned-keys.ts';
import { outliers } from './outliers.ts';
import { padding } from './padding.ts';
import { findRepeated, RowRepeater, type Redelivery } from './repeated-rows.ts';
import { hashRowKeys, type RowKeys } from './row-keys.ts';
import { sentinels } from './sentinels.ts';
import { swappedColumns } from './swapped-columns.ts';
import { truncatedText } from './truncated-text.ts';
import { typos } from './typos.ts';

/** In the order they act on a cell: what a word is, then how it is written and sent, then whether it is there. */
const KINDS: readonly MessKind[] = [
  biasedReturnReasons,
  inflatedTotalItems,
  corrections,
  swappedColumns,
  orphanedKeys,
  outliers,
  numberFormats,
  mixedDates,
  truncatedText,
  typos,
  sentinels,
  casing,
  padding,
  encodingDamage,
  missingValue,
];

/** A day with its mess. */
export interface MessyDay {
  /** With the columns of the lake's files (config/file-schemas.ts), without lineage. */
  readonly batches: Record<TransactionTable, RecordBatch>;
  /** By table, only columns that mess may touch. */
  readonly cells: Record<TransactionTable, readonly DirtyCells[]>;
  /** By table, rows that its batch has twice. */
  readonly repeated: Record<TransactionTable, readonly RepeatedRow[]>;
}

interface Planted<R extends MessRule = MessRule> {
  readonly rule: R;
  readonly stream: Stream;
  /** The kind's bit among those of the column. */
  readonly bit: number;
}

/** All rules of one column. */
class DirtyColumn {
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

/** Keeps its memory from one day to the next, as the rows do. */
export class MessMaker {
  private readonly columns: Partial<Record<TransactionTable, DirtyColumn[]>> = {};
  private readonly keys = Object.fromEntries(
    TRANSACTION_TABLES.map((table) => [table, { high: new Uint32Array(0), low: new Uint32Array(0) }]),
  ) as Record<TransactionTable, RowKeys>;
  private readonly redelivery: Partial<Record<TransactionTable, Redelivery>> = {};
  private readonly repeaters: Partial<Record<TransactionTable, RowRepeater>> = {};

  constructor(config: Config, level: MessyLevel) {
    for (const table of TRANSACTION_TABLES) {
      const rate = rowRate(config, level, 'redelivered_rows', table);
      const stream = new Stream(config.faker_seed, `mess/redelivered_rows/${table}`);
      if (rate > 0) this.redelivery[table] = { stream, threshold: threshold(rate) };
    }
    for (const kind of KINDS) {
      for (const rule of kind.rules(config, level)) {
        const index = TABLES[rule.table].columns.findIndex((column) => column.name === rule.column);
        const makesText = rule.type === 'text' && TABLES[rule.table].columns[index]!.type !== 'string';
        if (rule.threshold === 0 && !makesText) continue;
        const columns = (this.columns[rule.table] ??= []);
        let column = columns.find((candidate) => candidate.index === index);
        if (column === undefined) columns.push((column = new DirtyColumn(index, TABLES[rule.table].columns[index]!)));
        const streamName = (rule.type === 'text' ? rule.stream : undefined) ?? rule.column;
        column.add(kind.name, rule, new Stream(config.faker_seed, `mess/${kind.name}/${rule.table}.${streamName}`));
      }
    }
  }

  /** Valid until the next call, and as long as the clean batches are. */
  apply(day: CleanDay): MessyDay {
    const messy: MessyDay = { batches: {}, cells: {}, repeated: {} } as never;
    for (const table of TRANSACTION_TABLES) {
      const clean = day[table];
      const keys = this.keysOf(table, clean);
      const cells = keys === undefined ? [] : this.dirtyCells(table, day, keys);
      const repeated = keys === undefined ? [] : findRepeated(clean.numRows, keys, cells, this.redelivery[table]);
      const dirty = withCells(table, clean, cells);
      const repeater = (this.repeaters[table] ??= new RowRepeater(writtenColumns(table, cells)));
      messy.batches[table] = repeated.length === 0 ? dirty : repeater.repeat(dirty, cells, repeated);
      messy.cells[table] = cells;
      messy.repeated[table] = repeated;
    }
    return messy;
  }

  /** Undefined where none is asked for. */
  private keysOf(table: TransactionTable, clean: RecordBatch): RowKeys | undefined {
    if (this.columns[table] === undefined && this.redelivery[table] === undefined) return undefined;
    return (this.keys[table] = hashRowKeys(clean, TABLES[table], this.keys[table]));
  }

  private dirtyCells(table: TransactionTable, day: CleanDay, keys: RowKeys): DirtyCells[] {
    const { children } = day[table].data;
    return (this.columns[table] ?? []).map((column) => column.dirty(children[column.index]!, keys, day));
  }
}

/** The batch with dirty columns in the places of the clean ones. */
function withCells(table: TransactionTable, clean: RecordBatch, cells: readonly DirtyCells[]): RecordBatch {
  if (cells.length === 0) return clean;
  const dirty = new Map(cells.map((cell) => [cell.column.name, cell.dirty]));
  return makeBatch(
    writtenColumns(table, cells),
    TABLES[table].columns.map(({ name }, index) => dirty.get(name) ?? clean.data.children[index]!),
  );
}

/** Of the CSV: those of numbers that mess has made text are text. */
function writtenColumns(table: TransactionTable, cells: readonly DirtyCells[]): ColumnSpec[] {
  return TABLES[table].columns.map((column) => cells.find((cell) => cell.column.name === column.name)?.column ?? column);
}
