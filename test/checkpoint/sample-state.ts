// An imagined lake for the tests: 10 carts a day from 2020-01-01, 90 days planned.

import type { LakeIdentity, LastIds } from '../../src/checkpoint/id-state.ts';
import type { ReconcileInput } from '../../src/checkpoint/reconcile.ts';
import { parseDay } from '../../src/lib/days.ts';

export const START = parseDay('2020-01-01');
const PLANNED_DAYS = 90;

export const IDENTITY: LakeIdentity = {
  model_version: 1,
  seed: 42,
  scale: 0.01,
  shards: 1,
  start_date: '2020-01-01',
  config: 'c0ffee',
  lookups: '100c',
  messiness_level: 'medium_mess',
  mess: 'ab5',
  source_prefix: 'raw',
  ingestion_clock: 'logical',
};

export function idsThrough(day: number): LastIds {
  const days = Math.min(Math.max(day - START + 1, 0), PLANNED_DAYS);
  return {
    last_cart_id: days * 10,
    last_cart_item_id: days * 35,
    last_order_id: days * 3,
    last_return_id: days,
    last_return_item_id: days * 2,
  };
}

export const FRESH: ReconcileInput = {
  statePath: 'artifacts/.id_state.json',
  checkpointPath: 'artifacts/checkpoint',
  state: undefined,
  checkpointDay: undefined,
  fingerprint: 'f00d',
  identity: IDENTITY,
  startDay: START,
  idsThrough,
};
