// The lake's cells as the answer key names them: SQL for whoever holds one against the other.

import type { FileColumn } from '../../tables/file-schema.ts';
import { TABLES, type TransactionTable } from '../../tables/index.ts';
import { quote, SQL_TYPES } from './duck.ts';

/** SQL: rows with whether each is a later delivery (`is_later`), and the date of their partition. */
export function deliveries(table: TransactionTable, from: string): string {
  const { partitionKey } = TABLES[table];
  return `
    SELECT r.*, r.ingestion_ts > f.first_ts AS is_later, f.${partitionKey}
    FROM ${from} r JOIN (
      SELECT source_file, ${partitionKey}, min(min(ingestion_ts)) OVER (PARTITION BY ${partitionKey}) AS first_ts
      FROM (SELECT source_file, ingestion_ts, regexp_extract(source_file, '/${partitionKey}=([^/]+)/', 1) AS ${partitionKey} FROM ${from})
      GROUP BY source_file, ${partitionKey}
    ) f USING (source_file)`;
}

/**
 * SQL: by partition, how many defects of the key `key` there are (`defects`), and how many of them are of no row of the lake's files
 * `lake` (`rowless`), are not the cell that they name (`untrue`), or stand there twice (`doubled`).
 */
export function judgedDefects(table: TransactionTable, columns: readonly FileColumn[], key: string, lake: string): string {
  return `
    SELECT k.partition, count(*) AS defects,
      count(*) FILTER (m.event_id IS NULL) AS rowless,
      count(*) FILTER (k.clean_value IS NOT DISTINCT FROM k.dirty_value OR (m.event_id IS NOT NULL AND NOT ${isCellOf(columns, 'm', 'k')})) AS untrue,
      count(*) - count(DISTINCT (k.event_id, k."column")) AS doubled
    FROM ${key} k LEFT JOIN (${deliveries(table, lake)}) m
      ON m.event_id = k.event_id AND m.ingest_dt = split_part(k.partition, '=', 2) AND m.is_later = (k."column" = 'ingestion_ts')
    GROUP BY ALL`;
}

/**
 * SQL: whether a row's cell has the dirty value of a defect. `columns` are those of the row's file, `row` (of `deliveries`) and
 * `defect` are names of tables.
 */
export function isCellOf(columns: readonly FileColumn[], row: string, defect: string): string {
  const partition = { name: 'ingest_dt', type: 'string', of: 'ingest_dt' } as const;
  const cases = [partition, ...columns].map(({ name, type, of = name }) => {
    const value = type === 'string' ? `${defect}.dirty_value` : `TRY_CAST(${defect}.dirty_value AS ${SQL_TYPES[type]})`;
    return `WHEN ${quote(of)} THEN ${row}."${name}" IS NOT DISTINCT FROM ${value}`;
  });
  return `CASE ${defect}."column" ${cases.join(' ')} ELSE false END`;
}
