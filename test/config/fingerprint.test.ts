// Fingerprints change with what decides the bytes they stand for, and with nothing else.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generationFingerprint, lookupsFingerprint, messFingerprint } from '../../src/config/fingerprint.ts';
import { defaultConfig } from '../../src/config/load.ts';
import { MESSINESS_LEVELS, OPTIONAL_KINDS, ROW_KINDS, type MessinessLevel } from '../../src/config/mess-levels.ts';
import type { Config } from '../../src/config/schema.ts';

const ONLY_MESS = ['mess', 'parameters.seasonal_spike_factors', 'parameters.return_reason_bias_schemas'];
const NOT_CLEAN_ROWS = [...ONLY_MESS, 'horizon.end_date'];

const BEFORE = ['533e1ea3ffb14027', '16595c7c355a156e', '64075e278c81baf3'];

const usual = defaultConfig();
/** Paths of every number, text and switch in a config. */
const leaves = leafPaths(usual);
const clean = generationFingerprint(usual);

describe('of the clean rows', () => {
  test('any other leaf makes another one, save those of mess and the last day', () => {
    for (const path of leaves) {
      const changed = withChangedLeaf(path);
      expect({ path, same: generationFingerprint(changed) === clean }).toEqual({ path, same: isUnder(path, NOT_CLEAN_ROWS) });
    }
  });

  test('entries of maps and lists that come or go make another one', () => {
    const changes: ((config: Config) => unknown)[] = [
      (config) => (config.parameters.seasonal_factors['1'] = 1),
      (config) => delete config.parameters.first_purchase_conversion_boost['Phone'],
      (config) => (config.parameters.retention_shocks['2024-03'] = 0.5),
      (config) => config.vocab.regions.pop(),
      (config) => config.vocab.regions.push('ZZ'),
      (config) => (config.faker_seed = '42'),
    ];
    for (const change of changes) {
      const config = defaultConfig();
      change(config);
      expect(generationFingerprint(config)).not.toBe(clean);
    }
  });

  test('the order of keys means nothing', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (random) => {
        const shuffled = shuffleKeys(usual, () => random.next().value as number) as Config;
        return generationFingerprint(shuffled) === clean && lookupsFingerprint(shuffled, 1) === lookupsFingerprint(usual, 1);
      }),
      { numRuns: 30 },
    );
  });
});

describe('of the mess', () => {
  test('levels that plant nothing share one; no two others do', () => {
    const prints = MESSINESS_LEVELS.map((level) => messFingerprint(usual, level));
    expect(prints[0]).toBe(prints[1]);
    expect(new Set(prints).size).toBe(MESSINESS_LEVELS.length - 1);
  });

  test('only what a level plants makes another one: of a kind that is off, its columns are not', () => {
    for (const level of ['light_mess', 'medium_mess', 'heavy_mess'] satisfies MessinessLevel[]) {
      const before = messFingerprint(usual, level);
      for (const path of leaves) {
        const unused = [
          ...OPTIONAL_KINDS.map((kind) => `mess.${level}.${kind}.columns`),
          ...ROW_KINDS.map((kind) => `mess.${level}.${kind}.tables`),
        ];
        const decides = isUnder(path, [`mess.${level}`, ...ONLY_MESS.slice(1)]) && !isUnder(path, unused);
        expect({ level, path, same: messFingerprint(withChangedLeaf(path), level) === before }).toEqual({ level, path, same: !decides });
      }
    }
  });
});

describe('of the mess that only a config turns on', () => {
  test('the levels are those of before there was any', () => {
    // As version 0.1.0 wrote them into ID states: a lake begun then goes on.
    expect(['light_mess', 'medium_mess', 'heavy_mess'].map((level) => messFingerprint(usual, level as MessinessLevel))).toEqual(BEFORE);
  });

  test('its columns make another one once it has a rate', () => {
    const config = defaultConfig();
    config.mess.heavy_mess.typos.rate = 0.1;
    const before = messFingerprint(config, 'heavy_mess');
    config.mess.heavy_mess.typos.columns.pop();
    expect(messFingerprint(config, 'heavy_mess')).not.toBe(before);
  });
});

describe('of the lookups', () => {
  test('the scale, the seed and the sections of customers and products make another one', () => {
    const before = lookupsFingerprint(usual, 1);
    expect(lookupsFingerprint(usual, 0.5)).not.toBe(before);
    for (const path of leaves.filter((leaf) => isUnder(leaf, ['faker_seed', 'lookup_config', 'vocab.category_vocab', 'vocab.regions']))) {
      expect({ path, same: lookupsFingerprint(withChangedLeaf(path), 1) === before }).toEqual({ path, same: false });
    }
    for (const path of leaves.filter((leaf) =>
      isUnder(leaf, ['simulation', 'horizon', 'mess', 'channel_rules', 'parameters.conversion_rate']),
    )) {
      expect({ path, same: lookupsFingerprint(withChangedLeaf(path), 1) === before }).toEqual({ path, same: true });
    }
  });
});

function leafPaths(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, member]) => leafPaths(member, [...path, key]));
}

function isUnder(path: readonly string[], places: readonly string[]): boolean {
  return places.some((place) => `${path.join('.')}.`.startsWith(`${place}.`));
}

function withChangedLeaf(path: readonly string[]): Config {
  const config = structuredClone(usual);
  let parent = config as unknown as Record<string, unknown>;
  for (const step of path.slice(0, -1)) parent = parent[step] as Record<string, unknown>;
  const key = path.at(-1)!;
  const value = parent[key];
  parent[key] = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}x`;
  return config;
}

function shuffleKeys(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(item, random));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => ({ key, member, at: random() }));
  return Object.fromEntries(entries.toSorted((a, b) => a.at - b.at).map(({ key, member }) => [key, shuffleKeys(member, random)]));
}
