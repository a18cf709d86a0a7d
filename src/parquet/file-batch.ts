// Schema drift where a partition is written: a batch with the columns of its CSV as one with the columns of its Parquet files.

import { makeData, type Data, type RecordBatch } from 'apache-arrow';
import { makeBatch, TextBuilder } from '../tables/column-builders.ts';
import { contractColumn, type FileColumn, type FileSchema } from '../tables/file-schema.ts';
import { arrowType, LINEAGE_COLUMNS, type TableSpec } from '../tables/index.ts';
import { numbersAsText } from '../tables/number-text.ts';
import { fillEventIds } from './event-id.ts';
import { murmur128 } from './murmur128.ts';

const LINEAGE: ReadonlySet<string> = new Set(LINEAGE_COLUMNS.map(({ name }) => name));

/** Columns that did not drift are the batch's own. Of a lake without drift, and of a table's first version, all are. */
export function fileBatch(table: TableSpec, batch: RecordBatch, { version, columns }: FileSchema): RecordBatch {
  if (version === 1) return batch;
  const own = columns.filter(({ name }) => !LINEAGE.has(name));
  return makeBatch(
    own,
    own.map((column) => (column.added === undefined ? drifted(table, batch, column) : drawCells(table, batch, column.added))),
  );
}

function drifted(table: TableSpec, batch: RecordBatch, column: FileColumn): Data {
  const index = batch.schema.fields.findIndex(({ name }) => name === column.of);
  const data = batch.data.children[index] as Data;
  const contract = contractColumn(table, column)!;
  // Numbers that mess has made text are text already.
  if (data.type.typeId === arrowType(column.type).typeId) return data;
  if (column.type === 'float64') return asFloats(data);
  return contract.type === 'bool' ? boolsAsText(data) : numbersAsText(new TextBuilder(), contract, data);
}

function asFloats(data: Data): Data {
  return makeData({
    type: arrowType('float64') as never,
    length: data.length,
    nullCount: data.nullCount,
    ...(data.nullCount > 0 ? { nullBitmap: data.nullBitmap } : {}),
    data: Float64Array.from(data.values as BigInt64Array, Number),
  } as never);
}

/** As the CSV has them. */
function boolsAsText(data: Data): Data {
  const texts = new TextBuilder();
  const bits = data.values as Uint8Array;
  for (let row = 0; row < data.length; row++) {
    if (data.nullCount > 0 && !data.getValid(row)) texts.pushNull();
    else texts.pushText((bits[row >> 3]! & (1 << (row & 7))) === 0 ? 'false' : 'true');
  }
  return texts.data();
}

/**
 * One of the values for each row, by the hash of the column's name and the row's `event_id`: the same however the partition is
 * written. In Python with the package mmh3:
 *   value = values[mmh3.hash128(f'{name}|{event_id}', x64arch=False) % 2**32 % len(values)]
 */
export function drawCells(table: TableSpec, batch: RecordBatch, { name, values }: NonNullable<FileColumn['added']>): Data {
  const cells = new TextBuilder();
  if (values.length === 0) {
    for (let row = 0; row < batch.numRows; row++) cells.pushNull();
    return cells.data();
  }
  const ids = new TextBuilder();
  fillEventIds(table, batch, ids);
  const words = values.map((value) => Buffer.from(value));
  const start = Buffer.from(`${name}|`);
  const hashed = new Uint8Array(start.length + 64);
  hashed.set(start);
  const hash = new Uint32Array(4);
  for (let row = 0; row < batch.numRows; row++) {
    const id = ids.bytes.subarray(ids.offsets[row], ids.offsets[row + 1]);
    hashed.set(id, start.length);
    murmur128(hashed, 0, start.length + id.length, 0, hash);
    const word = words[hash[0]! % words.length]!;
    cells.pushBytes(word, 0, word.length);
  }
  return cells.data();
}
