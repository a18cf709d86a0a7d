// Settings and config of a command, with what is worth knowing about them told.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resolveSettings, SETTINGS, type Flags, type ResolvedRun } from '../config/settings.ts';
import type { CommandContext } from './command.ts';

/** The YAML in this package: for folders that have none of their own. */
const SHIPPED_CONFIG = fileURLToPath(new URL('../../gen_config/ecom_sales_gen_quick.yaml', import.meta.url));

export type RunContext = Pick<CommandContext, 'globalFlags' | 'environment' | 'fx'>;

/** `flags` by the names of the settings' flags. Throws UserErrors for settings and config. */
export function resolveRun(context: RunContext, flags: Flags): ResolvedRun {
  const { globalFlags, environment, fx } = context;
  const all: Flags = { ...globalFlags, ...flags };
  const { flag, variable, default: usual } = SETTINGS[0];
  const isConfigGiven = Boolean(all[flag] ?? environment[variable]);
  const run = resolveSettings(isConfigGiven || existsSync(usual) ? all : { ...all, [flag]: SHIPPED_CONFIG }, environment);
  for (const message of run.notes) fx.emit({ type: 'note', message });
  return run;
}
