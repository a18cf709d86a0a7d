// Settings of a run: flag before environment variable before YAML before default; one table from which CLI and docs follow.

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { nearest } from '../lib/nearest.ts';
import { loadConfig } from './load.ts';
import { MESSINESS_LEVELS, type MessinessLevel } from './mess-levels.ts';
import type { Config } from './schema.ts';

/** What a person can set, as text or switch. `flag` and `variable` name the same thing. */
export interface SettingSpec {
  readonly name: string;
  readonly flag: string;
  readonly variable?: string;
  readonly kind: 'text' | 'switch';
  /** As shown to people; the value itself is worked out in `resolveSettings`. */
  readonly default: string;
  readonly describe: string;
}

export const SETTINGS = [
  { name: 'configPath', flag: 'config', variable: 'CONFIG_PATH', kind: 'text', default: 'gen_config/ecom_sales_gen_quick.yaml', describe: 'Generator YAML' },
  { name: 'artifactRoot', flag: 'artifact-root', variable: 'ARTIFACT_ROOT', kind: 'text', default: 'artifacts', describe: 'Folder of lookups, CSVs and state' },
  { name: 'targetRoot', flag: 'target-root', variable: 'TARGET_ROOT', kind: 'text', default: 'output/raw', describe: 'Folder of the lake' },
  { name: 'bucket', flag: 'bucket', variable: 'BUCKET', kind: 'text', default: 'none: the lake stays local', describe: 'Bucket to publish to' },
  { name: 'prefix', flag: 'prefix', variable: 'PREFIX', kind: 'text', default: 'ecom/raw', describe: 'Path prefix in the bucket and in source_file' },
  { name: 'messinessLevel', flag: 'messiness-level', variable: 'MESSINESS_LEVEL', kind: 'text', default: 'medium_mess', describe: `How dirty: ${MESSINESS_LEVELS.join(', ')}` },
  { name: 'startDate', flag: 'start-date', variable: 'START_DATE', kind: 'text', default: '2020-01-01', describe: 'First day; IDs begin here' },
  { name: 'endDate', flag: 'end-date', variable: 'END_DATE', kind: 'text', default: '2026-01-08', describe: 'Last day' },
  { name: 'chunkSize', flag: 'chunk-size', variable: 'CHUNK_SIZE', kind: 'text', default: '30', describe: 'Days between checkpoints' },
  { name: 'idStateFile', flag: 'id-state-file', variable: 'ID_STATE_FILE', kind: 'text', default: 'artifacts/.id_state.json', describe: 'Last number of every ID sequence' },
  { name: 'checkpointFile', flag: 'checkpoint-file', variable: 'CHECKPOINT_FILE', kind: 'text', default: 'artifacts/.backlog_checkpoint', describe: 'Last completed date' },
  { name: 'postExportHook', flag: 'post-export-hook', variable: 'POST_EXPORT_HOOK', kind: 'text', default: 'none', describe: 'Module whose default export is called after each partition' },
  { name: 'seed', flag: 'seed', variable: 'SEED', kind: 'text', default: "the config's faker_seed, 42", describe: 'Master seed' },
  { name: 'scale', flag: 'scale', variable: 'SCALE', kind: 'text', default: '1', describe: 'Share of the customers and carts; 0.01 = a hundredth' },
  { name: 'workers', flag: 'workers', variable: 'WORKERS', kind: 'text', default: 'number of cores', describe: 'Worker threads' },
  { name: 'direct', flag: 'direct', variable: 'DIRECT', kind: 'switch', default: 'false', describe: 'Skip the CSV files; the lake is the same' },
  { name: 'keepCsv', flag: 'keep-csv', variable: 'KEEP_CSV', kind: 'switch', default: 'false', describe: "Keep each chunk's CSVs" },
  { name: 'sourcePrefix', flag: 'source-prefix', variable: 'SOURCE_PREFIX', kind: 'text', default: 'the prefix', describe: 'What source_file begins with' },
  { name: 'ingestionClock', flag: 'ingestion-clock', variable: 'INGESTION_CLOCK', kind: 'text', default: 'logical', describe: 'logical: 02:00 UTC on the next day; wall: real time' },
] as const satisfies readonly SettingSpec[];

export type SettingName = (typeof SETTINGS)[number]['name'];

export interface Settings {
  readonly configPath: string;
  readonly artifactRoot: string;
  readonly targetRoot: string;
  readonly bucket: string | undefined;
  readonly prefix: string;
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

/** Values as given on the command line, by flag name; undefined where not given. */
export type Flags = Readonly<Record<string, string | number | boolean | undefined>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws one UserError (exit 2) that names every wrong value and where it came from. */
export function resolveSettings(flags: Flags, environment: Environment): ResolvedRun {
  const given = new GivenValues(flags, environment);
  const configPath = given.text('configPath') ?? 'gen_config/ecom_sales_gen_quick.yaml';
  const { config: yaml, notes } = loadConfig(configPath);
  const artifactRoot = given.text('artifactRoot') ?? 'artifacts';
  const prefix = trimSlashes(given.text('prefix') ?? 'ecom/raw');
  const startDate = given.day('startDate') ?? parseDay(yaml.horizon.start_date);
  const endDate = given.day('endDate') ?? parseDay(yaml.horizon.end_date);
  const seed = given.seed() ?? yaml.faker_seed;
  const settings: Settings = {
    configPath,
    artifactRoot,
    targetRoot: given.text('targetRoot') ?? 'output/raw',
    bucket: bucketName(given.text('bucket')),
    prefix,
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
    sourcePrefix: given.text('sourcePrefix')?.replace(/\/+$/, '') ?? prefix,
    ingestionClock: given.choice('ingestionClock', ['logical', 'wall'] as const) ?? 'logical',
  };
  if (startDate > endDate) given.problems.push(`${given.source('startDate')} is after ${given.source('endDate')}: the first day must not come after the last`);
  given.throwProblems();
  const shown = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
  return { settings, config: { ...yaml, faker_seed: seed, horizon: { start_date: shown(startDate), end_date: shown(endDate) } }, notes };
}

function trimSlashes(text: string): string {
  return text.replace(/^\/+|\/+$/g, '');
}

/** `gs://name/` is taken for `name`. */
function bucketName(text: string | undefined): string | undefined {
  return text?.replace(/^gs:\/\//, '').replace(/\/+$/, '');
}

class GivenValues {
  readonly problems: string[] = [];
  private readonly flags: Flags;
  private readonly environment: Environment;

  constructor(flags: Flags, environment: Environment) {
    this.flags = flags;
    this.environment = environment;
  }

  /** An empty variable or flag counts as not given. */
  text(name: SettingName): string | undefined {
    const { flag, variable } = specOf(name);
    const value = this.flags[flag] ?? (variable === undefined ? undefined : this.environment[variable]);
    return value === undefined || value === '' ? undefined : String(value);
  }

  /** The setting as the person gave it, for messages. */
  source(name: SettingName): string {
    const { flag, variable, default: fallback } = specOf(name);
    const value = this.text(name);
    if (value === undefined) return `${name} ${fallback} (default or config)`;
    const fromFlag = this.flags[flag] !== undefined && this.flags[flag] !== '';
    return fromFlag ? `--${flag} ${value}` : `${variable}=${value} (environment)`;
  }

  day(name: SettingName): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    try {
      return parseDay(text);
    } catch {
      this.problems.push(`${this.source(name)}: is not a calendar date; write YYYY-MM-DD`);
      return undefined;
    }
  }

  number(name: SettingName, { min, max, whole }: { min: number; max: number; whole: boolean }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    this.problems.push(`${this.source(name)}: must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
    return undefined;
  }

  choice<T extends string>(name: SettingName, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if ((choices as readonly string[]).includes(text)) return text as T;
    const suggestion = nearest(text, choices);
    this.problems.push(`${this.source(name)}: must be one of ${choices.join(', ')}${suggestion ? `; did you mean ${suggestion}?` : ''}`);
    return undefined;
  }

  switch(name: SettingName): boolean | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (['true', '1', 'yes'].includes(text)) return true;
    if (['false', '0', 'no'].includes(text)) return false;
    this.problems.push(`${this.source(name)}: must be true or false`);
    return undefined;
  }

  /** A whole number is a number, anything else a word: `42` and `"42"` are the same seed. */
  seed(): number | string | undefined {
    const text = this.text('seed');
    return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  }

  throwProblems(): void {
    if (this.problems.length === 0) return;
    const list = this.problems.length === 1 ? this.problems[0]! : ['Several settings are wrong:', ...this.problems.map((line) => `  ${line}`)].join('\n');
    throw new UserError(list, { hint: 'See `ecomlake <command> --help`.' });
  }
}

function specOf(name: SettingName): SettingSpec {
  return SETTINGS.find((setting) => setting.name === name)!;
}
