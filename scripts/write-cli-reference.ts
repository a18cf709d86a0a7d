// Writes docs/cli.md from the commands; with --check only says whether it is as it should be.

import type { Command, Options } from '../src/commands/command.ts';
import { GLOBAL_OPTIONS } from '../src/commands/global-options.ts';
import { COMMANDS } from '../src/commands/index.ts';
import { SETTINGS, type SettingSpec } from '../src/config/settings.ts';
import { markdownTable } from './markdown-table.ts';
import { writeOrCheck } from './write-or-check.ts';

/** What some command shows. */
const VARIABLES = new Set([GLOBAL_OPTIONS, ...COMMANDS.map(({ options }) => options)].flatMap(shownVariables));

const EXIT_CODES = [
  ['0', 'done'],
  ['1', 'a bug: `--debug` shows where'],
  ['2', 'wrong usage, config or input; nothing was written'],
  ['3', 'incomplete, finished chunks are kept: run again to resume (interrupted, locked, disk full)'],
  ['4', 'damage: `verify` found some, or a command came upon a damaged part or manifest'],
];

function reference(): string {
  return [
    '# Commands',
    '<!-- Written by scripts/write-cli-reference.ts from src/commands: do not edit. -->',
    'Results go to stdout, everything else to stderr. A flag comes before its environment variable, the variable before the YAML, the YAML before the default. Colours are for terminals only; `NO_COLOR` and `FORCE_COLOR` are honoured.',
    markdownTable(
      ['command', 'does'],
      COMMANDS.map(({ name, describe }) => [`[\`${name}\`](#${name})`, describe]),
    ),
    ...COMMANDS.flatMap(section),
    '## Everywhere',
    optionTable({
      ...GLOBAL_OPTIONS,
      help: { describe: 'Show help', kind: 'switch' },
      version: { describe: 'Show the version', kind: 'switch' },
    }),
    '## Environment variables',
    markdownTable(
      ['variable', 'flag', 'default', 'what it is'],
      (SETTINGS as readonly SettingSpec[]).flatMap(({ variable, flag, default: fallback, describe }) =>
        variable === undefined || !VARIABLES.has(variable) ? [] : [[`\`${variable}\``, `\`--${flag}\``, fallback, describe]],
      ),
    ),
    '## Exit codes',
    markdownTable(['code', 'means'], EXIT_CODES),
  ]
    .join('\n\n')
    .concat('\n');
}

function section({ name, describe, details, examples, options }: Command): string[] {
  return [
    `## ${name}`,
    `${describe}.${details === undefined ? '' : ` ${details}`}`,
    ['```sh', ...examples.map(([example, does]) => `ecomlake ${example}  # ${does}`), '```'].join('\n'),
    optionTable(options),
  ];
}

function optionTable(options: Options): string {
  const rows = Object.entries(options).flatMap(([name, spec]) => {
    if (spec.hidden === true) return [];
    const { describe, kind, value, choices, default: fallback, variable, required } = spec;
    const flag = kind === 'switch' ? `--${name}` : `--${name} <${value ?? 'value'}>`;
    const says = choices === undefined ? describe : `${describe}: ${choices.join(', ')}`;
    return [[`\`${flag}\``, variable === undefined ? '' : `\`${variable}\``, required === true ? 'required' : (fallback ?? ''), says]];
  });
  return markdownTable(['option', 'variable', 'default', 'what it is'], rows);
}

function shownVariables(options: Options): string[] {
  return Object.values(options).flatMap(({ variable, hidden }) => (variable === undefined || hidden === true ? [] : [variable]));
}

writeOrCheck('docs/cli.md', reference());
