// Hashes of the parts of a config that decide the clean rows, and of those that decide the mess.

import { createHash } from 'node:crypto';
import type { DriftChange } from '../tables/drift.ts';
import { driftOf } from './file-schemas.ts';
import { OPTIONAL_KINDS, plantsNothing, ROW_KINDS, type MessinessLevel } from './mess-levels.ts';
import { plantedKinds, plantedRowKinds } from './planted-kinds.ts';
import type { Config } from './schema.ts';

/** All but what only the mess uses and the last day: a lake can be extended, and its clean rows do not depend on mess. */
export function generationFingerprint(config: Config): string {
  const { mess: _mess, horizon, parameters, ...rest } = config;
  const { seasonal_spike_factors: _spikes, return_reason_bias_schemas: _bias, ...behavior } = parameters;
  return hash({ ...rest, parameters: behavior, start_date: horizon.start_date });
}

/** What the level plants. Levels that plant nothing share one; a kind that is off, whatever its columns, is not part of it. */
export function messFingerprint(config: Config, level: MessinessLevel): string {
  if (plantsNothing(level)) return hash('none');
  const { seasonal_spike_factors, return_reason_bias_schemas } = config.parameters;
  const planted = new Set<string>([...plantedKinds(config, level), ...plantedRowKinds(config, level)].map(({ kind }) => kind));
  const off = new Set<string>([...OPTIONAL_KINDS, ...ROW_KINDS].filter((kind) => !planted.has(kind)));
  const rates = Object.fromEntries(Object.entries(config.mess[level]).filter(([kind]) => !off.has(kind)));
  // In whatever order the config has the changes, save for columns that are added on one day.
  const drift = driftOf(config, level).toSorted(
    (a, b) => compare(a.date, b.date) || compare(a.table, b.table) || compare(changedColumn(a), changedColumn(b)),
  );
  return hash({ level, rates, seasonal_spike_factors, return_reason_bias_schemas, ...(drift.length > 0 ? { drift } : {}) });
}

/** Columns that are added on one day stand in the order given: it is that of the files. */
function changedColumn({ rename, retype, remove }: DriftChange): string {
  return [rename, retype, remove].join('|');
}

/** The parts that decide the static lookups. */
export function lookupsFingerprint(config: Config, scale: number): string {
  const { lookup_config, vocab, parameters, faker_seed } = config;
  const {
    signup_channel_distribution,
    loyalty_distribution_by_channel,
    no_tier_probability,
    customer_status_probs,
    email_verified_prob,
    marketing_opt_in_prob,
    guest_contact_pool_size,
    guest_contact_reuse_prob,
  } = parameters;
  return hash({
    faker_seed,
    scale,
    lookup_config,
    vocab,
    signup_channel_distribution,
    loyalty_distribution_by_channel,
    no_tier_probability,
    customer_status_probs,
    email_verified_prob,
    marketing_opt_in_prob,
    guest_contact_pool_size,
    guest_contact_reuse_prob,
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}

/** Keys in sorted order, so that the order of a YAML's keys does not matter. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
