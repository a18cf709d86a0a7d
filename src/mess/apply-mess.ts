// Clean batches of a day to dirty ones: each cell decided by its own stream of seed, kind, column and row key.

import type { RecordBatch } from 'apache-arrow';
import { rowRate } from '../config/planted-kinds.ts';
import type { Config } from '../config/schema.ts';
import { Stream, threshold } from '../lib/random.ts';
import { makeBatch } from '../tables/column-builders.ts';
import type { DirtyCells, RepeatedRow } from '../tables/defects.ts';
import { TABLES, TRANSACTION_TABLES, type ColumnSpec, type TransactionTable } from '../tables/index.ts';
import { biasedReturnReasons } from './biased-return-reasons.ts';
import { casing } from './casing.ts';
import { corrections } from './corrections.ts';
import { DirtyColumn } from './dirty-column.ts';
import { encodingDamage } from './encoding-damage.ts';
import { inflatedTotalItems } from './inflated-total-items.ts';
import type { CleanDay, MessKind, MessyLevel } from './kind.ts';
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
