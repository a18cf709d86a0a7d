// Business batch to the bytes of one part: the partition key, which stands in the path, goes; the lineage columns come.

import type { RecordBatch } from 'apache-arrow';
import { MS_PER_DAY, parseDay } from '../lib/days.ts';
import { makeBatch, TextBuilder } from '../tables/column-builders.ts';
import { fileSchema, type FileSchema } from '../tables/file-schema.ts';
import type { TableSpec } from '../tables/index.ts';
import { addConstantColumns } from './constant-columns.ts';
import { encodePart } from './encode.ts';
import { fillEventIds } from './event-id.ts';

const EVENT_ID = 'event_id';

export interface Lineage {
  batchId: string;
  ingestionTs: string;
  sourceFile: string;
}

/** 02:00 UTC on the day after `date`: `2020-03-01` -> `2020-03-02T02:00:00+00:00`. */
export function logicalIngestionTs(date: string): string {
  return `${new Date((parseDay(date) + 1) * MS_PER_DAY).toISOString().slice(0, 10)}T02:00:00+00:00`;
}

/** Encodes parts with their lineage; keeps the memory of the event IDs from one part to the next. */
export class PartEncoder {
  private readonly eventIds = new TextBuilder();

  /** `batch` has the schema's columns without lineage, and the partition key where the table has one of its own. */
  encode(
    table: TableSpec,
    batch: RecordBatch,
    { batchId, ingestionTs, sourceFile }: Lineage,
    { columns }: FileSchema = fileSchema(table),
  ): Uint8Array {
    const constants = new Map([
      ['batch_id', batchId],
      ['ingestion_ts', ingestionTs],
      ['source_file', sourceFile],
    ]);
    fillEventIds(table, batch, this.eventIds);
    const varying = columns.filter(({ name }) => !constants.has(name));
    const kept = batch.data.children.filter((_, index) => batch.schema.fields[index]!.name !== table.partitionKey);
    const part = encodePart(varying, makeBatch(varying, [...kept, this.eventIds.data()]));
    return addConstantColumns(
      part,
      columns.map(({ name }) => name),
      constants,
      EVENT_ID,
    );
  }
}
