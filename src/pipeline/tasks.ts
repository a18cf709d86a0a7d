// What the pipeline asks of its worker threads, and what they answer.

import type { Config } from '../config/schema.ts';
import type { PartitionSource } from '../csv/export-plan.ts';
import type { Lookups } from '../lookups/load.ts';
import type { MessyLevel } from '../mess/kind.ts';
import type { StagedPartition } from '../parquet/manifest.ts';
import type { Plan } from '../plan/build-plan.ts';
import type { Drift } from '../tables/drift.ts';
import type { TransactionTable } from '../tables/index.ts';

/** How the lineage columns of a run are filled. */
export interface LineageSettings {
  readonly batchId: string;
  /** What `source_file` begins with. */
  readonly sourcePrefix: string;
  /** Real time of the run, or undefined for the logical clock. */
  readonly wallClock: string | undefined;
  /** Products have no date: their logical clock follows the end of the sign-up window. */
  readonly signupEndDate: string;
}

/** What a worker needs to export partitions. */
export interface ExportSetup {
  readonly lineage: LineageSettings;
  readonly stagingRoot: string;
  readonly targetSizeBytes: number;
  readonly drift: Drift;
}

/** What a worker needs to make days; large arrays lie in shared memory. */
export interface GeneratorSetup {
  readonly config: Config;
  readonly lookups: Lookups;
  readonly plan: Plan;
  /** Undefined plants nothing. */
  readonly mess: MessyLevel | undefined;
  readonly lineage: LineageSettings;
}

export interface WorkerSetup {
  readonly export?: ExportSetup | undefined;
  readonly generator?: GeneratorSetup | undefined;
}

/** `truthRoot` receives the day's part of the answer key, if mess is planted. */
export type Task =
  /** One day of the plan (index from its first day) to staged partitions. */
  | { readonly type: 'stage-day'; readonly day: number; readonly truthRoot: string }
  /** One day of the plan to CSV rows, without headers. */
  | { readonly type: 'write-csv-day'; readonly day: number; readonly truthRoot: string }
  /** One partition's rows of a CSV file to a staged partition. */
  | { readonly type: 'stage-csv'; readonly source: PartitionSource };

/** Rows of CSV by table. */
export type CsvDay = Record<TransactionTable, { bytes: Uint8Array; rows: number }>;

export interface TaskAnswers {
  'stage-day': { partitions: StagedPartition[]; truth: StagedPartition[] };
  'write-csv-day': { tables: CsvDay; truth: StagedPartition[] };
  'stage-csv': StagedPartition;
}
