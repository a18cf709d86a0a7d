// Texts of one clean column, for rules that look beside the cell they change.

import type { RecordBatch } from 'apache-arrow';
import type { TransactionTable } from '../tables/index.ts';
import type { CleanDay } from './kind.ts';

/** Finds the column once a day, not once a row. */
export class CleanText {
  private readonly table: TransactionTable;
  private readonly column: string;
  private batch: RecordBatch | undefined;
  private offsets: Int32Array = new Int32Array(0);
  private bytes: Buffer = Buffer.alloc(0);

  constructor(table: TransactionTable, column: string) {
    this.table = table;
    this.column = column;
  }

  /** As much of the text as fits into `length` bytes. */
  at(day: CleanDay, row: number, length = Infinity): string {
    const batch = day[this.table];
    if (batch !== this.batch) {
      const { values, valueOffsets } = batch.getChild(this.column)!.data[0]! as { values: Uint8Array; valueOffsets: Int32Array };
      this.batch = batch;
      this.offsets = valueOffsets;
      this.bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    }
    const from = this.offsets[row]!;
    return this.bytes.toString('utf8', from, Math.min(this.offsets[row + 1]!, from + length));
  }
}
