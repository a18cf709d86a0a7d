// The steps of the way from seed to file, one at a time on one core; what a step needs is made outside of its time.

import { createHash } from 'node:crypto';
import { crc32c } from '@node-rs/crc32';
import type { RecordBatch } from 'apache-arrow';
import { defaultConfig } from '../src/config/load.ts';
import { CsvParser } from '../src/csv/read.ts';
import { parseHeader } from '../src/csv/header.ts';
import { CsvEncoder } from '../src/csv/write.ts';
import { buildCustomers } from '../src/lookups/build-customers.ts';
import { parseDay, formatDay } from '../src/lib/days.ts';
import { MessMaker } from '../src/mess/apply-mess.ts';
import { logicalIngestionTs, PartEncoder } from '../src/parquet/lineage.ts';
import { buildPlan } from '../src/plan/build-plan.ts';
import { DayRows, type DayBatches } from '../src/rows/day-rows.ts';
import { BatchBuilder } from '../src/tables/column-builders.ts';
import { partitionPath, TABLES, TRANSACTION_TABLES } from '../src/tables/index.ts';
import { Stopwatch, type Measurement } from './measure.ts';
import { BATCH_ID, readLookups, type Workload } from './workspace.ts';

/** Days made before the clock starts, so that the code has been compiled. */
const WARM_UP_DAYS = 5;

export function measureLookups({ scale }: Workload): Measurement {
  const config = defaultConfig();
  const watch = new Stopwatch();
  buildCustomers(config, scale / 20);
  watch.start();
  const customers = buildCustomers(config, scale);
  watch.stop();
  return watch.measurement(customers.numRows);
}

/** The whole default horizon. */
export function measurePlan(workload: Workload): Measurement {
  const { config, lookups } = readLookups(workload);
  const { start_date, end_date } = config.horizon;
  const watch = new Stopwatch();
  watch.start();
  const plan = buildPlan(config, lookups, workload.scale, parseDay(start_date), parseDay(end_date));
  watch.stop();
  return watch.measurement(plan.carts.time.length);
}

/** Hands each day's batches to `work`, which starts and stops the watch; rows and carts are made off the clock unless it says so. */
function overDays(
  workload: Workload,
  work: (day: { make(): DayBatches; mess(clean: DayBatches): DayBatches; date: string }, watch: Stopwatch) => number,
): Measurement {
  const { config, lookups } = readLookups(workload);
  const { firstDay, days } = workload;
  const plan = buildPlan(config, lookups, workload.scale, firstDay, firstDay + days - 1);
  const rows = new DayRows(config, lookups, plan);
  const mess = new MessMaker(config, 'medium_mess');
  const watch = new Stopwatch();
  const run = (day: number): number =>
    work({ make: () => rows.make(day), mess: (clean) => mess.apply(clean).batches, date: formatDay(firstDay + day) }, watch);
  for (let day = 0; day < Math.min(WARM_UP_DAYS, days); day++) run(day);
  watch.reset();
  let count = 0;
  for (let day = 0; day < days; day++) count += run(day);
  return watch.measurement(count);
}

const countRows = (batches: DayBatches): number => TRANSACTION_TABLES.reduce((sum, table) => sum + batches[table].numRows, 0);

export function measureRows(workload: Workload): Measurement {
  return overDays(workload, (day, watch) => {
    watch.start();
    const batches = day.make();
    watch.stop();
    return countRows(batches);
  });
}

export function measureRowsWithMess(workload: Workload): Measurement {
  return overDays(workload, (day, watch) => {
    watch.start();
    const batches = day.mess(day.make());
    watch.stop();
    return countRows(batches);
  });
}

export function measureCsvEncode(workload: Workload): Measurement {
  const encoders = TRANSACTION_TABLES.map((table) => ({ table, encoder: new CsvEncoder(TABLES[table]) }));
  return overDays(workload, (day, watch) => {
    const batches = day.mess(day.make());
    watch.start();
    for (const { table, encoder } of encoders) encoder.encode(batches[table]);
    watch.stop();
    return countRows(batches);
  });
}

export function measureCsvParse(workload: Workload): Measurement {
  const readers = TRANSACTION_TABLES.map((table) => {
    const encoder = new CsvEncoder(TABLES[table]);
    const builder = new BatchBuilder(TABLES[table].columns);
    return {
      table,
      encoder,
      builder,
      parser: new CsvParser(TABLES[table], parseHeader(encoder.header(), TABLES[table], table), table, builder),
    };
  });
  return overDays(workload, (day, watch) => {
    const batches = day.mess(day.make());
    let rows = 0;
    for (const { table, encoder, builder, parser } of readers) {
      const bytes = encoder.encode(batches[table]);
      watch.start();
      builder.reset(batches[table].numRows);
      rows += parser.parse(bytes, 0, bytes.length, 2);
      builder.finish();
      watch.stop();
    }
    return rows;
  });
}

/** Lineage, Parquet and both checksums; no files. */
export function measureParquet(workload: Workload): Measurement {
  const encoder = new PartEncoder();
  const encode = (batch: RecordBatch, table: (typeof TRANSACTION_TABLES)[number], date: string): void => {
    const sourceFile = `ecom/raw/${partitionPath(TABLES[table], date)}/part-0000.parquet`;
    const part = encoder.encode(TABLES[table], batch, {
      batchId: BATCH_ID,
      ingestionTs: logicalIngestionTs(date),
      sourceFile,
    });
    createHash('sha256').update(part).digest('hex');
    crc32c(part);
  };
  return overDays(workload, (day, watch) => {
    const batches = day.mess(day.make());
    watch.start();
    for (const table of TRANSACTION_TABLES) encode(batches[table], table, day.date);
    watch.stop();
    return countRows(batches);
  });
}
