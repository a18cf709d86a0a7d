// A worker thread: makes days from the plan, partitions from days or from CSV files.

import { parentPort, workerData } from 'node:worker_threads';
import { csvSchemas, fileSchemas } from '../config/file-schemas.ts';
import { CsvEncoder } from '../csv/write.ts';
import { readPartition } from '../csv/read-partition.ts';
import { formatDay } from '../lib/days.ts';
import { answerTasks } from '../lib/worker-pool.ts';
import { MessMaker } from '../mess/apply-mess.ts';
import { DefectWriter } from '../parquet/defect-writer.ts';
import { logicalIngestionTs } from '../parquet/lineage.ts';
import type { StagedPartition } from '../parquet/manifest.ts';
import { PartitionWriter } from '../parquet/partition.ts';
import { DayRows, type DayBatches } from '../rows/day-rows.ts';
import { driftedSchema } from '../tables/drift.ts';
import { fileSchema, textColumns, writtenTable, type FileSchemas } from '../tables/file-schema.ts';
import { TABLES, TRANSACTION_TABLES, type TableSpec, type TransactionTable } from '../tables/index.ts';
import type { RecordBatch } from 'apache-arrow';
import type { CsvDay, ExportSetup, GeneratorSetup, Task, TaskAnswers, WorkerSetup } from './tasks.ts';

/** Makes days with their mess, and stages what it did to them. */
class DayMaker {
  private readonly rows: DayRows;
  private readonly mess: MessMaker | undefined;
  private readonly setup: GeneratorSetup;
  private readonly encoders: Readonly<Record<string, CsvEncoder>>;
  /** Of the CSVs, and of the lake. */
  private readonly written: FileSchemas;
  private readonly schemas: FileSchemas;
  private readonly defects = new DefectWriter();

  constructor(setup: GeneratorSetup) {
    this.rows = new DayRows(setup.config, setup.lookups, setup.plan);
    this.mess = setup.mess === undefined ? undefined : new MessMaker(setup.config, setup.mess);
    const level = setup.mess ?? 'none';
    this.schemas = fileSchemas(setup.config, level);
    this.written = csvSchemas(setup.config, level);
    this.encoders = Object.fromEntries(
      TRANSACTION_TABLES.map((table) => [table, new CsvEncoder(writtenTable(TABLES[table], this.textsOf(table)))]),
    );
    this.setup = setup;
  }

  make(day: number, truthRoot: string): { batches: DayBatches; truth: StagedPartition[] } {
    const clean = this.rows.make(day);
    if (this.mess === undefined) return { batches: clean, truth: [] };
    const { batches, cells } = this.mess.apply(clean);
    const date = this.dateOf(day);
    const { batchId, wallClock } = this.setup.lineage;
    const ingestionTs = wallClock ?? logicalIngestionTs(date);
    const truth = TRANSACTION_TABLES.map((name) =>
      this.defects.write({
        table: { ...TABLES[name], name },
        date,
        batch: clean[name],
        cells: cells[name],
        schema: this.schemas(name, date),
        batchId,
        ingestionTs,
        stagingRoot: truthRoot,
      }),
    );
    return { batches, truth };
  }

  /** Columns of the contract's numbers that mess has made text. */
  textsOf(table: TransactionTable): string[] {
    return textColumns(TABLES[table], this.written(table, ''));
  }

  dateOf(day: number): string {
    return formatDay(this.setup.plan.firstDay + day);
  }

  toCsv(day: number, truthRoot: string): TaskAnswers['write-csv-day'] {
    const { batches, truth } = this.make(day, truthRoot);
    const tables = Object.fromEntries(
      TRANSACTION_TABLES.map((table) => [
        table,
        { bytes: this.encoders[table]!.encode(batches[table]).slice(), rows: batches[table].numRows },
      ]),
    ) as CsvDay;
    return { tables, truth };
  }
}

/** Stages partitions of the lake. */
class PartitionStager {
  private readonly writer = new PartitionWriter();
  private readonly setup: ExportSetup;

  constructor(setup: ExportSetup) {
    this.setup = setup;
  }

  /** `texts`: columns of the contract's numbers that the batch has as text. */
  stage(table: TableSpec, partitionValue: string, batch: RecordBatch, texts: readonly string[]): StagedPartition {
    const { lineage, stagingRoot, targetSizeBytes, drift } = this.setup;
    const date = table.name === 'product_catalog' ? lineage.signupEndDate : partitionValue;
    return this.writer.write({
      table,
      partitionValue,
      batch,
      schema: driftedSchema(fileSchema(table, texts), drift, table.name, partitionValue),
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
      const { batches, truth } = days!.make(task.day, task.truthRoot);
      const date = days!.dateOf(task.day);
      const partitions = TRANSACTION_TABLES.map((table) => stager!.stage(TABLES[table], date, batches[table], days!.textsOf(table)));
      return { result: { partitions, truth } };
    }
    case 'write-csv-day': {
      const result = days!.toCsv(task.day, task.truthRoot);
      return { result, transfer: Object.values(result.tables).map(({ bytes }) => bytes.buffer as ArrayBuffer) };
    }
    case 'stage-csv': {
      const { source } = task;
      return { result: stager!.stage(TABLES[source.table], source.value, readPartition(source), source.textColumns) };
    }
  }
});
