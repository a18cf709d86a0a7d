// Settings of a run: flag before environment variable before YAML before default.

import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { formatDay, parseDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { DEFECTS } from '../tables/defects.ts';
import { GivenValues, parseSeed, type Environment, type Flags } from './given-values.ts';
import { defaultConfig, loadConfig, type LoadedConfig } from './load.ts';
import { MESSINESS_LEVELS, type MessinessLevel } from './mess-levels.ts';
import type { Config } from './schema.ts';
import type { SettingName } from './setting-specs.ts';

export type { Environment, Flags } from './given-values.ts';
export { SETTINGS, type SettingName, type SettingSpec } from './setting-specs.ts';

export interface Settings {
  readonly configPath: string;
  readonly artifactRoot: string;
  readonly targetRoot: string;
  /** Folder of the answer key. */
  readonly truthRoot: string;
  readonly bucket: string | undefined;
  readonly prefix: string;
  /** The answer key goes to the bucket too. */
  readonly publishTruth: boolean;
  readonly truthPrefix: string;
  readonly uploadConcurrency: number;
  readonly maxStagedChunks: number;
  readonly storageEndpoint: string | undefined;
  readonly requestTimeoutSeconds: number;
  readonly retryBudgetSeconds: number;
  readonly messinessLevel: MessinessLevel;
  /** Days since 1970-01-01, both inclusive. */
  readonly startDate: number;
  readonly endDate: number;
  readonly chunkSize: number;
  readonly idStateFile: string;
  readonly checkpointFile: string;
  readonly postExportHook: string | undefined;
  readonly scale: number;
  readonly workers: number;
  readonly direct: boolean;
  readonly keepCsv: boolean;
  readonly sourcePrefix: string;
  readonly ingestionClock: 'logical' | 'wall';
}

export interface ResolvedRun {
  readonly settings: Settings;
  /** With the seed and the window of the settings in it. */
  readonly config: Config;
  readonly notes: readonly string[];
}

/** Throws one UserError (exit 2) that names every wrong value, where it came from, and what is wrong in the config. */
export function resolveSettings(flags: Flags, environment: Environment): ResolvedRun {
  const given = new GivenValues(flags, environment);
  const configPath = given.text('configPath') ?? 'gen_config/ecom_sales_gen_quick.yaml';
  const { config: yaml, notes, problem } = tryLoading(configPath);
  const artifactRoot = given.text('artifactRoot') ?? 'artifacts';
  const targetRoot = given.text('targetRoot') ?? 'output/raw';
  const prefix = given.prefix('prefix') ?? 'ecom/raw';
  const startDate = given.day('startDate') ?? parseDay(yaml.horizon.start_date);
  const endDate = given.day('endDate') ?? parseDay(yaml.horizon.end_date);
  const settings: Settings = {
    configPath,
    artifactRoot,
    targetRoot,
    truthRoot: given.text('truthRoot') ?? besideLake(targetRoot),
    bucket: given.bucket('bucket'),
    prefix,
    publishTruth: given.switch('publishTruth') ?? false,
    truthPrefix: given.prefix('truthPrefix') ?? besideLake(prefix),
    uploadConcurrency: given.number('uploadConcurrency', { min: 1, max: 1000, whole: true }) ?? 32,
    maxStagedChunks: given.number('maxStagedChunks', { min: 1, max: 100, whole: true }) ?? 2,
    storageEndpoint: given.endpoint('storageEndpoint'),
    requestTimeoutSeconds: given.number('requestTimeoutSeconds', { min: 0.1, max: 3600, whole: false }) ?? 60,
    retryBudgetSeconds: given.number('retryBudgetSeconds', { min: 0, max: 86_400, whole: false }) ?? 300,
    messinessLevel: given.choice('messinessLevel', MESSINESS_LEVELS) ?? 'medium_mess',
    startDate,
    endDate,
    chunkSize: given.number('chunkSize', { min: 1, max: 36_500, whole: true }) ?? 30,
    idStateFile: given.text('idStateFile') ?? join(artifactRoot, '.id_state.json'),
    checkpointFile: given.text('checkpointFile') ?? join(artifactRoot, '.backlog_checkpoint'),
    postExportHook: given.text('postExportHook'),
    scale: given.number('scale', { min: 1e-5, max: 100, whole: false }) ?? 1,
    workers: given.number('workers', { min: 1, max: 256, whole: true }) ?? availableParallelism(),
    direct: given.switch('direct') ?? false,
    keepCsv: given.switch('keepCsv') ?? false,
    sourcePrefix: given.address('sourcePrefix') ?? prefix,
    ingestionClock: given.choice('ingestionClock', ['logical', 'wall'] as const) ?? 'logical',
  };
  const start = formatDay(startDate);
  const end = formatDay(endDate);
  const isWindowKnown = problem === undefined && !given.isRejected('startDate') && !given.isRejected('endDate');
  if (isWindowKnown && startDate > endDate) {
    given.add(`${given.source('startDate', start)} is after ${given.source('endDate', end)}: the first day must not come after the last`);
  }
  const { truthRoot, truthPrefix } = settings;
  const requireApart = (isMixed: boolean, key: SettingName, lake: SettingName): void => {
    if (!isMixed) return;
    const [one, other] = [key, lake].map((name) => given.source(name, String(settings[name as keyof Settings]), 'by default'));
    given.add(`${one} and ${other}: one lies in the other, and the answer key must lie apart from the lake`);
  };
  const [key, lake] = [resolve(truthRoot), resolve(targetRoot)];
  requireApart(isUnder(key, lake, sep) || isUnder(lake, join(key, DEFECTS), sep), 'truthRoot', 'targetRoot');
  // Rights in a bucket are given by prefix.
  requireApart(isUnder(truthPrefix, prefix) || isUnder(prefix, truthPrefix), 'truthPrefix', 'prefix');
  given.throwProblems(problem);
  return {
    settings,
    config: {
      ...yaml,
      faker_seed: parseSeed(given.text('seed') ?? String(yaml.faker_seed)),
      horizon: { start_date: start, end_date: end },
    },
    notes,
  };
}

/** `truth`, or another file, beside a lake called `raw`, as in the default; else named after the lake. */
export function besideLake(lake: string, what = 'truth'): string {
  // `.` and `..` have a name only when they are resolved.
  const path = ['.', '..'].includes(basename(lake)) ? resolve(lake) : lake;
  const name = basename(path);
  return join(dirname(path), name === 'raw' ? what : `${name}.${what}`);
}

/** Whether a path is another or leads below it. */
function isUnder(path: string, root: string, separator = '/'): boolean {
  return `${path}${separator}`.startsWith(`${root}${separator}`);
}

/** With the defaults in its place when the config is wrong, so that the settings are checked all the same. */
function tryLoading(path: string): LoadedConfig & { readonly problem?: UserError } {
  try {
    return loadConfig(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { config: defaultConfig(), notes: [], problem: error };
  }
}
