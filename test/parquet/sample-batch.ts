// Rows of any table with all that can stand in them: nulls, empty and long texts, letters beyond ASCII, cents.

import type { RecordBatch } from 'apache-arrow';
import { BatchBuilder, BoolBuilder, FloatBuilder, IntBuilder, TextBuilder } from '../../src/tables/column-builders.ts';
import type { TableSpec } from '../../src/tables/index.ts';

const WORDS = ['Books', 'Café crème', '', '東京', 'O\'Hara, "Jr."', 'a\nb', 'x'.repeat(90)];

/** The value in one cell: a pure function of its place, so that a test can ask for it again. */
export function sampleValue(table: TableSpec, columnIndex: number, row: number): string | number | boolean | null {
  const column = table.columns[columnIndex]!;
  const isKey = table.key.includes(column.name);
  if (column.nullable && (row * 7 + columnIndex) % 5 === 0) return null;
  switch (column.type) {
    case 'int64':
      return isKey ? row + 1 : (row * 31 + columnIndex) % 97;
    case 'float64':
      return ((row * 7919 + columnIndex * 13) % 100_000) / 100;
    case 'bool':
      return (row + columnIndex) % 3 === 0;
    case 'string':
      if (isKey) return `${table.idPrefix ?? 'KEY-'}${String(row + 1).padStart(8, '0')}`;
      if (column.format === 'timestamp') return `2020-03-01T${String(row % 24).padStart(2, '0')}:59:50.717`;
      if (column.format === 'date') return '2020-03-01';
      return WORDS[(row + columnIndex) % WORDS.length]!;
  }
}

export function sampleBatch(table: TableSpec, rows: number): RecordBatch {
  const batch = new BatchBuilder(table.columns);
  batch.reset(rows);
  for (let row = 0; row < rows; row++) {
    for (const [index, builder] of batch.builders.entries()) {
      const value = sampleValue(table, index, row);
      if (value === null) builder.pushNull();
      else if (builder instanceof TextBuilder) builder.pushText(value as string);
      else if (builder instanceof BoolBuilder) builder.push(value as boolean);
      else if (builder instanceof IntBuilder || builder instanceof FloatBuilder) builder.push(value as number);
    }
  }
  return batch.finish();
}
