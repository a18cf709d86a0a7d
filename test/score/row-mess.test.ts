// Answers to a lake in which rows were delivered twice, corrected later, or late.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { ScoreReport } from '../../src/score/score-report.ts';
import { makeTempFolder } from '../pipeline/tiny-shop.ts';
import { ALL_ONE, inDuckDb, ScoredLake } from './scored-lake.ts';

const NOTHING = { detected: 0, repaired: 0, wrong: 0 };
const LINEAGE = 'batch_id, ingestion_ts, event_id, source_file';

const CONFIG = 'mess: { medium_mess: { redelivered_rows: { rate: 0.1 }, corrections: { rate: 0.1 }, late_rows: { rate: 0.15 } } }\n';

let lake: ScoredLake;
beforeAll(async () => {
  lake = await ScoredLake.open({ 'end-date': '2020-01-11' }, CONFIG);
});

const of = (report: ScoreReport, kind: string) => report.kinds.find((entry) => entry.kind === kind)!;
const latest = (order: 'ASC' | 'DESC'): string =>
  `SELECT * FROM lake QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY ingestion_ts ${order}) = 1`;

it('doing nothing has recall 0 without lineage and partitions too', async () => {
  const answer = await lake.answer(() => `SELECT * EXCLUDE (ingest_dt, ${LINEAGE}) FROM lake`);
  expect(await lake.score(answer)).toMatchObject({ dropped: 0, added: 0, overall: { ...NOTHING, defects: await lake.countDefects() } });
});

it('the last delivery of each row repairs what was redelivered or corrected', async () => {
  const report = await lake.score(await lake.answer(() => latest('DESC')));
  expect(report).toMatchObject({ dropped: 0, added: 0, overall: { wrong: 0 } });
  expect(of(report, 'redelivered_rows').repair).toEqual(ALL_ONE);
  expect(of(report, 'corrections').repair).toEqual(ALL_ONE);
  expect(of(report, 'late_rows')).toMatchObject(NOTHING);
});

it('the first delivery of each row leaves the wrong values', async () => {
  const report = await lake.score(await lake.answer(() => latest('ASC')));
  expect(of(report, 'redelivered_rows').repair).toEqual(ALL_ONE);
  expect(of(report, 'corrections')).toMatchObject({
    detected: await lake.countDefects(`kind = 'corrections' AND "column" = 'ingestion_ts'`),
    wrong: 0,
  });
});

it('a cell that is dirty in both deliveries is one defect, which both or one may repair', async () => {
  const agents = `kind = 'padding' AND "column" = 'shipping_speed' AND "table" = 'orders'`;
  const trimmed = (rows: string): string => `SELECT * REPLACE (trim(shipping_speed) AS shipping_speed) FROM (${rows})`;
  for (const rows of ['FROM lake', latest('DESC')]) {
    const report = await lake.score(await lake.answer((table) => (table === 'orders' ? trimmed(rows) : undefined)));
    const speeds = report.columns.find(({ table, column }) => table === 'orders' && column === 'shipping_speed')!;
    expect(speeds).toMatchObject({ repaired: await lake.countDefects(agents), wrong: 0 });
  }
});

it('late rows may go back by a column or by a partition; another date is found and not repaired', async () => {
  const onTime = (sql: string) => (table: string) => (table === 'orders' ? `SELECT * REPLACE (${sql} AS ingest_dt) FROM lake` : undefined);
  const defects = await lake.countDefects(`"column" = 'ingest_dt' AND "table" = 'orders'`);
  const ofOrders = (report: ScoreReport) => report.columns.find(({ table, column }) => table === 'orders' && column === 'ingest_dt')!;
  const back = onTime('left(order_date, 10)');
  for (const answer of [
    await lake.answer(back, 'parquet', 'ingest_dt'),
    await lake.answer(back, 'csv'),
    await lake.answer(onTime('order_date::DATE::TIMESTAMP')),
  ])
    expect(ofOrders(await lake.score(answer))).toMatchObject({ repair: ALL_ONE, repaired: defects });
  const other = await lake.score(
    await lake.answer(onTime("CASE WHEN ingest_dt = left(order_date, 10) THEN ingest_dt ELSE '2031-01-01' END")),
  );
  expect(ofOrders(other)).toMatchObject({ detected: defects, repaired: 0, wrong: 0 });
  const untold = await lake.score(
    await lake.answer((table) => (table === 'orders' ? 'SELECT * EXCLUDE (ingest_dt) FROM lake' : undefined)),
  );
  expect(ofOrders(untold)).toMatchObject({ defects, detected: 0 });
  expect(untold.tables.find(({ table }) => table === 'orders')!.missingColumns).toEqual(['ingest_dt']);
  const moved = await lake.score(await lake.answer(onTime("'2031-01-01'")));
  expect(ofOrders(moved)).toMatchObject({ detected: defects, repaired: 0 });
  expect(ofOrders(moved).wrong).toBeGreaterThan(0);
});

it('a row that was delivered twice is dropped or added once', async () => {
  const twice = 'event_id IN (SELECT event_id FROM lake GROUP BY event_id HAVING count(*) > 1)';
  const dropped = await lake.countDefects(`"column" = 'ingestion_ts' AND "table" = 'orders'`);
  const without = await lake.score(await lake.answer((table) => (table === 'orders' ? `FROM lake WHERE NOT ${twice}` : undefined)));
  expect(without).toMatchObject({ dropped, added: 0 });
  expect(without.columns.find(({ table, column }) => table === 'orders' && column === 'ingestion_ts')).toMatchObject(NOTHING);
  const more = await lake.score(await lake.answer((table) => (table === 'orders' ? `FROM lake UNION ALL (${latest('DESC')})` : undefined)));
  const [orders] = more.tables.filter(({ table }) => table === 'orders');
  expect(orders).toMatchObject({ dropped: 0, added: orders!.rows - dropped });
});

it('of several rows the last counts, in whatever order they come', async () => {
  const last = (order: string): string => `
    FROM (SELECT *, '2030-01-01' AS marker FROM lake UNION ALL BY NAME SELECT * REPLACE ('2031' || ingestion_ts AS ingestion_ts, 'Pigeon' AS shipping_speed), '' AS marker FROM (${latest('DESC')}))
    ORDER BY hash(order_id || ingestion_ts) ${order}`;
  const [there, back] = await Promise.all(
    ['ASC', 'DESC'].map(async (order) => lake.score(await lake.answer((table) => (table === 'orders' ? last(order) : undefined)))),
  );
  const { elapsedMs: _, answer: __, ...one } = there!;
  expect(back).toMatchObject(one);
  const speeds = one.columns.find(({ table, column }) => table === 'orders' && column === 'shipping_speed')!;
  expect(speeds.repaired).toBe(0);
  expect(speeds.detected).toBe(speeds.defects);
});

it('the careful example chooses the last delivery and puts late rows back', async () => {
  const cleaned = makeTempFolder();
  const sql = readFileSync(join(import.meta.dirname, '../../examples/careful.sql'), 'utf8');
  await inDuckDb((duck) => duck.run(sql.replaceAll('output/raw/', `${lake.raw}/`).replaceAll("'cleaned/", `'${cleaned}/`)));
  const report = await lake.score(cleaned);
  expect(report).toMatchObject({ dropped: 0, added: 0 });
  for (const kind of ['redelivered_rows', 'late_rows']) expect(of(report, kind).repair).toEqual(ALL_ONE);
});

it('a list may name deliveries and partitions', async () => {
  expect((await lake.score(await lake.list('FROM KEY', 'parquet'))).overall).toMatchObject({ detection: ALL_ONE, repair: ALL_ONE });
  const report = await lake.score(
    await lake.list(`SELECT event_id, "column", clean_value FROM KEY WHERE "column" IN ('ingestion_ts', 'ingest_dt')`),
  );
  expect(report.overall.detection.precision).toBe(1);
  expect(of(report, 'redelivered_rows').repair).toEqual(ALL_ONE);
  expect(of(report, 'late_rows').repair).toEqual(ALL_ONE);
});
