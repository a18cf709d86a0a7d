// One partition into a staging folder: its parts, then the manifest, then the marker. Synchronous, for worker threads.

import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import type { RecordBatch } from 'apache-arrow';
import { describeFsError } from '../lib/files.ts';
import { MODEL_VERSION } from '../lib/version.ts';
import { fileSchema, type FileSchema } from '../tables/file-schema.ts';
import { partitionPath, type TableSpec } from '../tables/index.ts';
import { eventDates } from './event-dates.ts';
import { fileBatch } from './file-batch.ts';
import { markRepeated, PartEncoder } from './lineage.ts';
import {
  formatManifest,
  MANIFEST_NAME,
  MANIFEST_SCHEMA_VERSION,
  SUCCESS_NAME,
  type Manifest,
  type ManifestFile,
  type StagedPartition,
} from './manifest.ts';

export interface PartitionRequest {
  table: TableSpec;
  /** The partition key's value, such as `2020-03-01`. */
  partitionValue: string;
  /** All rows of the partition, with the columns of its CSV. May be empty. */
  batch: RecordBatch;
  /** Whether rows may stand there twice, right behind each other: the second then is a later delivery. */
  hasRepeated?: boolean;
  /** Of the files, which schema drift may make another than the batch's. Default: the contract's. */
  schema?: FileSchema;
  batchId: string;
  ingestionTs: string;
  /** What `source_file` begins with: `ecom/raw`, or `gs://<bucket>/ecom/raw`. */
  sourcePrefix: string;
  /** Folder that receives `<table>/<partition>/`. */
  stagingRoot: string;
  /** A larger part is split into equal ones of at most about this. */
  targetSizeBytes: number;
}

/** Whose batch has the columns of the files. */
type FilesRequest = PartitionRequest & { readonly schema: FileSchema };

export interface Part {
  name: string;
  rows: number;
  bytes: Uint8Array;
}

export function partName(index: number): string {
  return `part-${String(index).padStart(4, '0')}.parquet`;
}

/** Parts, manifest and marker into a folder that then holds nothing else. Throws UserError when the disk says no. */
export function writePartition(dir: string, parts: readonly Part[], manifest: Manifest): void {
  try {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    for (const part of parts) writeFileSync(join(dir, part.name), part.bytes);
    writeFileSync(join(dir, MANIFEST_NAME), formatManifest(manifest));
    writeFileSync(join(dir, SUCCESS_NAME), '');
  } catch (error) {
    throw describeFsError(error, dir);
  }
}

/** One a thread: keeps the memory of the event IDs from one partition to the next. */
export class PartitionWriter {
  private readonly parts = new PartEncoder();

  /** Nothing is synced to disk yet: that is the store's work, for many partitions at once. Throws UserError when the disk says no. */
  write(request: PartitionRequest): StagedPartition {
    const { table, partitionValue, stagingRoot, schema = fileSchema(table) } = request;
    const path = partitionPath(table, partitionValue);
    const dir = join(stagingRoot, path);
    const drifted = { ...request, schema, batch: fileBatch(table, request.batch, schema) };
    const parts = this.encode(drifted, path);
    const manifest = describe(drifted, parts);
    writePartition(dir, parts, manifest);
    return { table: table.name, partition: manifest.partition, dir, manifest };
  }

  /** Whole if it fits; else in as many equal parts as the whole's size asks for. */
  private encode(request: FilesRequest, path: string): Part[] {
    const rows = request.batch.numRows;
    const repeated = request.hasRepeated === true ? markRepeated(request.table, request.batch) : undefined;
    const whole = this.encodePart(request, repeated, path, 0, 0, rows);
    const count = Math.min(Math.ceil(whole.bytes.length / request.targetSizeBytes), Math.max(rows, 1));
    if (count === 1) return [whole];
    const start = (index: number): number => Math.floor((rows * index) / count);
    return Array.from({ length: count }, (_, index) => this.encodePart(request, repeated, path, index, start(index), start(index + 1)));
  }

  private encodePart(request: FilesRequest, repeated: Uint8Array | undefined, path: string, index: number, from: number, to: number): Part {
    const { table, batch, batchId, ingestionTs, sourcePrefix, schema } = request;
    const name = partName(index);
    const rows = to - from === batch.numRows ? batch : batch.slice(from, to);
    const sourceFile = `${sourcePrefix}/${path}/${name}`;
    const lineage = { batchId, ingestionTs, sourceFile };
    return { name, rows: to - from, bytes: this.parts.encode(table, rows, lineage, schema, repeated?.subarray(from, to)) };
  }
}

function describe(request: FilesRequest, parts: Part[]): Manifest {
  const { table, partitionValue, batch, batchId, ingestionTs, schema } = request;
  const dates = eventDates(table, partitionValue, batch);
  return {
    schema_version: MANIFEST_SCHEMA_VERSION,
    table: table.name,
    partition: `${table.partitionKey}=${partitionValue}`,
    batch_id: batchId,
    generator_version: MODEL_VERSION,
    created_at: ingestionTs,
    total_rows: batch.numRows,
    min_event_dt: dates.min,
    max_event_dt: dates.max,
    ...(schema.isVersioned === true ? { table_schema_version: schema.version } : {}),
    columns: schema.columns.map(({ name, type }) => ({ name, type })),
    files: parts.map(describeFile),
  };
}

export function describeFile({ name, rows, bytes }: Part): ManifestFile {
  return { path: name, rows, bytes: bytes.length, sha256: sha256Hex(bytes), crc32c: crc32cBase64(bytes) };
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** As Google Cloud Storage gives it: base64 of the four bytes, most significant first. */
export function crc32cBase64(bytes: Uint8Array): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32c(bytes));
  return sum.toString('base64');
}
