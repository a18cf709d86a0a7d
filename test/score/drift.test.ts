// The score of answers to a lake whose columns change by date: by the names of the contract or those of the lake.

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatManifest, parseManifest } from '../../src/parquet/manifest.ts';
import { scoreLake } from '../../src/score/score-lake.ts';
import type { ScoreReport } from '../../src/score/score-report.ts';
import { TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { Duck } from '../../src/verify/deep/duck.ts';
import { LAST, makeDriftingShop } from '../pipeline/drifting-shop.ts';
import { effects, makeTempFolder, TinyShop } from '../pipeline/tiny-shop.ts';

let messy: TinyShop;
let clean: TinyShop;
let defects: number;
beforeAll(async () => {
  messy = await makeDriftingShop();
  clean = await TinyShop.open();
  await clean.backlog({ direct: true, 'messiness-level': 'none', 'end-date': LAST });
  const [row] = await ask(`SELECT count(*) AS n FROM read_parquet('${messy.folder}/output/truth/defects/*/*/*.parquet')`);
  defects = row!['n'] as number;
});

const ALL_ONE = { precision: 1, recall: 1, f1: 1 };

async function ask(...queries: string[]): Promise<Record<string, unknown>[]> {
  const duck = await Duck.open();
  try {
    for (const query of queries.slice(0, -1)) await duck.run(query);
    return await duck.rows(queries.at(-1)!);
  } finally {
    await duck.close();
  }
}

function score(answer: string, windowRows?: number): Promise<ScoreReport> {
  const { targetRoot: root, truthRoot } = messy.resolve().settings;
  return scoreLake({ root, truthRoot, answer, ...(windowRows === undefined ? {} : { windowRows }) }, effects());
}

/** Writes tables of clean rows `c`, beside the messy `m` with the columns of all versions; by default as the contract has them. */
async function answerWith(queries: Partial<Record<string, string>>): Promise<string> {
  const folder = makeTempFolder();
  for (const table of TRANSACTION_TABLES) {
    const files = (root: string): string => `read_parquet('${root}/${table}/*/*.parquet', hive_partitioning = false, union_by_name = true)`;
    await ask(
      `CREATE TEMP VIEW c AS FROM ${files(clean.raw)}`,
      `CREATE TEMP VIEW m AS FROM ${files(messy.raw)}`,
      `COPY (${queries[table] ?? 'FROM c'}) TO '${folder}/${table}.parquet' (FORMAT parquet)`,
    );
  }
  return folder;
}

/** Each column under the lake's name of its date, and as text where it is text there. */
const AS_THE_LAKE = {
  orders: `SELECT c.* EXCLUDE (shipping_speed, total_items, is_expedited, clv_bucket), c.total_items::VARCHAR AS total_items,
    if(m.shipping_method IS NULL, c.shipping_speed, NULL) AS shipping_speed, if(m.shipping_method IS NULL, NULL, c.shipping_speed) AS shipping_method,
    c.is_expedited::VARCHAR AS is_expedited, m.sales_region, m.region, if(m.clv_bucket IS NULL, NULL, c.clv_bucket) AS clv_bucket
    FROM c JOIN m USING (order_id)`,
  order_items: 'SELECT * REPLACE (quantity::VARCHAR AS quantity) FROM c',
  cart_items: 'SELECT * REPLACE (quantity::DOUBLE AS quantity) FROM c',
  returns: `SELECT c.* EXCLUDE (refunded_amount), if(m.refund IS NULL, c.refunded_amount, NULL) AS refunded_amount,
    if(m.refund IS NULL, NULL, c.refunded_amount)::VARCHAR AS refund FROM c JOIN m USING (return_id)`,
  shopping_carts: 'SELECT * EXCLUDE (updated_at), updated_at AS changed_at FROM c',
};

describe('an answer to a lake with drift', () => {
  it('that is perfect scores 1, with the contract’s columns or those of the lake, in one window or many', async () => {
    for (const { answer, windowRows } of [{ answer: clean.raw }, { answer: await answerWith(AS_THE_LAKE), windowRows: 400 }]) {
      const { overall, dropped, added, tables } = await score(answer, windowRows);
      expect({ ...overall, dropped, added }).toEqual({
        ...{ defects, detected: defects, repaired: defects, wrong: 0, detection: ALL_ONE, repair: ALL_ONE },
        ...{ dropped: 0, added: 0 },
      });
      expect(tables.flatMap(({ missingColumns }) => missingColumns)).toEqual([]);
    }
  });

  it('that is the lake itself changed nothing', async () => {
    const { overall } = await score(messy.raw);
    expect(overall).toMatchObject({ defects, detected: 0, repaired: 0, wrong: 0 });
  });

  it('is told of wrong cells under the contract’s names', async () => {
    const answer = await answerWith({ orders: "SELECT * REPLACE ('teleport' AS shipping_speed) FROM c" });
    const column = (await score(answer)).columns.find((entry) => entry.table === 'orders' && entry.column === 'shipping_speed')!;
    const [row] = await ask(`SELECT count(*) AS n FROM read_parquet('${messy.raw}/orders/*/*.parquet', union_by_name = true)`);
    expect(column.detected + column.wrong).toBe(row!['n']);
  });

  it('as a list may name columns either way, and counts each cell once', async () => {
    const files = `read_parquet('${messy.folder}/output/truth/defects/*/*/*.parquet')`;
    const renamed = `CASE "column" WHEN 'shipping_speed' THEN 'shipping_method' WHEN 'updated_at' THEN 'changed_at' ELSE "column" END`;
    const list = join(makeTempFolder(), 'defects.csv');
    await ask(
      `COPY (SELECT event_id, ${renamed} AS "column", clean_value FROM ${files} UNION SELECT event_id, "column", clean_value FROM ${files}) TO '${list}'`,
      'SELECT 1',
    );
    expect((await score(list)).overall).toMatchObject({ defects, detected: defects, repaired: defects, wrong: 0 });
  });

  it('as a list may name what drift removed or added: that is neither right nor wrong', async () => {
    const list = join(makeTempFolder(), 'defects.csv');
    const from = `FROM read_parquet('${messy.raw}/orders/ingest_dt=${LAST}/*.parquet')`;
    await ask(`COPY (SELECT event_id, unnest(['clv_bucket', 'region']) AS "column" ${from}) TO '${list}'`, 'SELECT 1');
    expect((await score(list)).overall).toMatchObject({ detected: 0, wrong: 0 });
    await ask(`COPY (SELECT event_id, 'total_items' AS "column" ${from}) TO '${list}'`, 'SELECT 1');
    const [row] = await ask(`SELECT count(*) AS n ${from}`);
    const { overall } = await score(list);
    expect(overall.detected + overall.wrong).toBe(row!['n']);
    expect(overall.wrong).toBeGreaterThan(0);
  });

  it('needs the key of that lake', async () => {
    const { targetRoot: root, truthRoot } = messy.resolve().settings;
    const other = makeTempFolder();
    cpSync(truthRoot, other, { recursive: true });
    const path = join(other, `defects/table=returns/ingest_dt=${LAST}/_MANIFEST.json`);
    const { lake_columns: _, ...manifest } = parseManifest(readFileSync(path, 'utf8'), path);
    writeFileSync(path, formatManifest(manifest));
    const scored = scoreLake({ root, truthRoot: other, answer: clean.raw }, effects());
    await expect(scored).rejects.toThrow(/does not say what the columns of version 2 of returns hold/);
  });
});
