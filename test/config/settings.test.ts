// Settings: flag before variable before YAML before default, and everything wrong told at once.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  besideLake,
  resolveSettings,
  SETTINGS,
  type Environment,
  type Flags,
  type Settings,
  type SettingSpec,
} from '../../src/config/settings.ts';
import { EXIT, UserError } from '../../src/lib/errors.ts';
import { formatDay, parseDay } from '../../src/lib/days.ts';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
const DEFAULTS = yaml('defaults.yaml', '');

afterAll(() => rmSync(folder, { recursive: true }));

function yaml(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function resolve(flags: Flags, environment: Environment = {}) {
  return resolveSettings({ config: DEFAULTS, ...flags }, environment);
}

function problem(flags: Flags, environment: Environment = {}): UserError {
  try {
    resolve(flags, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).exitCode).toBe(EXIT.usage);
    return error as UserError;
  }
  throw new Error('nothing was wrong');
}

/** Two good values of each setting that is text, as given and as resolved. */
const VALUES: Record<string, readonly (readonly [given: string, resolved: unknown])[]> = {
  artifactRoot: [
    ['work', 'work'],
    ['/tmp/a b', '/tmp/a b'],
  ],
  targetRoot: [
    ['lake', 'lake'],
    ['../raw', '../raw'],
  ],
  bucket: [
    ['my-bucket', 'my-bucket'],
    ['gs://other.bucket_1/', 'other.bucket_1'],
  ],
  prefix: [
    ['a/b', 'a/b'],
    ['/c/', 'c'],
  ],
  messinessLevel: [
    ['none', 'none'],
    ['heavy_mess', 'heavy_mess'],
  ],
  uploadConcurrency: [
    ['1', 1],
    ['64', 64],
  ],
  maxStagedChunks: [
    ['1', 1],
    ['3', 3],
  ],
  storageEndpoint: [
    ['localhost:4443', 'http://localhost:4443'],
    ['https://storage.example/gcs/', 'https://storage.example/gcs'],
  ],
  requestTimeoutSeconds: [
    ['5', 5],
    ['0.5', 0.5],
  ],
  retryBudgetSeconds: [
    ['0', 0],
    ['900', 900],
  ],
  startDate: [
    ['2020-02-29', parseDay('2020-02-29')],
    ['2019-12-31', parseDay('2019-12-31')],
  ],
  endDate: [
    ['2026-02-01', parseDay('2026-02-01')],
    ['2030-12-31', parseDay('2030-12-31')],
  ],
  chunkSize: [
    ['1', 1],
    ['365', 365],
  ],
  idStateFile: [
    ['ids.json', 'ids.json'],
    ['/x/y', '/x/y'],
  ],
  checkpointFile: [
    ['point', 'point'],
    ['/x/z', '/x/z'],
  ],
  postExportHook: [
    ['./hook.mjs', './hook.mjs'],
    ['hooks/a.mjs', 'hooks/a.mjs'],
  ],
  truthRoot: [
    ['keys', 'keys'],
    ['/data/key', '/data/key'],
  ],
  publishTruth: [
    ['true', true],
    ['no', false],
  ],
  truthPrefix: [
    ['key/of/lake/', 'key/of/lake'],
    ['key', 'key'],
  ],
  scale: [
    ['0.01', 0.01],
    ['2', 2],
  ],
  workers: [
    ['1', 1],
    ['7', 7],
  ],
  direct: [
    ['true', true],
    ['no', false],
  ],
  keepCsv: [
    ['yes', true],
    ['0', false],
  ],
  sourcePrefix: [
    ['gs://b/p/', 'gs://b/p'],
    ['q', 'q'],
  ],
  ingestionClock: [
    ['wall', 'wall'],
    ['logical', 'logical'],
  ],
};

describe('precedence', () => {
  test('every setting is tried', () => {
    expect(Object.keys(VALUES).toSorted()).toEqual(
      SETTINGS.map(({ name }) => name)
        .filter((name) => name !== 'seed' && name !== 'configPath')
        .toSorted(),
    );
  });

  test('flag, then variable, then default; an empty one is not given', () => {
    const usual = resolve({}).settings;
    const given = fc.constantFrom(undefined, '', 0, 1);
    const choice = fc.record(Object.fromEntries(Object.keys(VALUES).map((name) => [name, fc.record({ flag: given, variable: given })])));
    fc.assert(
      fc.property(choice, (choices) => {
        const flags: Record<string, string> = {};
        const environment: Record<string, string> = {};
        const expected: Record<string, unknown> = {};
        for (const { name, flag, variable } of SETTINGS as readonly SettingSpec[]) {
          const chosen = choices[name];
          if (chosen === undefined) continue;
          const text = (pick: number | string) => (typeof pick === 'number' ? VALUES[name]![pick]![0] : pick);
          if (chosen.flag !== undefined) flags[flag] = text(chosen.flag);
          if (chosen.variable !== undefined) environment[variable!] = text(chosen.variable);
          const winner = [chosen.flag, chosen.variable].find((pick) => typeof pick === 'number');
          if (winner !== undefined) expected[name] = VALUES[name]![winner]![1];
        }
        const { artifactRoot = usual.artifactRoot, targetRoot = usual.targetRoot, prefix = usual.prefix } = expected as Partial<Settings>;
        const follow = {
          idStateFile: join(artifactRoot, '.id_state.json'),
          checkpointFile: join(artifactRoot, '.backlog_checkpoint'),
          sourcePrefix: prefix,
          truthRoot: { [usual.targetRoot]: 'output/truth', lake: 'lake.truth', '../raw': '../truth' }[targetRoot],
          truthPrefix: prefix === usual.prefix ? 'ecom/truth' : `${prefix}.truth`,
        };
        expect(resolve(flags, environment).settings).toEqual({ ...usual, ...follow, ...expected });
      }),
    );
  });

  test('seed and window: flag, then variable, then YAML, then default', () => {
    const files = [
      yaml('empty.yaml', ''),
      yaml('given.yaml', 'faker_seed: 7\nhorizon: { start_date: 2021-01-01, end_date: 2021-12-31 }\n'),
    ];
    const level = fc.record({
      seed: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined }),
      start: fc.option(fc.constantFrom('2019-05-01', '2020-06-01'), { nil: undefined }),
      end: fc.option(fc.constantFrom('2026-05-01', '2027-06-01'), { nil: undefined }),
    });
    fc.assert(
      fc.property(level, level, fc.constantFrom(0, 1), (flag, variable, file) => {
        const fromYaml = [
          { seed: 42, start: '2020-01-01', end: '2026-01-08' },
          { seed: 7, start: '2021-01-01', end: '2021-12-31' },
        ][file]!;
        const { config, settings } = resolveSettings(
          { config: files[file], seed: flag.seed, 'start-date': flag.start, 'end-date': flag.end },
          { SEED: variable.seed?.toString(), START_DATE: variable.start, END_DATE: variable.end },
        );
        const start = flag.start ?? variable.start ?? fromYaml.start;
        const end = flag.end ?? variable.end ?? fromYaml.end;
        expect(config.faker_seed).toBe(flag.seed ?? variable.seed ?? fromYaml.seed);
        expect(config.horizon).toEqual({ start_date: start, end_date: end });
        expect([formatDay(settings.startDate), formatDay(settings.endDate)]).toEqual([start, end]);
      }),
    );
  });

  test('the defaults are those that the table of settings tells', () => {
    const { settings, config } = resolve({});
    const shown: Record<string, unknown> = { ...settings, startDate: formatDay(settings.startDate), endDate: formatDay(settings.endDate) };
    const told = {
      configPath: DEFAULTS,
      bucket: undefined,
      storageEndpoint: undefined,
      postExportHook: undefined,
      workers: settings.workers,
      sourcePrefix: settings.prefix,
      truthRoot: 'output/truth',
      truthPrefix: 'ecom/truth',
    };
    for (const { name, default: fallback } of SETTINGS as readonly SettingSpec[]) {
      if (name === 'seed') expect(fallback).toContain(String(config.faker_seed));
      else if (name in told) expect(shown[name]).toBe(told[name as keyof typeof told]);
      else expect(String(shown[name])).toBe(fallback);
    }
  });

  test('the config itself: flag, then variable', () => {
    const one = yaml('one.yaml', 'faker_seed: 1');
    const two = yaml('two.yaml', 'faker_seed: 2');
    expect(resolveSettings({ config: one }, { CONFIG_PATH: two }).config.faker_seed).toBe(1);
    expect(resolveSettings({}, { CONFIG_PATH: two }).config.faker_seed).toBe(2);
    expect(resolveSettings({ config: '' }, { CONFIG_PATH: two }).settings.configPath).toBe(two);
  });

  test('a seed of digits is a number, any other a word', () => {
    expect(resolve({ seed: '42' }).config.faker_seed).toBe(42);
    expect(resolve({ seed: 42 }).config.faker_seed).toBe(42);
    expect(resolve({}, { SEED: '-7' }).config.faker_seed).toBe(-7);
    expect(resolve({ config: yaml('text.yaml', 'faker_seed: "42"') }).config.faker_seed).toBe(42);
    expect(resolve({ seed: 'spring' }).config.faker_seed).toBe('spring');
    expect(resolve({ seed: '12345678901234567890' }).config.faker_seed).toBe('12345678901234567890');
  });
});

describe('wrong values', () => {
  test('are told together, each with where it came from', () => {
    const { message, hint } = problem(
      { 'start-date': '2020-02-30', workers: '0', scale: 'tiny', bucket: 'gs://name/path', direct: 'maybe' },
      { END_DATE: 'tomorrow', CHUNK_SIZE: '2.5', MESSINESS_LEVEL: 'medium', PREFIX: '//', INGESTION_CLOCK: 'sun', WORKERS: '-3' },
    );
    expect(message.split('\n')).toEqual([
      'Several settings are wrong:',
      '  PREFIX=// (environment): must be a path such as ecom/raw',
      '  --start-date 2020-02-30: is not a calendar date; write YYYY-MM-DD',
      '  END_DATE=tomorrow (environment): is not a calendar date; write YYYY-MM-DD',
      '  --bucket gs://name/path: must be a bucket alone; a path in it goes into --prefix',
      expect.stringMatching(
        /^ {2}MESSINESS_LEVEL=medium \(environment\): must be one of none, baseline, light_mess, medium_mess, heavy_mess/,
      ),
      '  CHUNK_SIZE=2.5 (environment): must be a whole number from 1 to 36500',
      '  --scale tiny: must be a number from 0.00001 to 100',
      '  --workers 0: must be a whole number from 1 to 256',
      '  --direct maybe: must be true or false',
      '  INGESTION_CLOCK=sun (environment): must be one of logical, wall',
    ]);
    expect(hint).toContain('--help');
  });

  test('a single one stands alone, with the nearest word', () => {
    expect(problem({ 'messiness-level': 'hevy_mess' }).message).toBe(
      '--messiness-level hevy_mess: must be one of none, baseline, light_mess, medium_mess, heavy_mess; did you mean heavy_mess?',
    );
  });

  test('a window the wrong way round names both ends and where they came from', () => {
    const path = yaml('late.yaml', 'horizon: { start_date: 2025-01-01, end_date: 2025-12-31 }');
    expect(problem({ config: path, 'end-date': '2024-06-30' }).message).toBe(
      'start-date 2025-01-01 (from the config) is after --end-date 2024-06-30: the first day must not come after the last',
    );
    expect(problem({ 'start-date': '2020-02-02' }, { END_DATE: '2020-02-01' }).message).toBe(
      '--start-date 2020-02-02 is after END_DATE=2020-02-01 (environment): the first day must not come after the last',
    );
  });

  test('one that is no date is not compared', () => {
    expect(problem({ 'start-date': 'x' }, { END_DATE: '2019-01-01' }).message).toBe(
      '--start-date x: is not a calendar date; write YYYY-MM-DD',
    );
  });

  test('are told together with a config that is wrong', () => {
    const path = yaml('wrong.yaml', 'faker_seed: 1\nparameters: { conversion_rate: 2 }\n');
    const { message } = problem({ config: path, workers: 'many' });
    expect(message).toContain('--workers many: must be a whole number');
    expect(message).toContain('2:15 parameters.conversion_rate');
    expect(problem({ config: path }).message).toContain('2:15 parameters.conversion_rate');
  });

  test('a config that is not there is named', () => {
    const path = join(folder, 'nowhere.yaml');
    expect(problem({ config: path }).message).toContain(path);
  });

  test.each(['0x10', ' 5', '1e999', 'NaN', 'Infinity', '1_000', '--', '5 days'])('%j is not a chunk size', (text) => {
    expect(problem({ 'chunk-size': text }).message).toContain('must be a whole number');
  });

  test.each(['A-Bucket', 'b', 'my bucket', '-x-', 'gs://'])('%j is not a bucket', (text) => {
    expect(problem({ bucket: text }).message).toContain('bucket');
  });

  test.each(['..', 'a/../b', 'a//b', './a'])('%j is not a prefix', (text) => {
    expect(problem({ prefix: text }).message).toContain('must be a path');
  });

  test.each<[Flags, Environment, string]>([
    [{ 'truth-root': 'output/raw' }, {}, '--truth-root output/raw and target-root output/raw (by default)'],
    [{ 'truth-root': 'a/raw/key/' }, { TARGET_ROOT: './a/raw' }, '--truth-root a/raw/key/ and TARGET_ROOT=./a/raw (environment)'],
    [{ 'target-root': '/data/truth/defects/raw', 'truth-root': '/data/truth' }, {}, '--target-root /data/truth/defects/raw'],
    [{ prefix: 'a/raw', 'truth-prefix': 'a/raw' }, {}, '--truth-prefix a/raw and --prefix a/raw'],
    [{ prefix: 'a', 'truth-prefix': 'a/truth' }, {}, '--truth-prefix a/truth and --prefix a'],
    [{ 'truth-prefix': 'ecom' }, {}, '--truth-prefix ecom and prefix ecom/raw (by default)'],
  ])('%j with %j: lake and answer key in one another', (flags, environment, says) => {
    const { message } = problem(flags, environment);
    expect(message).toContain(says);
    expect(message).toContain('the answer key must lie apart from the lake');
  });

  test.each<[Flags, string]>([
    [{ 'target-root': 'data/raw', 'truth-root': 'data' }, 'data'],
    [{ 'target-root': 'raw', 'truth-root': 'raw2' }, 'raw2'],
    [{ 'target-root': '.' }, `${process.cwd()}.truth`],
    [{ 'target-root': 'output/raw/..' }, join(process.cwd(), 'output.truth')],
  ])('%j: lake and answer key apart', (flags, truthRoot) => {
    expect(resolve(flags).settings.truthRoot).toBe(truthRoot);
  });

  test.each([
    ['output/raw', 'output/report.html'],
    ['data/shop', 'data/shop.report.html'],
  ])('beside %s: %s', (lake, page) => expect(besideLake(lake, 'report.html')).toBe(page));
});
