// What flags and environment variables say, checked; all that is wrong is collected and told at once.

import { parseDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { nearest } from '../lib/nearest.ts';
import { SETTINGS, type SettingName, type SettingSpec } from './setting-specs.ts';

/** Values as given on the command line, by flag name; undefined where not given. */
export type Flags = Readonly<Record<string, string | number | boolean | undefined>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** The readers return undefined for what is not given, and for what is wrong, which then is among the problems. */
export class GivenValues {
  private readonly flags: Flags;
  private readonly environment: Environment;
  private readonly problems: string[] = [];
  private readonly rejected = new Set<SettingName>();

  constructor(flags: Flags, environment: Environment) {
    this.flags = flags;
    this.environment = environment;
  }

  /** The flag, else the variable. An empty one counts as not given. */
  text(name: SettingName): string | undefined {
    const { flag, variable } = specOf(name);
    const values = [this.flags[flag], variable === undefined ? undefined : this.environment[variable]];
    const value = values.find((candidate) => candidate !== undefined && candidate !== '');
    return value === undefined ? undefined : String(value);
  }

  /** Where a setting comes from and what it is, for messages; `value` and `origin` when it was not given. */
  source(name: SettingName, value = '', origin = 'from the config'): string {
    const { flag, variable } = specOf(name);
    const text = this.text(name);
    if (text === undefined) return `${flag} ${value} (${origin})`;
    const fromFlag = this.flags[flag] !== undefined && this.flags[flag] !== '';
    return fromFlag ? `--${flag} ${text}` : `${variable}=${text} (environment)`;
  }

  /** Days since 1970-01-01. */
  day(name: SettingName): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    try {
      return parseDay(text);
    } catch {
      return this.reject(name, 'is not a calendar date; write YYYY-MM-DD');
    }
  }

  number(name: SettingName, { min, max, whole }: { min: number; max: number; whole: boolean }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    return this.reject(name, `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
  }

  choice<T extends string>(name: SettingName, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const choice = choices.find((candidate) => candidate === text);
    if (choice !== undefined) return choice;
    const suggestion = nearest(text, choices);
    return this.reject(name, `must be one of ${choices.join(', ')}${suggestion ? `; did you mean ${suggestion}?` : ''}`);
  }

  switch(name: SettingName): boolean | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (['true', '1', 'yes', 'on'].includes(text)) return true;
    if (['false', '0', 'no', 'off'].includes(text)) return false;
    return this.reject(name, 'must be true or false');
  }

  /** A path within a bucket, without slashes around it. */
  prefix(name: SettingName): string | undefined {
    const prefix = this.text(name)?.replace(/^\/+|\/+$/g, '');
    return prefix === '' || prefix?.split('/').some((step) => step === '' || step === '.' || step === '..')
      ? this.reject(name, 'must be a path such as ecom/raw')
      : prefix;
  }

  /** A path or an address such as `gs://bucket/path`, without slashes at its end. */
  address(name: SettingName): string | undefined {
    const address = this.text(name)?.replace(/\/+$/, '');
    return address === '' ? this.reject(name, 'must be a path such as ecom/raw, or an address such as gs://bucket/ecom/raw') : address;
  }

  /** `gs://name/` is taken for `name`. */
  bucket(name: SettingName): string | undefined {
    const bucket = this.text(name)
      ?.replace(/^gs:\/\//, '')
      .replace(/\/+$/, '');
    if (bucket === undefined || /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(bucket)) return bucket;
    return this.reject(name, bucket.includes('/') ? 'must be a bucket alone; a path in it goes into --prefix' : 'is not a bucket name');
  }

  /** The address of a server, without slashes at its end; `localhost:4443` is taken for `http://localhost:4443`. */
  endpoint(name: SettingName): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const url = URL.parse(/^https?:\/\//.test(text) ? text : `http://${text}`);
    if (url !== null && url.search === '' && url.hash === '') return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
    return this.reject(name, 'must be the address of a server, such as http://localhost:4443');
  }

  /** Notes a problem; returns undefined, as the readers do. */
  reject(name: SettingName, why: string): undefined {
    this.rejected.add(name);
    this.add(`${this.source(name)}: ${why}`);
  }

  isRejected(name: SettingName): boolean {
    return this.rejected.has(name);
  }

  add(problem: string): void {
    this.problems.push(problem);
  }

  /** Throws one UserError (exit 2) for everything noted; `other` is a problem found elsewhere, told with them. */
  throwProblems(other?: UserError): void {
    if (this.problems.length === 0) {
      if (other !== undefined) throw other;
      return;
    }
    const [first] = this.problems;
    const list =
      this.problems.length === 1 ? first! : ['Several settings are wrong:', ...this.problems.map((line) => `  ${line}`)].join('\n');
    throw new UserError(other === undefined ? list : `${list}\n${other.message}`, { hint: 'See `ecomlake <command> --help`.' });
  }
}

/** A whole number is a number, anything else a word: `42` and `"42"` are the same seed. */
export function parseSeed(text: string): number | string {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function specOf(name: SettingName): SettingSpec {
  return SETTINGS.find((setting) => setting.name === name)!;
}
