// One table of a cleaned lake against the messy one and the answer key, a window of keys at a time.

import { TABLES } from '../tables/index.ts';
import { quote, readParquet, type Duck } from '../verify/deep/duck.ts';
import type { AnsweredTable } from './answer-files.ts';
import { INGEST_DT, isClean, toldAgainst } from './cell-values.ts';
import { answerCell, COMPARED_DATE, isAnswered, isKeyColumn, namesInAnswer, type ComparedColumn } from './compared-columns.ts';
import { isInRange, type TableWindow } from './key-ranges.ts';
import { lakeRows, parts } from './lake-rows.ts';

/** Cells of one column that are alike: with the kinds of the key, or, where the key has nothing, with the kind it looks like. */
export interface CellCount {
  readonly column: string;
  readonly kind: string;
  readonly defects: number;
  readonly detected: number;
  readonly repaired: number;
  readonly wrong: number;
}

export interface WindowScore {
  readonly cells: readonly CellCount[];
  /** Of the lake in this window, each delivery counted. */
  readonly rows: number;
  /** Rows of the lake whose key the answer does not have. */
  readonly dropped: number;
  /** Rows of the answer that the lake has, each as often as there. */
  readonly kept: number;
}

/** When a delivery came. A defect there is a delivery too many; of several rows an answer has for one key, the last counts. */
export const DELIVERED = 'ingestion_ts';

/** A change that the key knows nothing of counts for the kind it looks like, by what it did to the value. */
export const OTHER = 'other';

/** SQL: that kind, of what the lake has (`dirty`) and the answer says (`answer`). */
export const LOOKS_LIKE = `CASE
  WHEN dirty IS NOT DISTINCT FROM answer THEN '${OTHER}'
  WHEN dirty IS NULL OR answer IS NULL THEN 'missing_value'
  WHEN trim(dirty) = trim(answer) THEN 'padding'
  WHEN lower(trim(dirty)) = lower(trim(answer)) THEN 'casing'
  ELSE '${OTHER}' END`;

/** Columns that are compared: all that the answer has but the key, by which rows are found. */
function comparedColumns({ table, columns }: TableWindow, answer: AnsweredTable): ComparedColumn[] {
  return [...columns, COMPARED_DATE].filter((column) => !isKeyColumn(table, column) && isAnswered(column, answer));
}

function keyColumnsOf({ table, columns }: TableWindow): ComparedColumn[] {
  return columns.filter((column) => isKeyColumn(table, column));
}

/** Names of the columns that are read of an answer. */
export function readColumns(window: TableWindow, answer: AnsweredTable): string[] {
  const names = [...keyColumnsOf(window), ...comparedColumns(window, answer)].flatMap((column) => namesInAnswer(column, answer));
  return answer.types.has(DELIVERED) ? [...names, DELIVERED] : names;
}

export async function scoreWindow(duck: Duck, window: TableWindow, answer: AnsweredTable): Promise<WindowScore> {
  const { table } = window;
  const compared = comparedColumns(window, answer);
  const keys = keyColumnsOf(window)
    .map(({ name }) => name)
    .join(', ');
  await loadLake(duck, window, compared);
  await loadAnswer(duck, window, answer, compared, keys);
  await duck.run(`CREATE OR REPLACE TEMP TABLE changed_rows AS ${changedRows(compared, keys)}`);
  const changes = compared.map(
    ({ name }, i) =>
      `SELECT event_id, ${quote(name)} AS "column", CAST(l${i} AS VARCHAR) AS dirty, CAST(a${i} AS VARCHAR) AS answer FROM changed_rows WHERE d${i}`,
  );
  const cells = await duck.rows(`
    WITH changes AS (
      SELECT event_id, '${DELIVERED}' AS "column", s.${DELIVERED} AS dirty, NULL::VARCHAR AS answer
      FROM later_rows s JOIN answer_rows a USING (${keys}) WHERE a.deliveries = 1
      ${changes.map((change) => `UNION ALL ${change}`).join(' ')})
    SELECT coalesce(k."column", c."column") AS "column",
      coalesce(k.kind, ${LOOKS_LIKE}) AS kind,
      count(k.event_id) AS defects,
      count(*) FILTER (k.event_id IS NOT NULL AND c.event_id IS NOT NULL) AS detected,
      count(*) FILTER (k.event_id IS NOT NULL AND c.event_id IS NOT NULL AND ${isClean([...TABLES[table].columns, INGEST_DT], 'k."column"', 'c.answer', 'k.clean_value')}) AS repaired,
      count(*) FILTER (k.event_id IS NULL) AS wrong
    FROM key_cells k FULL JOIN changes c ON k.event_id = c.event_id AND k."column" = c."column" GROUP BY ALL`);
  const [rows] = await duck.rows(`
    SELECT count(*) + count(s.event_id) AS rows, count(*) FILTER (a.deliveries IS NULL) AS dropped,
      coalesce(sum(CASE WHEN a.deliveries IS NOT NULL THEN least(a.deliveries, 1 + (s.event_id IS NOT NULL)::INTEGER) END), 0)::BIGINT AS kept
    FROM lake_rows LEFT JOIN later_rows s USING (${keys}) LEFT JOIN answer_rows a USING (${keys})`);
  return { cells: cells as unknown as CellCount[], ...(rows as unknown as Omit<WindowScore, 'cells'>) };
}

/** `lake_rows`: the first delivery of each row; `later_rows`: a second one, where there is; `key_cells`: their defects. */
async function loadLake(duck: Duck, window: TableWindow, compared: readonly ComparedColumn[]): Promise<void> {
  const { table, partitions } = window;
  const rows = lakeRows(table, partitions, [...keyColumnsOf(window), ...compared]);
  await duck.run(`CREATE OR REPLACE TEMP TABLE lake_rows AS SELECT * EXCLUDE (filename) FROM (${rows}) WHERE ${isInRange(window)}`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE later_rows AS
    SELECT *, rowid AS place FROM lake_rows
    WHERE event_id IN (SELECT event_id FROM lake_rows GROUP BY event_id HAVING count(*) > 1)
    QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY ${DELIVERED}) > 1`);
  await duck.run('DELETE FROM lake_rows WHERE rowid IN (SELECT place FROM later_rows)');
  await duck.run(`CREATE OR REPLACE TEMP TABLE key_cells AS
    SELECT event_id, "column", kind, clean_value FROM ${readParquet(parts(partitions, 'key'))} SEMI JOIN lake_rows USING (event_id)`);
}

/** `answer_rows`: the last row of each key, and of how many. */
async function loadAnswer(
  duck: Duck,
  window: TableWindow,
  answer: AnsweredTable,
  compared: readonly ComparedColumn[],
  keys: string,
): Promise<void> {
  const columns = [
    ...[...keyColumnsOf(window), ...compared].map((column) => `${answerCell(window.table, column, answer)} AS "${column.name}"`),
    `${answer.types.has(DELIVERED) ? `CAST(${DELIVERED} AS VARCHAR)` : 'NULL::VARCHAR'} AS ${DELIVERED}`,
  ];
  await duck.run(`CREATE OR REPLACE TEMP TABLE answer_rows AS SELECT ${columns.join(', ')}, 1::BIGINT AS deliveries FROM ${answer.source}`);
  const [size] = await duck.rows(`SELECT count(*) AS rows, count(DISTINCT (${keys})) AS keys FROM answer_rows`);
  if (size!['rows'] === size!['keys']) return;
  const order = [DELIVERED, ...compared.map(({ name }) => `"${name}"`)].map((name) => `${name} DESC NULLS LAST`).join(', ');
  await duck.run(`CREATE OR REPLACE TEMP TABLE answer_rows AS
    SELECT * REPLACE (count(*) OVER (PARTITION BY ${keys}) AS deliveries) FROM answer_rows
    QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY ${order}) = 1`);
}

/**
 * SQL: rows in which the answer differs from the lake; of each column the lake's value, the answer's, and whether it was
 * changed. An answer that kept both deliveries has not chosen between them: what either has is then left as it was.
 */
function changedRows(compared: readonly ComparedColumn[], keys: string): string {
  if (compared.length === 0) return 'SELECT event_id FROM lake_rows WHERE false';
  const columns = compared.map((column, i) => {
    const lake = `l."${column.name}"`;
    const told = toldAgainst(column, `a."${column.name}"`, lake);
    // What an answer says of cells that the lake does not have is neither right nor wrong.
    const asked = column.isRemoved ? `CASE WHEN NOT l."${column.name} gone" THEN ${told} END` : told;
    return `${lake} AS l${i}, s."${column.name}" AS s${i}, ${asked} AS a${i}`;
  });
  const changed = compared.map((column, i) => {
    const isEither = column === COMPARED_DATE ? 'has_second' : 'has_both';
    return `(a${i} IS DISTINCT FROM l${i} AND NOT (${isEither} AND a${i} IS NOT DISTINCT FROM s${i}))`;
  });
  return `
    SELECT event_id, ${compared.map((_, i) => `l${i}, a${i}, ${changed[i]} AS d${i}`).join(', ')}
    FROM (
      SELECT l.event_id, s.event_id IS NOT NULL AS has_second, s.event_id IS NOT NULL AND a.deliveries > 1 AS has_both, ${columns.join(', ')}
      FROM lake_rows l JOIN answer_rows a USING (${keys}) LEFT JOIN later_rows s USING (${keys}))
    WHERE ${changed.join(' OR ')}`;
}
