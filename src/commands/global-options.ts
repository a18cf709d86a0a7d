// Options that every command has.

import { LOG_FORMATS, LOG_LEVELS } from '../lib/log.ts';
import { setting, type Options } from './command.ts';

export const GLOBAL_OPTIONS = {
  config: setting('configPath'),
  seed: setting('seed'),
  scale: setting('scale'),
  'log-level': { describe: 'How much is told on stderr', kind: 'text', value: 'level', choices: LOG_LEVELS, default: 'info' },
  'log-format': {
    describe: 'Lines for people, or one JSON object a line',
    kind: 'text',
    value: 'format',
    choices: LOG_FORMATS,
    default: 'text',
  },
  quiet: { describe: 'Tell only warnings and errors; results still go to stdout', kind: 'switch' },
  debug: { describe: 'Show the stack of an error, and log everything', kind: 'switch' },
} as const satisfies Options;
