// Business batch to Parquet batch: drops the partition key, which stands in the path, and adds the lineage columns.

import type { RecordBatch } from 'apache-arrow';
import { BatchBuilder, makeBatch } from '../tables/column-builders.ts';
import { LINEAGE_COLUMNS, parquetColumns, type TableSpec } from '../tables/index.ts';
import { MS_PER_DAY, parseDay } from '../lib/days.ts';
import { fillEventIds } from './event-id.ts';

export interface Lineage {
  batchId: string;
  ingestionTs: string;
  sourceFile: string;
}

/** 02:00 UTC on the day after `date`: `2020-03-01` -> `2020-03-02T02:00:00+00:00`. */
export function logicalIngestionTs(date: string): string {
  return `${new Date((parseDay(date) + 1) * MS_PER_DAY).toISOString().slice(0, 10)}T02:00:00+00:00`;
}

/** Adds lineage in memory that it keeps: each batch is valid until the next one is made. */
export class LineageAdder {
  private readonly builder = new BatchBuilder(LINEAGE_COLUMNS);

  add(table: TableSpec, batch: RecordBatch, lineage: Lineage): RecordBatch {
    const { builder } = this;
    const rows = batch.numRows;
    builder.reset(rows);
    builder.text('batch_id').pushRepeated(lineage.batchId, rows);
    builder.text('ingestion_ts').pushRepeated(lineage.ingestionTs, rows);
    fillEventIds(table, batch, builder.text('event_id'));
    builder.text('source_file').pushRepeated(lineage.sourceFile, rows);

    const kept = batch.data.children.filter((_, index) => batch.schema.fields[index]!.name !== table.partitionKey);
    return makeBatch(parquetColumns(table), [...kept, ...builder.builders.map((column) => column.data())]);
  }
}
