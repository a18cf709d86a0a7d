// What comes a second time, held against how it came first: rows delivered again, and corrections.

import { comesTwice, plantedIn } from '../../config/planted-kinds.ts';
import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../../tables/index.ts';
import type { ExpectedLake } from '../expected-lake.ts';
import { quote, type Duck } from './duck.ts';
import { readAllParts, type PartFile, type Window } from './part-files.ts';

/** Tables of the lake whose rows may come twice. */
export function repeatedTables({ config, file }: ExpectedLake): TransactionTable[] {
  return TRANSACTION_TABLES.filter((table) => comesTwice(config, file.made_with.messiness_level, table));
}

/** Table `later_rows`: those that came later, and what is wrong with them, if anything. Replaces that of the window before. */
export async function loadDeliveries(duck: Duck, root: string, window: Window, expected: ExpectedLake): Promise<void> {
  await duck.run('CREATE OR REPLACE TEMP TABLE later_rows (tbl VARCHAR, file INTEGER, line INTEGER, says VARCHAR, corrected VARCHAR[])');
  for (const table of repeatedTables(expected)) await loadTable(duck, root, table, window.parts[table], correctedColumns(expected, table));
}

async function loadTable(
  duck: Duck,
  root: string,
  table: TransactionTable,
  parts: readonly PartFile[],
  corrected: readonly string[],
): Promise<void> {
  const from = readAllParts(root, parts);
  const fixed = TABLES[table].columns
    .map(({ name }) => name)
    .filter((name) => name !== TABLES[table].partitionKey && !corrected.includes(name));
  const differing = (names: readonly string[], also = ''): string =>
    `list_filter([${names.map((name) => `CASE WHEN l.${name} IS DISTINCT FROM f.${name} ${also.replaceAll('$', name)} THEN ${quote(name)} END`).join(', ')}], lambda name: name IS NOT NULL)`;
  await duck.run(`
    INSERT INTO later_rows
    SELECT '${table}', l.file, l.line, CASE
      WHEN f.event_id IS NULL THEN l.event_id || ': comes with a later ingestion_ts, and not before'
      WHEN nth > 1 THEN l.event_id || ': comes more than twice'
      WHEN NOT l.has_origin THEN l.event_id || ': comes again with another batch_id or source_file'
      WHEN len(differing) > 0 THEN l.event_id || ': comes again with another ' || array_to_string(differing, ', ') END,
      ${differing(corrected, 'AND f.$ IS NOT NULL')}
    FROM (SELECT *, row_number() OVER (PARTITION BY value, event_id) AS nth FROM ${from} WHERE is_later) l
    LEFT JOIN (FROM ${from} WHERE NOT is_later) f USING (value, event_id),
    LATERAL (SELECT ${differing(fixed)} AS differing)`);
}

/** Columns of the table in which rows are corrected. */
export function correctedColumns({ config, file }: ExpectedLake, table: TransactionTable): string[] {
  return plantedIn(config, file.made_with.messiness_level, 'corrections', table);
}
