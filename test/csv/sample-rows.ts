// Rows as plain objects: made by fast-check, turned into batches, and read back from batches.

import type { RecordBatch } from 'apache-arrow';
import fc from 'fast-check';
import { BatchBuilder, BoolBuilder, FloatBuilder, IntBuilder } from '../../src/tables/column-builders.ts';
import { TABLES, type ColumnSpec, type TableName, type TableSpec } from '../../src/tables/index.ts';

export type Value = string | bigint | number | boolean | null;
export type Row = Record<string, Value>;

export function batchOf(table: TableSpec, rows: readonly Row[]): RecordBatch {
  const builder = new BatchBuilder(table.columns);
  builder.reset(rows.length);
  for (const row of rows) {
    table.columns.forEach(({ name }, index) => {
      const column = builder.builders[index]!;
      const value = row[name];
      if (value === null || value === undefined) column.pushNull();
      else if (column instanceof IntBuilder) {
        const at = column.rows * 2;
        column.push(0);
        column.words[at] = Number(BigInt.asIntN(32, value as bigint));
        column.words[at + 1] = Number(BigInt.asIntN(32, (value as bigint) >> 32n));
      } else if (column instanceof FloatBuilder) column.push(value as number);
      else if (column instanceof BoolBuilder) column.push(value as boolean);
      else column.pushText(value as string);
    });
  }
  return builder.finish();
}

export function rowsOf(batch: RecordBatch): Row[] {
  const columns = batch.schema.fields.map((field) => [field.name, batch.getChild(field.name)!] as const);
  return Array.from({ length: batch.numRows }, (_, i) =>
    Object.fromEntries(columns.map(([name, column]) => [name, column.get(i) as Value])),
  );
}

const day = fc.integer({ min: 0, max: 40_000 }).map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));
const special = fc.stringMatching(/^[ ,"'\n\ra0é😀.-]{0,8}$/u);
const anyText = fc.oneof(
  special,
  fc.string({ unit: 'grapheme' }),
  fc.constant(''),
  fc.constantFrom('Books', 'a, b', 'say "x"', ' padded ', 'x\r\ny'),
);
const cents = fc.integer({ min: -10_000_000, max: 2_000_000_000 }).map((value) => value / 100);

function valueOf(table: TableSpec, column: ColumnSpec): fc.Arbitrary<Value> {
  if (column.name === table.dateColumn) {
    if (column.format === 'date') return day;
    if (column.format === 'timestamp')
      return fc.tuple(day, fc.constantFrom('', 'T13:59:50.717', ' 01:02:03')).map((parts) => parts.join(''));
  }
  const value: fc.Arbitrary<Value> =
    column.type === 'string'
      ? anyText
      : column.type === 'bool'
        ? fc.boolean()
        : column.type === 'int64'
          ? fc.oneof(fc.integer({ min: -5, max: 2 ** 31 - 1 }).map(BigInt), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n))
          : fc.oneof(cents, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
  return column.nullable ? fc.option(value, { freq: 4 }) : value;
}

/** Any rows the table's columns can hold; keys are not unique. */
export function anyRows(table: TableSpec, maxLength = 20): fc.Arbitrary<Row[]> {
  const row = fc.record(Object.fromEntries(table.columns.map((column) => [column.name, valueOf(table, column)])));
  return fc.array(row, { maxLength });
}

/** A row with something in every column. */
export function plainRow(name: TableName, values: Row = {}): Row {
  const table: TableSpec = TABLES[name];
  const row = table.columns.map((column): [string, Value] => {
    if (column.type === 'int64') return [column.name, 1n];
    if (column.type === 'float64') return [column.name, 12.5];
    if (column.type === 'bool') return [column.name, true];
    if (column.format === 'date') return [column.name, '2020-02-29'];
    return [column.name, column.format === 'timestamp' ? '2020-02-29T13:59:50.717' : `some ${column.name}`];
  });
  return { ...Object.fromEntries(row), ...values };
}
