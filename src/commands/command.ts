// A command is data: what it is called, what it takes, and a function that does it.

import type { Flags, SettingName, SettingSpec } from '../config/settings.ts';
import { SETTINGS } from '../config/settings.ts';
import type { Effects } from '../events.ts';
import type { ExitCode } from '../lib/errors.ts';
import type { Env, Paint } from '../lib/style.ts';

export interface OptionSpec {
  readonly describe: string;
  /** `list`: may be given several times. */
  readonly kind: 'text' | 'switch' | 'list';
  /** What stands for the value in help. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** As shown to people. */
  readonly default?: string;
  /** The environment variable that stands in for it. */
  readonly variable?: string;
  readonly required?: boolean;
  /** Understood, but left out of help and reference. */
  readonly hidden?: boolean;
}

export type Options = Readonly<Record<string, OptionSpec>>;

interface ValueOf {
  text: string;
  switch: boolean;
  list: readonly string[];
}

export type FlagsOf<O extends Options> = { readonly [K in keyof O]: ValueOf[O[K]['kind']] | undefined };

export interface CommandContext<O extends Options = Options> {
  /** As given on the command line, by name of the option. */
  readonly flags: FlagsOf<O>;
  /** Values of the options that every command has. */
  readonly globalFlags: Flags;
  readonly environment: Env;
  readonly fx: Effects;
  /** A result, for stdout. */
  readonly print: (text: string) => void;
  readonly paint: Paint;
}

export interface Command<O extends Options = Options> {
  readonly name: string;
  /** One sentence, without its full stop. */
  readonly describe: string;
  /** More sentences for the help page. */
  readonly details?: string;
  /** What to type after `ecomlake`, and what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[];
  readonly options: O;
  handler(context: CommandContext<O>): Promise<ExitCode>;
}

/** Ties the handler's flags to the options; the result fits into a list of commands. */
export function defineCommand<const O extends Options>(command: Command<O>): Command {
  return command;
}

export const JSON_OPTION = { describe: 'Print the result as JSON', kind: 'switch' } as const satisfies OptionSpec;

const VALUES: Partial<Record<SettingName, string>> = {
  startDate: 'date',
  endDate: 'date',
  chunkSize: 'days',
  seed: 'seed',
  scale: 'number',
  workers: 'number',
  bucket: 'name',
  uploadConcurrency: 'number',
  maxStagedChunks: 'number',
  storageEndpoint: 'url',
  requestTimeoutSeconds: 'seconds',
  retryBudgetSeconds: 'seconds',
  messinessLevel: 'level',
  ingestionClock: 'clock',
};

/** An option that is a setting: its words, default and variable come from the table of settings. */
export function setting<const N extends SettingName>(name: N): SettingOption<N> {
  const spec: SettingSpec = SETTINGS.find((candidate) => candidate.name === name)!;
  const { kind, variable, describe } = spec;
  return {
    describe,
    kind,
    ...(kind === 'text' ? { value: VALUES[name] ?? 'path', default: spec.default } : {}),
    ...(variable === undefined ? {} : { variable }),
  } as SettingOption<N>;
}

type SettingOption<N extends SettingName> = OptionSpec & { readonly kind: Extract<(typeof SETTINGS)[number], { name: N }>['kind'] };
