// Rows that come twice: delivered once more as they are, or a second version with what the first had wrong put right.

import type { RecordBatch } from 'apache-arrow';
import { BatchBuilder, rowCopier } from '../tables/column-builders.ts';
import type { DirtyCells, RepeatedRow } from '../tables/defects.ts';
import type { ColumnSpec } from '../tables/index.ts';
import type { Stream } from '../lib/random.ts';
import { CORRECTIONS } from './corrections.ts';
import type { RowKeys } from './row-keys.ts';

export interface Redelivery {
  readonly stream: Stream;
  readonly threshold: number;
}

const REDELIVERED = 'redelivered_rows';

/** In order. A corrected row is not delivered again: it would be unclear which version came last. */
export function findRepeated(rows: number, keys: RowKeys, cells: readonly DirtyCells[], redelivery: Redelivery | undefined): RepeatedRow[] {
  const corrected = cells.filter(({ kinds }) => kinds.includes(CORRECTIONS)).map(({ hits, kinds }) => ({ hits, bit: bitOf(kinds) }));
  const found: RepeatedRow[] = [];
  if (corrected.length === 0 && redelivery === undefined) return found;
  for (let row = 0; row < rows; row++) {
    if (corrected.some(({ hits, bit }) => (hits[row]! & bit) !== 0)) found.push({ row, kind: CORRECTIONS });
    else if (redelivery !== undefined && redelivery.stream.open(keys.high[row]!, keys.low[row]).next() < redelivery.threshold) {
      found.push({ row, kind: REDELIVERED });
    }
  }
  return found;
}

function bitOf(kinds: readonly string[]): number {
  return 1 << kinds.indexOf(CORRECTIONS);
}

/** Each repeated row stands right behind the first. Keeps its memory from one batch to the next. */
export class RowRepeater {
  private readonly batch: BatchBuilder;

  constructor(columns: readonly ColumnSpec[]) {
    this.batch = new BatchBuilder(columns);
  }

  repeat(dirty: RecordBatch, cells: readonly DirtyCells[], repeated: readonly RepeatedRow[]): RecordBatch {
    this.batch.reset(dirty.numRows + repeated.length);
    for (const [index, { name }] of this.batch.columns.entries()) {
      const target = this.batch.builders[index]!;
      const data = dirty.data.children[index]!;
      const cell = cells.find(({ column, kinds }) => column.name === name && kinds.includes(CORRECTIONS));
      const bit = cell === undefined ? 0 : bitOf(cell.kinds);
      const copy = rowCopier(target, data);
      const copyClean = cell === undefined ? copy : rowCopier(target, cell.clean);
      let next = 0;
      for (let row = 0; row < dirty.numRows; row++) {
        copy(row);
        if (repeated[next]?.row !== row) continue;
        next++;
        if (cell !== undefined && (cell.hits[row]! & bit) !== 0) copyClean(row);
        else copy(row);
      }
    }
    return this.batch.finish();
  }
}
