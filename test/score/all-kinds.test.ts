// A lake with every kind of mess at once, in files whose columns change.

import { beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { DRIFT } from '../pipeline/drifting-shop.ts';
import { ALL_ONE, ScoredLake } from './scored-lake.ts';

const KINDS = [
  'typos',
  'mixed_dates',
  'sentinels',
  'outliers',
  'number_formats',
  'orphaned_keys',
  'swapped_columns',
  'truncated_text',
  'encoding_damage',
  'redelivered_rows',
  'corrections',
  'late_rows',
];

let lake: ScoredLake;
beforeAll(async () => {
  const kinds = Object.fromEntries(KINDS.map((kind) => [kind, { rate: 0.1 }]));
  lake = await ScoredLake.open({ 'end-date': '2020-01-16' }, stringify({ mess: { drift: DRIFT, medium_mess: kinds } }));
});

it.each([undefined, 1_000])('with windows of %s rows: a perfect repair scores 1, and doing nothing has recall 0', async (windowRows) => {
  const defects = await lake.countDefects();
  const perfect = await lake.score(lake.clean, windowRows);
  expect(perfect).toMatchObject({ dropped: 0, overall: { defects, wrong: 0, detection: ALL_ONE, repair: ALL_ONE } });
  for (const kind of KINDS) expect(perfect.kinds.find((entry) => entry.kind === kind)?.defects, kind).toBeGreaterThan(0);
  const nothing = await lake.score(lake.raw, windowRows);
  expect(nothing).toMatchObject({ dropped: 0, added: 0, overall: { defects, detected: 0, repaired: 0, wrong: 0 } });
});

it('the key as a list scores 1', async () => {
  const list = await lake.list('SELECT event_id, "column", clean_value FROM KEY');
  expect((await lake.score(list)).overall).toMatchObject({ detection: ALL_ONE, repair: ALL_ONE });
});
