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
