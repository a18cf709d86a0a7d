// What makes a lake that lake: the hashes that fix its bytes.

import { createHash } from 'node:crypto';
import type { LakeIdentity } from '../checkpoint/id-state.ts';
import { generationFingerprint, messFingerprint } from '../config/fingerprint.ts';
import type { Config } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import { formatDay } from '../lib/days.ts';
import { MODEL_VERSION } from '../lib/version.ts';

export interface RunIdentity {
  readonly batchId: string;
  readonly fingerprint: string;
  readonly madeWith: LakeIdentity;
}

/** `lookupsHash` is the hash of the two lookup CSVs. */
export function identifyRun(config: Config, settings: Settings, lookupsHash: string): RunIdentity {
  const madeWith: LakeIdentity = { ...settingsIdentity(config, settings), lookups: lookupsHash };
  const { model_version, seed, scale, shards, start_date, config: generation, lookups } = madeWith;
  const batchHash = hashJson({ model_version, seed, scale, shards, start_date, generation, lookups });
  const { messiness_level, mess, source_prefix, ingestion_clock } = madeWith;
  return {
    batchId: `backlog-${batchHash.slice(0, 12)}`,
    fingerprint: hashJson({ batchHash, messiness_level, mess, source_prefix, ingestion_clock }),
    madeWith,
  };
}

function hashJson(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** All of the identity that is known without the lookups. */
export function settingsIdentity(config: Config, settings: Settings): Omit<LakeIdentity, 'lookups'> {
  return {
    model_version: MODEL_VERSION,
    seed: config.faker_seed,
    scale: settings.scale,
    shards: config.simulation.shards,
    start_date: formatDay(settings.startDate),
    config: generationFingerprint(config),
    messiness_level: settings.messinessLevel,
    mess: messFingerprint(config, settings.messinessLevel),
    source_prefix: settings.sourcePrefix,
    ingestion_clock: settings.ingestionClock,
  };
}
