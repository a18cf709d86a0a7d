// First and last date of a partition's events, for its manifest.

import type { Data, RecordBatch } from 'apache-arrow';
import type { TableSpec } from '../tables/index.ts';

const DATE_BYTES = 10;

export interface EventDates {
  min: string | null;
  max: string | null;
}

/**
 * Parents: the dates of their date column as they stand in the rows. Children and customers: the partition's date,
 * since it is their parent's or their own. No rows, or no date in the table (products): null.
 */
export function eventDates(table: TableSpec, partitionValue: string, batch: RecordBatch): EventDates {
  const index = batch.schema.fields.findIndex((field) => field.name === table.dateColumn);
  const fromPath = index === -1 || table.dateColumn === table.partitionKey;
  if (fromPath) {
    const date = batch.numRows > 0 && /^\d{4}-\d{2}-\d{2}$/.test(partitionValue) ? partitionValue : null;
    return { min: date, max: date };
  }

  const { values, valueOffsets } = batch.data.children[index] as Data as unknown as { values: Uint8Array; valueOffsets: Int32Array };
  let min = -1;
  let max = -1;
  for (let row = 0; row < batch.numRows; row++) {
    const at = valueOffsets[row]!;
    if (valueOffsets[row + 1]! - at < DATE_BYTES) continue;
    if (min === -1) min = max = at;
    else if (compareDates(values, at, min) < 0) min = at;
    else if (compareDates(values, at, max) > 0) max = at;
  }
  const text = (at: number): string | null => (at === -1 ? null : Buffer.from(values.subarray(at, at + DATE_BYTES)).toString());
  return { min: text(min), max: text(max) };
}

function compareDates(bytes: Uint8Array, a: number, b: number): number {
  for (let i = 0; i < DATE_BYTES; i++) {
    const difference = bytes[a + i]! - bytes[b + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
