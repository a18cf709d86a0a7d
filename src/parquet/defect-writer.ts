// One partition of the answer key: the cells of one table and day that mess changed, with what they were.

import { join } from 'node:path';
import type { Data, RecordBatch } from 'apache-arrow';
import { MODEL_VERSION } from '../lib/version.ts';
import { BatchBuilder, type TextBuilder } from '../tables/column-builders.ts';
import { DEFECT_COLUMNS, DEFECTS, defectsFolder, KIND_SEPARATOR, type DirtyCells, type TableDefects } from '../tables/defects.ts';
import { fileSchema, type FileSchema } from '../tables/file-schema.ts';
import type { ColumnSpec, TableSpec, TransactionTable } from '../tables/index.ts';
import { pushNumber } from '../tables/number-text.ts';
import { addConstantColumns } from './constant-columns.ts';
import { encodePart } from './encode.ts';
import { EventIdWriter } from './event-id.ts';
import { KeyText } from './key-text.ts';
import { laterIngestionTs } from './lineage.ts';
import { lakeColumns, MANIFEST_SCHEMA_VERSION, type Manifest, type StagedPartition } from './manifest.ts';
import { describeFile, partName, writePartition } from './partition.ts';

export interface DefectRequest {
  readonly table: TableSpec & { readonly name: TransactionTable };
  /** Of the lake's partition that the cells lie in, such as `2020-03-01`. */
  readonly date: string;
  /** Clean rows of that partition: only the key columns are read. */
  readonly batch: RecordBatch;
  readonly defects: TableDefects;
  /** Of the lake's partition: cells of a column that it does not have are left out. Default: the contract's. */
  readonly schema?: FileSchema;
  readonly batchId: string;
  readonly ingestionTs: string;
  /** Folder that receives `table=<table>/ingest_dt=<date>/`. */
  readonly stagingRoot: string;
}

/** The partition is the same in every row of a part, so it is not encoded row by row. */
const PARTITION = 'partition';
const VARYING = DEFECT_COLUMNS.filter(({ name }) => name !== PARTITION);
const INGESTION_TS = 'ingestion_ts';
const LATE = 'late_rows';
const NAMES = DEFECT_COLUMNS.map(({ name }) => name);

/** One a thread: keeps its memory from one partition to the next. */
export class DefectWriter {
  private readonly batch = new BatchBuilder(VARYING);
  private readonly eventId = this.batch.text('event_id');
  private readonly key = this.batch.text('key');
  private readonly column = this.batch.text('column');
  private readonly kind = this.batch.text('kind');
  private readonly cleanValue = this.batch.text('clean_value');
  private readonly dirtyValue = this.batch.text('dirty_value');
  private readonly eventIds = new EventIdWriter();

  /** As `PartitionWriter.write`: synchronous, and not yet synced to disk. */
  write(request: DefectRequest): StagedPartition {
    const { table, date, batch, defects, ingestionTs, stagingRoot, schema = fileSchema(table) } = request;
    const partition = `${table.partitionKey}=${date}`;
    const folder = defectsFolder(table.name);
    const dir = join(stagingRoot, folder, partition);
    this.batch.reset(0);
    const key = new KeyText(table, batch);
    for (const cell of defects.cells) if (schema.columns.some(({ of }) => of === cell.column.name)) this.push(cell, key);
    for (const { row, kind } of defects.repeated)
      this.pushRow(key, row, INGESTION_TS, kind, null, (id) => laterIngestionTs(ingestionTs, id));
    for (const late of defects.late) {
      for (let row = late.from; row < late.to; row++) this.pushRow(key, row, table.partitionKey, LATE, late.date, () => date);
    }
    const part = {
      name: partName(0),
      rows: this.eventId.rows,
      bytes: addConstantColumns(encodePart(VARYING, this.batch.finish()), NAMES, new Map([[PARTITION, partition]]), 'event_id'),
    };
    const manifest: Manifest = {
      schema_version: MANIFEST_SCHEMA_VERSION,
      table: DEFECTS,
      partition: `${folder}/${partition}`,
      batch_id: request.batchId,
      generator_version: MODEL_VERSION,
      created_at: ingestionTs,
      total_rows: part.rows,
      min_event_dt: part.rows > 0 ? date : null,
      max_event_dt: part.rows > 0 ? date : null,
      ...(schema.isVersioned === true ? { table_schema_version: schema.version, lake_columns: lakeColumns(schema) } : {}),
      columns: DEFECT_COLUMNS.map(({ name, type }) => ({ name, type })),
      files: [describeFile(part)],
    };
    writePartition(dir, [part], manifest);
    return { table: folder, partition, dir, manifest };
  }

  private pushKey(key: KeyText, row: number): void {
    key.read(row);
    this.eventIds.push(this.eventId, key);
    this.key.pushBytes(key.bytes, key.start, key.end);
  }

  /** A defect of a whole row, at the column that shows it. */
  private pushRow(
    key: KeyText,
    row: number,
    column: string,
    kind: string,
    clean: string | null,
    dirty: (eventId: Uint8Array) => string,
  ): void {
    const { eventId } = this;
    this.pushKey(key, row);
    this.column.pushText(column);
    this.kind.pushText(kind);
    if (clean === null) this.cleanValue.pushNull();
    else this.cleanValue.pushText(clean);
    this.dirtyValue.pushText(dirty(eventId.bytes.subarray(eventId.offsets[eventId.rows - 1], eventId.end)));
  }

  private push({ column, clean, dirty, hits, kinds }: DirtyCells, key: KeyText): void {
    const kindNames = new KindNames(kinds);
    const name = Buffer.from(column.name);
    for (let row = 0; row < clean.length; row++) {
      const mask = hits[row]!;
      if (mask === 0 || isSame(clean, dirty, row)) continue;
      this.pushKey(key, row);
      this.column.pushBytes(name, 0, name.length);
      const kind = kindNames.of(mask);
      this.kind.pushBytes(kind, 0, kind.length);
      pushValue(this.cleanValue, column, clean, row);
      pushValue(this.dirtyValue, column, dirty, row);
    }
  }
}

/** `casing+padding` for each set of kinds, encoded once. */
class KindNames {
  private readonly kinds: readonly string[];
  private readonly names = new Map<number, Uint8Array>();

  constructor(kinds: readonly string[]) {
    this.kinds = kinds;
  }

  of(mask: number): Uint8Array {
    let name = this.names.get(mask);
    if (name === undefined) {
      name = Buffer.from(this.kinds.filter((_, index) => (mask & (1 << index)) !== 0).join(KIND_SEPARATOR));
      this.names.set(mask, name);
    }
    return name;
  }
}

/** Two kinds may undo each other. */
function isSame(clean: Data, dirty: Data, row: number): boolean {
  if (clean.getValid(row) !== dirty.getValid(row)) return false;
  const cleanOffsets = clean.valueOffsets as Int32Array | undefined;
  if (cleanOffsets === undefined) {
    const numbers = (data: Data) => data.values as BigInt64Array | Float64Array;
    return numbers(clean)[row] === numbers(dirty)[row];
  }
  const dirtyOffsets = dirty.valueOffsets as Int32Array;
  const from = cleanOffsets[row]!;
  const other = dirtyOffsets[row]!;
  const length = cleanOffsets[row + 1]! - from;
  if (dirtyOffsets[row + 1]! - other !== length) return false;
  const cleanBytes = clean.values as Uint8Array;
  const dirtyBytes = dirty.values as Uint8Array;
  for (let i = 0; i < length; i++) if (cleanBytes[from + i] !== dirtyBytes[other + i]) return false;
  return true;
}

/** As the CSV has it; null where there is none. */
function pushValue(target: TextBuilder, column: ColumnSpec, data: Data, row: number): void {
  const offsets = data.valueOffsets as Int32Array | undefined;
  if (data.nullCount > 0 && !data.getValid(row)) target.pushNull();
  else if (offsets === undefined) pushNumber(target, column, data, row);
  else target.pushBytes(data.values as Uint8Array, offsets[row]!, offsets[row + 1]!);
}
