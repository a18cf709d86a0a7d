// Applies the answer key backwards to a messy lake and compares every value with the clean lake of the same seed.
//
//   npx ecomlake backlog-bear --direct --messiness-level none --artifact-root clean/artifacts --target-root clean/raw
//   node scripts/undo-mess.ts --messy output/raw --truth output/truth --clean clean/raw

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MANIFEST_NAME, parseManifest } from '../src/parquet/manifest.ts';
import { partitionSchema } from '../src/score/partition-schema.ts';
import { DEFECTS, defectsFolder } from '../src/tables/defects.ts';
import { fileSchema, type FileSchema } from '../src/tables/file-schema.ts';
import { parquetColumns, TABLES, TRANSACTION_TABLES, type ColumnSpec, type TableSpec, type TransactionTable } from '../src/tables/index.ts';
import { isCellOf } from '../src/verify/check-answer-key.ts';
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
  /** Rows of either lake that the other lacks, once the mess is undone. */
  differences: number;
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
      const result: UndoResult = { table, rows: 0, defects: 0, differences: 0, untrue: 0 };
      const keyFolder = join(truth, DEFECTS, defectsFolder(table));
      const partitions = [...new Set([messy, clean].flatMap((root) => readdirSync(join(root, table))))].toSorted();
      const schemas = new Map(partitions.map((name) => [name, schemaOf(TABLES[table], join(messy, table, name), join(keyFolder, name))]));
      for (const names of Map.groupBy(partitions, (name) => schemas.get(name)!.version).values()) {
        for (let from = 0; from < names.length; from += days) {
          const window = names.slice(from, from + days);
          const files = (folder: string): string => {
            const present = window.map((name) => join(folder, name)).filter((dir) => existsSync(dir));
            return readParquet(present.map((dir) => `${dir}/*.parquet`));
          };
          const sources = { messy: files(join(messy, table)), clean: files(join(clean, table)), truth: files(keyFolder) };
          await addWindow(duck, table, schemas.get(window[0]!)!, sources, result);
        }
      }
      onWindow?.(result);
      results.push(result);
    }
    return results;
  } finally {
    await duck.close();
  }
}

/** Of a partition that the messy lake lacks: the contract's. */
function schemaOf(table: TableSpec, messy: string, key: string): FileSchema {
  const path = join(messy, MANIFEST_NAME);
  return existsSync(path) ? partitionSchema(table, parseManifest(readFileSync(path, 'utf8'), path), key) : fileSchema(table);
}

/** Of a window whose files in the messy lake have one schema. What that lacks is no difference: its values are nowhere. */
async function addWindow(
  duck: Duck,
  table: TransactionTable,
  schema: FileSchema,
  { messy, clean, truth }: { readonly messy: string; readonly clean: string; readonly truth: string },
  result: UndoResult,
): Promise<void> {
  await duck.run(`CREATE OR REPLACE TEMP TABLE key AS FROM ${truth}`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE messy AS FROM ${messy}`);
  const cells = contractCells(TABLES[table], schema, 'm');
  const touched = new Set((await duck.rows('SELECT DISTINCT "column" AS name FROM key')).map(({ name }) => name as string));
  const columns = parquetColumns(TABLES[table]);
  const hits = columns.filter(({ name }) => touched.has(name));
  const pivot = hits.map(
    ({ name, type }) =>
      `bool_or("column" = ${quote(name)}) AS ${name}_hit, CAST(max(clean_value) FILTER ("column" = ${quote(name)}) AS ${SQL_TYPES[type]}) AS ${name}_clean`,
  );
  const undone = columns.map(({ name }) =>
    touched.has(name) ? `CASE WHEN ${name}_hit THEN ${name}_clean ELSE ${cells.get(name)} END AS ${name}` : `${cells.get(name)} AS ${name}`,
  );
  await duck.run(`
    CREATE OR REPLACE TEMP TABLE undone AS
    SELECT ${undone.join(', ')} FROM messy m
    LEFT JOIN (SELECT ${['event_id', ...pivot].join(', ')} FROM key GROUP BY event_id) k ON k.event_id = m.event_id`);
  const isThere = ({ name }: ColumnSpec): boolean => schema.columns.some(({ of }) => of === name);
  const kept = columns.map((column) => (isThere(column) ? column.name : `NULL AS ${column.name}`)).join(', ');
  await duck.run(`CREATE OR REPLACE TEMP TABLE clean AS SELECT ${kept} FROM ${clean}`);
  const [found] = await duck.rows(`
    SELECT
      (SELECT count(*) FROM messy) AS rows,
      (SELECT count(*) FROM key) AS defects,
      (SELECT count(*) FROM (FROM undone EXCEPT ALL FROM clean)) + (SELECT count(*) FROM (FROM clean EXCEPT ALL FROM undone)) AS differences,
      (SELECT count(*) FROM key k LEFT JOIN messy m USING (event_id)
        WHERE m.event_id IS NULL OR clean_value IS NOT DISTINCT FROM dirty_value OR NOT ${isCellOf(schema.columns, 'm', 'k')})
        + (SELECT count(*) - count(DISTINCT (event_id, "column")) FROM key) AS untrue`);
  for (const name of ['rows', 'defects', 'differences', 'untrue'] as const) result[name] += found![name] as number;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { messy: { type: 'string' }, truth: { type: 'string' }, clean: { type: 'string' } } });
  const { messy = 'output/raw', truth = 'output/truth', clean = 'clean/raw' } = values;
  const results = await undoMess({ messy, truth, clean }, (result) => console.log(JSON.stringify(result)));
  process.exitCode = results.some(({ differences, untrue }) => differences + untrue > 0) ? 1 : 0;
}
