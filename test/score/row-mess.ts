// A messy lake with mess at the level of rows: delivered twice, corrected later, and late.

import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../../src/tables/index.ts';
import type { Duck } from '../../src/verify/deep/duck.ts';
import { makeTempFolder } from '../pipeline/tiny-shop.ts';
import { inDuckDb, ScoredLake } from './scored-lake.ts';

/** A column of each table that first deliveries have wrong. */
const CORRECTED: Record<TransactionTable, string> = {
  shopping_carts: 'cart_total',
  cart_items: 'product_name',
  orders: 'payment_method',
  order_items: 'quantity',
  returns: 'reason',
  return_items: 'product_name',
};

/** The key by which a parent and its children move together. */
const MOVED_BY: Record<TransactionTable, string> = {
  shopping_carts: 'cart_id',
  cart_items: 'cart_id',
  orders: 'order_id',
  order_items: 'order_id',
  returns: 'return_id',
  return_items: 'return_id',
};

export async function withRowMess(lake: ScoredLake): Promise<ScoredLake> {
  const folder = makeTempFolder();
  const messy = new ScoredLake(join(folder, 'raw'), join(folder, 'truth'), lake.clean);
  cpSync(lake.raw, messy.raw, { recursive: true });
  cpSync(lake.truth, messy.truth, { recursive: true });
  await inDuckDb(async (duck) => {
    for (const table of TRANSACTION_TABLES) await alter(duck, table, lake, messy);
  });
  return messy;
}

async function alter(duck: Duck, table: TransactionTable, from: ScoredLake, to: ScoredLake): Promise<void> {
  const read = (files: string): string => `read_parquet('${files}', hive_partitioning = true, hive_types_autocast = false)`;
  const column = CORRECTED[table];
  const isText = TABLES[table].columns.find(({ name }) => name === column)!.type === 'string';
  const key = `concat_ws('|', ${TABLES[table].key.join(', ')})`;
  await duck.run(`CREATE OR REPLACE TEMP TABLE old_key AS FROM ${read(from.keyFiles(table))}`);
  await duck.run(
    `CREATE OR REPLACE TEMP TABLE clean AS SELECT event_id, "${column}" AS clean_value FROM ${read(`${from.clean}/${table}/*/*.parquet`)}`,
  );
  // Of each row what happens to it, and the partition that it ends in.
  await duck.run(`CREATE OR REPLACE TEMP TABLE rows AS
    SELECT l.*, ${key} AS row_key, hash(event_id) % 9 AS draw,
      CASE WHEN hash(${MOVED_BY[table]} || '!') % 6 = 0
        THEN least(ingest_dt::DATE + 1 + (hash(${MOVED_BY[table]}) % 7)::INTEGER, max(ingest_dt::DATE) OVER ())::VARCHAR ELSE ingest_dt END AS lies_in
    FROM ${read(`${from.raw}/${table}/*/*.parquet`)} l`);
  await duck.run(
    `UPDATE rows SET draw = 8 WHERE event_id IN (SELECT event_id FROM old_key WHERE "column" = '${column}' AND kind = 'missing_value')`,
  );
  const second = `SELECT r.* REPLACE (replace(ingestion_ts, 'T02:', 'T05:') AS ingestion_ts`;
  await duck.run(`CREATE OR REPLACE TEMP TABLE new_rows AS
    SELECT * REPLACE (CASE WHEN draw = 1 THEN ${isText ? `"${column}" || '?'` : `"${column}" + 1`} ELSE "${column}" END AS "${column}") FROM rows
    UNION ALL ${second}) FROM rows r WHERE draw = 0
    UNION ALL ${second}, c.clean_value AS "${column}") FROM rows r JOIN clean c USING (event_id) WHERE draw = 1`);
  await duck.run(`CREATE OR REPLACE TEMP TABLE new_key AS
    SELECT k.event_id, k.key, "column", kind, clean_value, dirty_value, 'ingest_dt=' || lies_in AS partition, lies_in
    FROM old_key k JOIN rows r USING (event_id) WHERE NOT (draw = 1 AND "column" = '${column}')
    UNION ALL SELECT r.event_id, row_key, '${column}', coalesce(k.kind || '+corrections', 'corrections'), c.clean_value::VARCHAR, r."${column}"::VARCHAR, 'ingest_dt=' || lies_in, lies_in
    FROM new_rows r JOIN clean c USING (event_id) LEFT JOIN old_key k ON k.event_id = r.event_id AND k."column" = '${column}'
    WHERE draw = 1 AND NOT contains(r.ingestion_ts, 'T05:')
    UNION ALL SELECT event_id, row_key, 'ingestion_ts', CASE draw WHEN 0 THEN 'redelivered_rows' ELSE 'corrections' END, NULL, ingestion_ts, 'ingest_dt=' || lies_in, lies_in
    FROM new_rows WHERE contains(ingestion_ts, 'T05:')
    UNION ALL SELECT event_id, row_key, 'ingest_dt', 'late_rows', ingest_dt, lies_in, 'ingest_dt=' || lies_in, lies_in FROM rows WHERE lies_in <> ingest_dt`);
  for (const partition of readdirSync(join(to.raw, table))) {
    const date = partition.slice('ingest_dt='.length);
    const part = (root: string): string => `'${join(root, partition, 'part-0000.parquet')}' (FORMAT parquet)`;
    await duck.run(`COPY (SELECT * EXCLUDE (ingest_dt, row_key, draw, lies_in) FROM new_rows WHERE lies_in = '${date}' ORDER BY ingest_dt, ${TABLES[table].key.join(', ')}, ingestion_ts)
      TO ${part(join(to.raw, table))}`);
    await duck.run(
      `COPY (SELECT * EXCLUDE (lies_in) FROM new_key WHERE lies_in = '${date}') TO ${part(join(to.truth, `defects/table=${table}`))}`,
    );
  }
}
