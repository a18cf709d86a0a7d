// Applies the answer key backwards to a messy lake and compares every value with the clean lake of the same seed.
//
//   npx ecomlake backlog-bear --end-date 2020-02-29 --direct --messiness-level none --artifact-root clean/artifacts --target-root clean/raw
//   npx node scripts/undo-mess.ts --messy output/raw --truth output/truth --clean clean/raw

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MOST_DAYS_LATE } from '../src/config/planted-values.ts';
import { MANIFEST_NAME, parseManifest } from '../src/parquet/manifest.ts';
import { partitionSchema } from '../src/score/partition-schema.ts';
import { DEFECTS, defectsFolder } from '../src/tables/defects.ts';
import { fileSchema, type FileSchema } from '../src/tables/file-schema.ts';
import { parquetColumns, TABLES, TRANSACTION_TABLES, type TableSpec, type TransactionTable } from '../src/tables/index.ts';
import { deliveries, isCellOf } from '../src/verify/deep/key-cells.ts';
import { contractCells } from '../src/verify/deep/contract-rows.ts';
import { Duck, quote, readParquet, SQL_TYPES } from '../src/verify/deep/duck.ts';

export interface UndoRequest {
  readonly messy: string;
  readonly truth: string;
  readonly clean: string;
  /** Days compared at once. */
  readonly days?: number;
}

export interface UndoResult {
  table: TransactionTable;
  rows: number;
  defects: number;
  /** Rows that one of the lakes lacks, has otherwise or has twice, once the mess is undone. */
  differences: number;
  /** Rows of the clean lake that are late and had not arrived by the messy one's last day. */
  missing: number;
  /** Defects that are none, stand twice, or whose dirty value is not what the messy lake has. */
  untrue: number;
}

export async function undoMess(
  { messy, truth, clean, days = 8 }: UndoRequest,
  onWindow?: (result: UndoResult) => void,
): Promise<UndoResult[]> {
  const duck = await Duck.open();
  try {
    const results: UndoResult[] = [];
    for (const table of TRANSACTION_TABLES) {
      const result: UndoResult = { table, rows: 0, defects: 0, differences: 0, missing: 0, untrue: 0 };
      const keyFolder = join(truth, DEFECTS, defectsFolder(table));
      const partitions = [...new Set([messy, clean].flatMap((root) => readdirSync(join(root, table))))].toSorted();
      for (let from = 0; from < partitions.length; from += days) {
        const end = from + days;
        // What is late lies in the partitions of the days that follow.
        const arrivals = partitions.slice(from, end + MOST_DAYS_LATE);
        const schemas = Map.groupBy(
          arrivals.map((name) => ({ name, schema: schemaOf(TABLES[table], join(messy, table, name), join(keyFolder, name)) })),
          ({ schema }) => schema.version,
        );
        await addWindow(
          duck,
          table,
          {
            from: dateOf(partitions[from]!),
            to: dateOf(partitions[end] ?? '=9999'),
            versions: [...schemas.values()].map((own) => ({
              schema: own[0]!.schema,
              messy: files(
                join(messy, table),
                own.map(({ name }) => name),
              ),
            })),
            truth: files(keyFolder, arrivals),
            clean: files(join(clean, table), partitions.slice(from, end)),
          },
          result,
        );
      }
      onWindow?.(result);
      results.push(result);
    }
    return results;
  } finally {
    await duck.close();
  }
}

/** Of one date (inclusive) to another (exclusive); sources as SQL. */
interface UndoWindow {
  readonly from: string;
  readonly to: string;
  /** Messy rows of these dates and of those on which the last of them may come, by the schema of their files. */
  readonly versions: readonly { readonly schema: FileSchema; readonly messy: string }[];
  readonly truth: string;
  readonly clean: string;
}

const PARTITION = { name: 'ingest_dt', type: 'string' } as const;
/** SQL: `ingestion_ts` of a partition, by the logical clock. */
const NEXT_MORNING = `strftime(CAST(own_date AS DATE) + 1, '%Y-%m-%d') || 'T02:00:00+00:00'`;

const dateOf = (partition: string): string => partition.split('=')[1]!;

function files(folder: string, names: readonly string[]): string {
  const present = names.map((name) => join(folder, name)).filter((dir) => existsSync(dir));
  return readParquet(present.map((dir) => `${dir}/*.parquet`));
}

/** Of a partition that the messy lake lacks: the contract's. */
function schemaOf(table: TableSpec, messy: string, key: string): FileSchema {
  const path = join(messy, MANIFEST_NAME);
  return existsSync(path) ? partitionSchema(table, parseManifest(readFileSync(path, 'utf8'), path), key) : fileSchema(table);
}

async function addWindow(
  duck: Duck,
  table: TransactionTable,
  { from, to, versions, truth, clean }: UndoWindow,
  result: UndoResult,
): Promise<void> {
  const columns = parquetColumns(TABLES[table]);
  const isOwn = (date: string): string => `${date} >= ${quote(from)} AND ${date} < ${quote(to)}`;
  await duck.run(`CREATE OR REPLACE TEMP TABLE key AS SELECT *, split_part(partition, '=', 2) AS arrival FROM ${truth}`);
  const rows = versions.map(({ schema, messy }, version) => {
    const cells = [...contractCells(TABLES[table], schema, 'm')].map(([name, sql]) => `${sql} AS ${name}`);
    return `SELECT ${cells.join(', ')}, is_later, ingest_dt, ${version} AS version FROM (${deliveries(table, messy)}) m`;
  });
  await duck.run(`CREATE OR REPLACE TEMP TABLE messy AS ${rows.join(' UNION ALL ')}`);
  const touched = new Set((await duck.rows('SELECT DISTINCT "column" AS name FROM key')).map(({ name }) => name as string));
  const pivot = [PARTITION, ...columns]
    .filter(({ name }) => touched.has(name))
    .map(
      ({ name, type }) =>
        `bool_or("column" = ${quote(name)}) AS ${name}_hit, CAST(max(clean_value) FILTER ("column" = ${quote(name)}) AS ${SQL_TYPES[type]}) AS ${name}_clean`,
    );
  const value = (name: string): string => (touched.has(name) ? `CASE WHEN ${name}_hit THEN ${name}_clean ELSE m.${name} END` : `m.${name}`);
  // A row that came once more goes; lineage of one that was late is that of its own day.
  const undone = columns.map(({ name }) => {
    if (name === 'ingestion_ts') return `CASE WHEN own_date <> m.ingest_dt THEN ${NEXT_MORNING} ELSE m.ingestion_ts END AS ingestion_ts`;
    if (name === 'source_file') return `replace(m.source_file, m.ingest_dt, own_date) AS source_file`;
    return `${value(name)} AS ${name}`;
  });
  await duck.run(`
    CREATE OR REPLACE TEMP TABLE undone AS
    SELECT ${undone.join(', ')} FROM (
      SELECT m.*, k.* EXCLUDE (event_id), ${value(PARTITION.name)} AS own_date FROM messy m
      LEFT JOIN (SELECT ${['event_id', ...pivot].join(', ')} FROM key GROUP BY event_id) k USING (event_id)
    ) m
    WHERE NOT is_later AND ${isOwn('own_date')}`);
  // What the files that a row came in lack is no difference: its values are nowhere.
  const kept = columns.map(({ name }) => {
    const lacking = versions.flatMap(({ schema }, version) => (schema.columns.some(({ of }) => of === name) ? [] : [version]));
    return lacking.length === 0 ? `c.${name}` : `CASE WHEN m.version NOT IN (${lacking.join(', ')}) THEN c.${name} END AS ${name}`;
  });
  await duck.run(`
    CREATE OR REPLACE TEMP TABLE clean AS
    SELECT ${kept.join(', ')} FROM ${clean} c JOIN (FROM messy WHERE NOT is_later) m USING (event_id)`);
  const untrue = versions.map(
    ({ schema, messy }) => `
      SELECT count(*) AS n FROM key k JOIN (${deliveries(table, messy)}) m
        ON m.event_id = k.event_id AND m.ingest_dt = k.arrival AND m.is_later = (k."column" = 'ingestion_ts')
      WHERE ${isOwn('k.arrival')} AND (clean_value IS NOT DISTINCT FROM dirty_value OR NOT ${isCellOf(schema.columns, 'm', 'k')})`,
  );
  const [found] = await duck.rows(`
    SELECT
      (SELECT count(*) FROM messy WHERE ${isOwn('ingest_dt')}) AS rows,
      (SELECT count(*) FROM key WHERE ${isOwn('arrival')}) AS defects,
      (SELECT count(*) FROM undone u FULL JOIN clean c ON u.event_id = c.event_id WHERE ${columns.map(({ name }) => `u.${name} IS DISTINCT FROM c.${name}`).join(' OR ')})
        + (SELECT count(*) - count(DISTINCT event_id) FROM undone) AS differences,
      (SELECT count(*) FROM ${clean} ANTI JOIN messy USING (event_id)) AS missing,
      (SELECT sum(n)::BIGINT FROM (${untrue.join(' UNION ALL ')}))
        + (SELECT count(*) FROM key k ANTI JOIN messy m
            ON m.event_id = k.event_id AND m.ingest_dt = k.arrival AND m.is_later = (k."column" = 'ingestion_ts') WHERE ${isOwn('k.arrival')})
        + (SELECT count(*) - count(DISTINCT (event_id, "column")) FROM key WHERE ${isOwn('arrival')}) AS untrue`);
  for (const name of ['rows', 'defects', 'differences', 'missing', 'untrue'] as const) result[name] += found![name] as number;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { messy: { type: 'string' }, truth: { type: 'string' }, clean: { type: 'string' } } });
  const { messy = 'output/raw', truth = 'output/truth', clean = 'clean/raw' } = values;
  const results = await undoMess({ messy, truth, clean }, (result) => console.log(JSON.stringify(result)));
  process.exitCode = results.some(({ differences, untrue }) => differences + untrue > 0) ? 1 : 0;
}
