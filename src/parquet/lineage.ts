// Business batch to the bytes of one part: the partition key, which stands in the path, goes; the lineage columns come.

import type { Data, RecordBatch } from 'apache-arrow';
import { MS_PER_DAY, parseDay } from '../lib/days.ts';
import { makeBatch, TextBuilder } from '../tables/column-builders.ts';
import { fileSchema, type FileSchema } from '../tables/file-schema.ts';
import type { TableSpec } from '../tables/index.ts';
import { addConstantColumns } from './constant-columns.ts';
import { encodePart } from './encode.ts';
import { fillEventIds } from './event-id.ts';
import { KeyText } from './key-text.ts';

const EVENT_ID = 'event_id';
const INGESTION_TS = 'ingestion_ts';

export interface Lineage {
  batchId: string;
  ingestionTs: string;
  sourceFile: string;
}

/** 02:00 UTC on the day after `date`: `2020-03-01` -> `2020-03-02T02:00:00+00:00`. */
export function logicalIngestionTs(date: string): string {
  return `${new Date((parseDay(date) + 1) * MS_PER_DAY).toISOString().slice(0, 10)}T02:00:00+00:00`;
}

const MINUTE_MS = 60_000;
const SOONEST_MINUTES = 10;
const DAY_MINUTES = 24 * 60;
const EVT_BYTES = 'evt_'.length;

/** Of a row that comes once more: ten minutes to a day after the first, by the first four hex digits of its `event_id`. */
export function laterIngestionTs(ingestionTs: string, eventId: Uint8Array): string {
  const digits = Number.parseInt(Buffer.from(eventId.subarray(EVT_BYTES, EVT_BYTES + 4)).toString(), 16);
  const minutes = SOONEST_MINUTES + (digits % (DAY_MINUTES - SOONEST_MINUTES));
  return `${new Date(Date.parse(ingestionTs) + minutes * MINUTE_MS).toISOString().slice(0, 19)}+00:00`;
}

/** Which rows have the key of the row ahead of them: 1 or 0 a row. */
export function markRepeated(table: TableSpec, batch: RecordBatch): Uint8Array {
  const marks = new Uint8Array(batch.numRows);
  const key = new KeyText(table, batch);
  let before = Buffer.alloc(0);
  for (let row = 0; row < batch.numRows; row++) {
    key.read(row);
    const own = Buffer.from(key.bytes.subarray(key.start, key.end));
    if (own.equals(before)) marks[row] = 1;
    before = own;
  }
  return marks;
}

/** Encodes parts with their lineage; keeps the memory of the event IDs from one part to the next. */
export class PartEncoder {
  private readonly eventIds = new TextBuilder();
  private readonly timestamps = new TextBuilder();

  /**
   * `batch` has the schema's columns without lineage, and the partition key where the table has one of its own. `repeated`
   * marks rows that come once more; undefined: there are none.
   */
  encode(
    table: TableSpec,
    batch: RecordBatch,
    { batchId, ingestionTs, sourceFile }: Lineage,
    { columns }: FileSchema = fileSchema(table),
    repeated?: Uint8Array,
  ): Uint8Array {
    const constants = new Map([
      ['batch_id', batchId],
      ['source_file', sourceFile],
    ]);
    fillEventIds(table, batch, this.eventIds);
    const lineage = new Map([[EVENT_ID, this.eventIds.data()]]);
    if (repeated?.includes(1) === true) lineage.set(INGESTION_TS, this.ingestionTimes(ingestionTs, repeated));
    else constants.set(INGESTION_TS, ingestionTs);
    const varying = columns.filter(({ name }) => !constants.has(name));
    const data = varying.map(
      ({ name }) => lineage.get(name) ?? batch.data.children[batch.schema.fields.findIndex((field) => field.name === name)]!,
    );
    return addConstantColumns(
      encodePart(varying, makeBatch(varying, data)),
      columns.map(({ name }) => name),
      constants,
      EVENT_ID,
    );
  }

  private ingestionTimes(ingestionTs: string, repeated: Uint8Array): Data {
    const { timestamps, eventIds } = this;
    timestamps.reset();
    const first = Buffer.from(ingestionTs);
    for (const [row, isRepeated] of repeated.entries()) {
      if (isRepeated === 0) timestamps.pushBytes(first, 0, first.length);
      else timestamps.pushText(laterIngestionTs(ingestionTs, eventIds.bytes.subarray(eventIds.offsets[row], eventIds.offsets[row + 1])));
    }
    return timestamps.data();
  }
}
