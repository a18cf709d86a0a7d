// A mini lake with its mess: clean and dirty rows side by side.

import type { RecordBatch } from 'apache-arrow';
import type { Config } from '../../src/config/schema.ts';
import { MessMaker } from '../../src/mess/apply-mess.ts';
import type { MessyLevel } from '../../src/mess/kind.ts';
import { BatchBuilder } from '../../src/tables/column-builders.ts';
import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../../src/tables/index.ts';
import { makeLake, rowsOf, toRows, type DayOfRows, type MiniLake } from '../rows/mini-lake.ts';

export const LEVELS = ['light_mess', 'medium_mess', 'heavy_mess'] as const satisfies MessyLevel[];

/** Two years' ends, so that there are months of three years. */
export const lake: MiniLake = makeLake({}, 0.003, '2020-11-01', '2022-01-31');

type Row = Record<string, unknown>;
export type TableRows = { [T in TransactionTable]: Row[] };

/** Every day of the lake made dirty, one after the other, as one list a table. */
export function dirtyRows(config: Config, level: MessyLevel): TableRows {
  const maker = new MessMaker(config, level);
  return tablesOf(lake.days.map(({ date }, day) => toRows(date, maker.apply(lake.rows.make(day)).batches)));
}

/** The same for one table. */
export function dirtyTable(config: Config, level: MessyLevel, table: TransactionTable): Row[] {
  const maker = new MessMaker(config, level);
  return lake.days.flatMap((_, day) => rowsOf<Row>(maker.apply(lake.rows.make(day)).batches[table]));
}

export function tablesOf(days: readonly DayOfRows[]): TableRows {
  return Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, days.flatMap((day) => day[table] as unknown as Row[])])) as TableRows;
}

export const clean: TableRows = tablesOf(lake.days);

/** A batch of given rows, in their order. */
export function batchOf(table: TransactionTable, rows: readonly Row[]): RecordBatch {
  const { columns } = TABLES[table];
  const builder = new BatchBuilder(columns);
  builder.reset(rows.length);
  for (const row of rows) {
    for (const { name, type } of columns) {
      const value = row[name];
      if (type === 'string') {
        if (value === null) builder.text(name).pushNull();
        else builder.text(name).pushText(value as string);
      } else if (type === 'bool') builder.bool(name).push(value as boolean);
      else if (type === 'int64') builder.int(name).push(Number(value));
      else builder.float(name).push(value as number);
    }
  }
  return builder.finish();
}

export const fold = (text: unknown): string => String(text).trim().toLowerCase();
