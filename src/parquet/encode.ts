// One record batch to the bytes of one Parquet file, the same bytes every time.

import type { RecordBatch } from 'apache-arrow';
import {
  Compression,
  EnabledStatistics,
  Encoding,
  Table,
  WriterPropertiesBuilder,
  writeParquet,
  type WriterProperties,
} from 'parquet-wasm/node';
import { MODEL_VERSION } from '../lib/version.ts';
import type { ColumnEncoding, ColumnSpec } from '../tables/index.ts';
import { toIpcStream } from './ipc-stream.ts';

/** Part of every file's bytes, so it names the data model and not the release. The shape is what parquet-mr parses. */
const CREATED_BY = `ecomlake version ${MODEL_VERSION}`;

/** A day's part is far below this: one row group a part, until a partition has more than a million rows. */
const MAX_ROW_GROUP_ROWS = 1 << 20;

const ENCODINGS = {
  delta: Encoding.DELTA_BINARY_PACKED,
  prefix: Encoding.DELTA_BYTE_ARRAY,
  plain: Encoding.PLAIN,
} as const satisfies Record<Exclude<ColumnEncoding, 'dictionary'>, Encoding>;

/** Writing consumes the properties, so every part builds its own (some 30 µs). */
function writerProperties(columns: readonly ColumnSpec[]): WriterProperties {
  let properties = new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    .setCreatedBy(CREATED_BY)
    .setMaxRowGroupSize(MAX_ROW_GROUP_ROWS)
    .setStatisticsEnabled(EnabledStatistics.None)
    .setDictionaryEnabled(true);
  for (const { name, encoding, statistics } of columns) {
    if (encoding !== 'dictionary') {
      properties = properties.setColumnDictionaryEnabled(name, false).setColumnEncoding(name, ENCODINGS[encoding]);
    }
    if (statistics) properties = properties.setColumnStatisticsEnabled(name, EnabledStatistics.Chunk);
  }
  return properties.build();
}

/**
 * Encodes a batch whose columns are exactly `columns`, in that order. ZSTD, one row group to a million rows.
 * The bytes returned are a copy of their own: the batch's memory may be reused at once.
 */
export function encodePart(columns: readonly ColumnSpec[], batch: RecordBatch): Uint8Array {
  for (const [index, column] of columns.entries()) {
    const data = batch.data.children[index];
    if (batch.schema.fields[index]?.name !== column.name || data === undefined) throw new Error(`batch lacks column ${column.name}`);
    if (!column.nullable && data.nullCount > 0) throw new Error(`column ${column.name} has ${data.nullCount} nulls and may have none`);
  }
  // Both the table and the properties are handed over to writeParquet, which frees them.
  return writeParquet(Table.fromIPCStream(toIpcStream(batch)), writerProperties(columns));
}
