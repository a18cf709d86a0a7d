// A worker thread: makes days from the plan, partitions from days or from CSV files.

import { parentPort, workerData } from 'node:worker_threads';
import { CsvEncoder } from '../csv/write.ts';
import { readPartition } from '../csv/read-partition.ts';
import { formatDay } from '../lib/days.ts';
import { answerTasks } from '../lib/worker-pool.ts';
import { MessMaker } from '../mess/apply-mess.ts';
import { logicalIngestionTs } from '../parquet/lineage.ts';
import type { StagedPartition } from '../parquet/manifest.ts';
import { PartitionWriter } from '../parquet/partition.ts';
import { DayRows, type DayBatches } from '../rows/day-rows.ts';
import { TABLES, TRANSACTION_TABLES, type TableSpec } from '../tables/index.ts';
import type { RecordBatch } from 'apache-arrow';
import type { ExportSetup, GeneratorSetup, Task, TaskAnswers, WorkerSetup } from './tasks.ts';

/** Makes days with their mess. */
class DayMaker {
  private readonly rows: DayRows;
  private readonly mess: MessMaker | undefined;
  private readonly firstDay: number;
  private readonly encoders = Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, new CsvEncoder(TABLES[table])]));

  constructor({ config, lookups, plan, mess }: GeneratorSetup) {
    this.rows = new DayRows(config, lookups, plan);
    this.mess = mess === undefined ? undefined : new MessMaker(config, mess);
    this.firstDay = plan.firstDay;
  }

  make(day: number): DayBatches {
    const clean = this.rows.make(day);
    return this.mess === undefined ? clean : this.mess.apply(clean);
  }

  dateOf(day: number): string {
    return formatDay(this.firstDay + day);
  }

  toCsv(day: number): TaskAnswers['write-csv-day'] {
    const batches = this.make(day);
    return Object.fromEntries(
      TRANSACTION_TABLES.map((table) => [
        table,
        { bytes: this.encoders[table]!.encode(batches[table]).slice(), rows: batches[table].numRows },
      ]),
    ) as TaskAnswers['write-csv-day'];
  }
}

/** Stages partitions of the lake. */
class PartitionStager {
  private readonly writer = new PartitionWriter();
  private readonly setup: ExportSetup;

  constructor(setup: ExportSetup) {
    this.setup = setup;
  }

  stage(table: TableSpec, partitionValue: string, batch: RecordBatch): StagedPartition {
    const { lineage, stagingRoot, targetSizeBytes } = this.setup;
    const date = table.name === 'product_catalog' ? lineage.signupEndDate : partitionValue;
    return this.writer.write({
      table,
      partitionValue,
      batch,
      batchId: lineage.batchId,
      ingestionTs: lineage.wallClock ?? logicalIngestionTs(date),
      sourcePrefix: lineage.sourcePrefix,
      stagingRoot,
      targetSizeBytes,
    });
  }
}

const setup = workerData as WorkerSetup;
const days = setup.generator && new DayMaker(setup.generator);
const stager = setup.export && new PartitionStager(setup.export);

answerTasks<Task>(parentPort!, (task): { result: TaskAnswers[Task['type']]; transfer?: ArrayBuffer[] } => {
  switch (task.type) {
    case 'stage-day': {
      const batches = days!.make(task.day);
      return { result: TRANSACTION_TABLES.map((table) => stager!.stage(TABLES[table], days!.dateOf(task.day), batches[table])) };
    }
    case 'write-csv-day': {
      const result = days!.toCsv(task.day);
      return { result, transfer: Object.values(result).map(({ bytes }) => bytes.buffer as ArrayBuffer) };
    }
    case 'stage-csv': {
      const { source } = task;
      const table = TABLES[source.table];
      return { result: [stager!.stage(table, source.value, readPartition(source))] };
    }
  }
});
