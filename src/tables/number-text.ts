// Numbers of a column as the CSV has them, as text in another column.

import type { Data } from 'apache-arrow';
import { MAX_NUMBER_BYTES, writeFloat, writeMoney } from '../lib/write-number.ts';
import type { TextBuilder } from './column-builders.ts';
import type { ColumnSpec } from './spec.ts';

/** One number that is not null. */
export function pushNumber(target: TextBuilder, { format }: ColumnSpec, data: Data, row: number): void {
  const values = data.values as BigInt64Array | Float64Array;
  if (values instanceof BigInt64Array) return target.pushText(String(values[row]));
  target.room(MAX_NUMBER_BYTES);
  target.end = (format === 'money' ? writeMoney : writeFloat)(target.bytes, target.end, values[row]!);
  target.endValue();
}

/** All of them; `target` is reset first, and holds what is returned. */
export function numbersAsText(target: TextBuilder, column: ColumnSpec, data: Data): Data {
  target.reset();
  target.reserve(data.length);
  for (let row = 0; row < data.length; row++) {
    if (data.nullCount > 0 && !data.getValid(row)) target.pushNull();
    else pushNumber(target, column, data, row);
  }
  return target.data();
}
