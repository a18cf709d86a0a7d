// First and last date of a partition's events, for its manifest.

import type { Data, RecordBatch } from 'apache-arrow';
import type { TableSpec } from '../tables/index.ts';

const DATE_BYTES = 10;

export interface EventDates {
  min: string | null;
  max: string | null;
}

/** With nothing after the time: in another zone it may be another day than the partition's. */
const TIMESTAMP = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([T ][\d:.]*)?$/;

/**
 * Parents: the dates of their date column as they stand in the rows; of a text that is no timestamp, and is there because
 * of mess, the partition's. Children and customers: the partition's date, since it is their parent's or their own.
 * No rows, or no date in the table (products): null.
 */
export function eventDates(table: TableSpec, partitionValue: string, batch: RecordBatch): EventDates {
  const date = batch.numRows > 0 && /^\d{4}-\d{2}-\d{2}$/.test(partitionValue) ? partitionValue : null;
  const index = batch.schema.fields.findIndex((field) => field.name === table.dateColumn);
  const fromPath = index === -1 || table.dateColumn === table.partitionKey;
  if (fromPath || date === null) return { min: date, max: date };

  const { values, valueOffsets } = batch.data.children[index] as Data as unknown as { values: Uint8Array; valueOffsets: Int32Array };
  const own = Buffer.from(date);
  const dates = new Set<string>();
  let isOwn = false;
  for (let row = 0; row < batch.numRows; row++) {
    const from = valueOffsets[row]!;
    const to = valueOffsets[row + 1]!;
    if (startsWith(values, from, own)) isOwn = true;
    else {
      const text = Buffer.from(values.subarray(from, to)).toString();
      dates.add(TIMESTAMP.test(text) ? text.slice(0, DATE_BYTES) : date);
    }
  }
  if (isOwn) dates.add(date);
  const found = [...dates].toSorted();
  return { min: found[0]!, max: found.at(-1)! };
}

function startsWith(bytes: Uint8Array, at: number, start: Uint8Array): boolean {
  for (let i = 0; i < start.length; i++) if (bytes[at + i] !== start[i]) return false;
  return true;
}
