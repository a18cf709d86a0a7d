// A command's flags to the settings of its run.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resolveSettings, SETTINGS, type Flags, type ResolvedRun } from '../config/settings.ts';
import { UserError } from '../lib/errors.ts';
import type { CommandContext } from './command.ts';

const DEFAULT_CONFIG = SETTINGS.find((setting) => setting.name === 'configPath')!.default;

/** `flags` by the names of the table of settings. Tells which keys of the YAML are ignored. */
export function resolveRun({ globalFlags, environment, fx }: Pick<CommandContext, 'globalFlags' | 'environment' | 'fx'>, flags: Flags): ResolvedRun {
  const given = { ...globalFlags, ...flags };
  const run = resolveSettings({ ...given, config: given['config'] ?? shippedConfig(environment) }, environment);
  for (const message of run.notes) fx.emit({ type: 'note', message });
  return run;
}

/** Outside a checkout the default config is the one that came with the program. */
function shippedConfig(environment: CommandContext['environment']): string | undefined {
  if (environment['CONFIG_PATH'] || existsSync(DEFAULT_CONFIG)) return undefined;
  const shipped = fileURLToPath(new URL(`../../${DEFAULT_CONFIG}`, import.meta.url));
  return existsSync(shipped) ? shipped : undefined;
}

/** What to type to run a command with the flags that were given. Switches that are off are left out. */
export function commandLine(name: string, flags: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(flags).flatMap(([flag, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${flag}`];
    return [value].flat().map((one) => `--${flag} ${quote(String(one))}`);
  });
  return ['ecomlake', name, ...words].join(' ');
}

function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A number that is no setting of the run. */
export function numberFlag(flag: string, text: string | undefined, { min, max, whole }: { min: number; max: number; whole: boolean }): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw new UserError(`--${flag} ${text}: must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
}
