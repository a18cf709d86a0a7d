// Applies the answer key backwards to a messy lake and compares every value with the clean lake of the same seed.
//
//   npx ecomlake backlog-bear --direct --messiness-level none --artifact-root clean/artifacts --target-root clean/raw
//   node scripts/undo-mess.ts --messy output/raw --truth output/truth --clean clean/raw

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFECTS, defectsFolder } from '../src/tables/defects.ts';
import { MOST_DAYS_LATE } from '../src/config/planted-values.ts';
import { parquetColumns, TABLES, TRANSACTION_TABLES, type TransactionTable } from '../src/tables/index.ts';
import { deliveries, isCellOf, SQL_TYPES } from '../src/verify/check-answer-key.ts';
import { Duck, quote, readParquet } from '../src/verify/deep/duck.ts';

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
  /** Rows of either lake that the other lacks, once the mess is undone. */
  differences: number;
  /** Rows of the clean lake that are late and had not arrived by the messy one's last day. */
  missing: number;
  /** Defects that are none, stand twice, or whose dirty value is not what the messy lake has. */
  untrue: number;
}

export async function undoMess(
  { messy, truth, clean, days = 20 }: UndoRequest,
  onWindow?: (result: UndoResult) => void,
): Promise<UndoResult[]> {
  const duck = await Duck.open();
  try {
    const results: UndoResult[] = [];
    for (const table of TRANSACTION_TABLES) {
      const result: UndoResult = { table, rows: 0, defects: 0, differences: 0, untrue: 0, missing: 0 };
      const partitions = [...new Set([messy, clean].flatMap((root) => readdirSync(join(root, table))))].toSorted();
      for (let from = 0; from < partitions.length; from += days) {
        const files = (root: string, folder: string, to: number): string => {
          const names = partitions.slice(from, to);
          const present = names.map((name) => join(root, folder, name)).filter((dir) => existsSync(dir));
          return readParquet(present.map((dir) => `${dir}/*.parquet`));
        };
        // What is late lies in the partitions of the days that follow.
        const end = from + days;
        const window = {
          from: dateOf(partitions[from]!),
          to: dateOf(partitions[end] ?? `=9999`),
          messy: files(messy, table, end + MOST_DAYS_LATE),
          truth: files(join(truth, DEFECTS), defectsFolder(table), end + MOST_DAYS_LATE),
          clean: files(clean, table, end),
        };
        await addWindow(duck, table, window, result);
      }
      onWindow?.(result);
      results.push(result);
    }
    return results;
  } finally {
    await duck.close();
  }
}

/** Dates from (inclusive) and to (exclusive); sources as SQL. */
interface UndoWindow {
  readonly from: string;
  readonly to: string;
  readonly messy: string;
  readonly truth: string;
  readonly clean: string;
}

const PARTITION = { name: 'ingest_dt', type: 'string' } as const;
/** SQL: `ingestion_ts` of a partition, by the logical clock. */
const NEXT_MORNING = `strftime(CAST(own_date AS DATE) + 1, '%Y-%m-%d') || 'T02:00:00+00:00'`;

const dateOf = (partition: string): string => partition.split('=')[1]!;

async function addWindow(
  duck: Duck,
  table: TransactionTable,
  { from, to, messy, truth, clean }: UndoWindow,
  result: UndoResult,
): Promise<void> {
  const columns = parquetColumns(TABLES[table]);
  const isOwn = (date: string): string => `${date} >= ${quote(from)} AND ${date} < ${quote(to)}`;
  await duck.run(`CREATE OR REPLACE TEMP TABLE messy AS ${deliveries(table, messy)}`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE key AS SELECT *, split_part(partition, '=', 2) AS arrival FROM ${truth}`);
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
  // Of the lake's last days, what is late has not arrived.
  const arrived = `(FROM ${clean} SEMI JOIN messy USING (event_id))`;
  const [found] = await duck.rows(`
    SELECT
      (SELECT count(*) FROM messy WHERE ${isOwn('ingest_dt')}) AS rows,
      (SELECT count(*) FROM key WHERE ${isOwn('arrival')}) AS defects,
      (SELECT count(*) FROM (FROM undone EXCEPT ALL FROM ${arrived})) + (SELECT count(*) FROM (FROM ${arrived} EXCEPT ALL FROM undone)) AS differences,
      (SELECT count(*) FROM key k LEFT JOIN messy m ON m.event_id = k.event_id AND m.ingest_dt = k.arrival AND m.is_later = (k."column" = 'ingestion_ts')
        WHERE ${isOwn('k.arrival')} AND (m.event_id IS NULL OR clean_value IS NOT DISTINCT FROM dirty_value OR NOT ${isCellOf(table, 'm', 'k')}))
        + (SELECT count(*) - count(DISTINCT (event_id, "column")) FROM key WHERE ${isOwn('arrival')}) AS untrue,
      (SELECT count(*) FROM ${clean} ANTI JOIN messy USING (event_id)) AS missing`);
  for (const name of ['rows', 'defects', 'differences', 'untrue', 'missing'] as const) result[name] += found![name] as number;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { messy: { type: 'string' }, truth: { type: 'string' }, clean: { type: 'string' } } });
  const { messy = 'output/raw', truth = 'output/truth', clean = 'clean/raw' } = values;
  const results = await undoMess({ messy, truth, clean }, (result) => console.log(JSON.stringify(result)));
  process.exitCode = results.some(({ differences, untrue }) => differences + untrue > 0) ? 1 : 0;
}
