// What `lake.json` says must be there, partition by partition.

import { LAKE_FILE, parseLakeFile, readLakeFile, type LakeFile } from '../checkpoint/lake-file.ts';
import { fileSchemas } from '../config/file-schemas.ts';
import { configSchema, type Config } from '../config/schema.ts';
import { plantedRowKinds } from '../config/planted-kinds.ts';
import { MOST_DAYS_LATE } from '../config/planted-values.ts';
import { formatDay, parseDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { logicalIngestionTs } from '../parquet/lineage.ts';
import type { FileSchemas } from '../tables/file-schema.ts';
import { TABLES, TRANSACTION_TABLES, type TableName } from '../tables/index.ts';

export interface ExpectedTable {
  readonly rows: number;
  readonly partitions: number;
  /** Values of the partition key that may occur, in order; all of them must when there are as many as `partitions`. */
  readonly values: readonly string[];
}

export interface ExpectedLake {
  readonly file: LakeFile;
  readonly config: Config;
  /** Days since 1970-01-01, both inclusive. */
  readonly firstDay: number;
  readonly lastDay: number;
  /** Last day of which every event has arrived: earlier than `lastDay` where rows are late. */
  readonly settledDay: number;
  readonly tables: Readonly<Record<TableName, ExpectedTable>>;
  readonly schemas: FileSchemas;
  /** `ingestion_ts` of a partition's rows; undefined when the lake was made with real time. */
  ingestionTs(table: TableName, value: string): string | undefined;
}

/** Undefined when there is no `lake.json` at `path`. Throws a UserError when it cannot be used. */
export function readExpectedLake(path: string): ExpectedLake | undefined {
  const file = readLakeFile(path);
  return file === undefined ? undefined : describeExpected(file, path);
}

/** The same from the file's text; `where` is the object's address. */
export function parseExpectedLake(text: string, where: string): ExpectedLake {
  return describeExpected(parseLakeFile(text, where), where);
}

function describeExpected(file: LakeFile, where: string): ExpectedLake {
  const parsed = configSchema.safeParse(file.config);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `config.${issue.path.join('.')}: ${issue.message}`);
    throw new UserError(`${where} is not a valid lake description: ${problems.join('; ')}`, {
      hint: `Restore ${LAKE_FILE} from a copy; the next chunk of backlog-bear writes it anew.`,
    });
  }
  const config = parsed.data;
  const firstDay = parseDay(file.start_date, `${where}: start_date`);
  const lastDay = parseDay(file.end_date, `${where}: end_date`);
  const days = datesFrom(firstDay, lastDay);
  const isLate = plantedRowKinds(config, file.made_with.messiness_level).some(({ kind }) => kind === 'late_rows');
  const signups = datesFrom(parseDay(file.signup_start_date, where), parseDay(file.signup_end_date, where));
  const expectTable = (table: TableName, values: readonly string[]): ExpectedTable => ({ ...file.tables[table], values });
  return {
    file,
    config,
    firstDay,
    lastDay,
    settledDay: isLate ? lastDay - MOST_DAYS_LATE : lastDay,
    tables: {
      customers: expectTable('customers', signups),
      product_catalog: expectTable('product_catalog', config.vocab.categories),
      ...(Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, expectTable(table, days)])) as Record<
        (typeof TRANSACTION_TABLES)[number],
        ExpectedTable
      >),
    },
    schemas: fileSchemas(config, file.made_with.messiness_level),
    ingestionTs: (table, value) => {
      if (file.made_with.ingestion_clock !== 'logical') return undefined;
      return logicalIngestionTs(TABLES[table].dateColumn === 'category' ? file.signup_end_date : value);
    },
  };
}

function datesFrom(first: number, last: number): string[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => formatDay(first + i));
}
