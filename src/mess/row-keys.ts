// Primary keys as two hashed words a row: what a cell's draws are opened with.

import type { Data, RecordBatch } from 'apache-arrow';
import { mix32 } from '../lib/random.ts';
import type { TableSpec } from '../tables/index.ts';

export interface RowKeys {
  high: Uint32Array;
  low: Uint32Array;
}

/** Hashes each row's key columns; reuses `memory` where it is large enough. */
export function hashRowKeys(batch: RecordBatch, table: TableSpec, memory: RowKeys): RowKeys {
  const rows = batch.numRows;
  const keys = memory.high.length >= rows ? memory : { high: new Uint32Array(rows * 2), low: new Uint32Array(rows * 2) };
  keys.high.fill(0, 0, rows);
  keys.low.fill(0, 0, rows);
  for (const name of table.key) {
    const index = table.columns.findIndex((column) => column.name === name);
    const data = batch.data.children[index]!;
    if (table.columns[index]!.type === 'string') hashText(data, keys);
    else hashInts(data, keys);
  }
  return keys;
}

function hashText(data: Data, keys: RowKeys): void {
  const offsets = data.valueOffsets as Int32Array;
  const bytes = data.values as Uint8Array;
  for (let row = 0; row < data.length; row++) {
    // Two polynomial hashes over the bytes, each mixed: 64 bits that differ for all keys of a lake.
    let a = keys.high[row]!;
    let b = keys.low[row]!;
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) {
      a = Math.imul(a, 0x01000193) ^ bytes[i]!;
      b = Math.imul(b, 0x85ebca6b) + bytes[i]!;
    }
    keys.high[row] = mix32(a);
    keys.low[row] = mix32(b);
  }
}

function hashInts(data: Data, keys: RowKeys): void {
  const values = data.values as BigInt64Array;
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  for (let row = 0; row < data.length; row++) {
    keys.high[row] = mix32(keys.high[row]! ^ words[row * 2 + 1]!);
    keys.low[row] = mix32(keys.low[row]! + words[row * 2]!);
  }
}
