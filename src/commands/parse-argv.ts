// The one place that knows yargs: commands as data in, the chosen command with its flags out. Runs and prints nothing.

import yargs, { type Argv, type Options as YargsOptions } from 'yargs';
import { UserError } from '../lib/errors.ts';
import { nearest } from '../lib/nearest.ts';
import type { Command, OptionSpec, Options } from './command.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';

export type ParsedFlags = Record<string, string | boolean | string[] | undefined>;

export type Parsed =
  /** Help or version: text to print. */
  | { kind: 'text'; text: string }
  /** Nothing was asked for. */
  | { kind: 'nothing'; text: string }
  | { kind: 'command'; command: Command; flags: ParsedFlags; globalFlags: ParsedFlags };

const BUILT_IN: readonly string[] = ['help', 'h', 'version'];
const GLOBAL_GROUP = 'Everywhere:';
const MAX_WIDTH = 110;
const EPILOGUE = 'Exit codes: 0 done, 1 a bug, 2 wrong usage or input, 3 incomplete (run again to resume), 4 damage found.';

export interface ParseOptions {
  version: string;
  commands: readonly Command[];
  /** Width of the terminal. */
  columns: number;
}

/** Throws a UserError (exit 2) that says what is wrong and what may have been meant. */
export function parseArgv(argv: readonly string[], { version, commands, columns }: ParseOptions): Parsed {
  refuseInheritedNames(argv);
  let chosen: Command | undefined;
  let failure: string | undefined;
  const parser: Argv = yargs()
    .scriptName('ecomlake')
    .usage('$0 <command> [options]\n\nYears of relational, deliberately messy e-commerce history as a partitioned raw zone.')
    .parserConfiguration({
      'camel-case-expansion': false,
      'boolean-negation': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .locale('en')
    .options(yargsOptions(GLOBAL_OPTIONS, GLOBAL_GROUP))
    .group(['help', 'version'], GLOBAL_GROUP)
    .help('help', 'Show help')
    .alias('help', 'h')
    .version('version', 'Show the version', version)
    .epilogue(EPILOGUE)
    .wrap(Math.min(columns, MAX_WIDTH))
    .exitProcess(false)
    .fail((message, error) => {
      failure ??= message || error?.message;
    });
  for (const command of commands) {
    parser.command(
      command.name,
      command.describe,
      (builder: Argv) => buildCommand(builder, command),
      () => void (chosen = command),
    );
  }
  let text = '';
  let given: Record<string, unknown> = {};
  void parser.parse([...argv], {}, (_error: Error | undefined, parsed: Record<string, unknown>, output: string) => {
    given = parsed;
    text = output;
  });
  if (failure === undefined && text !== '') return { kind: 'text', text };

  const [name, ...extra] = (given['_'] as string[] | undefined) ?? [];
  const command = chosen ?? commands.find((candidate) => candidate.name === name);
  requireKnownCommand(name, command, commands);
  const known: Options = { ...command?.options, ...GLOBAL_OPTIONS };
  requireKnownOptions(given, known, command);
  if (extra.length > 0) throw usage(`"${extra[0]}" is one word too many`, command, 'Options begin with two dashes.');
  if (failure !== undefined) throw usage(describeParserFailure(failure), command);
  requireValues(pick(given, known), known, command);
  if (command === undefined) {
    parser.showHelp((help) => (text = help));
    return { kind: 'nothing', text };
  }
  return { kind: 'command', command, flags: pick(given, command.options), globalFlags: pick(given, GLOBAL_OPTIONS) };
}

function buildCommand(builder: Argv, command: Command): Argv {
  builder.usage(`$0 ${command.name} [options]\n\n${command.describe}.${command.details === undefined ? '' : ` ${command.details}`}`);
  builder.options(yargsOptions(command.options, 'Options:'));
  for (const [example, does] of command.examples) builder.example(`$0 ${example}`, does);
  return builder;
}

function yargsOptions(options: Options, group: string): Record<string, YargsOptions> {
  return Object.fromEntries(Object.entries(options).map(([name, spec]) => [name, { ...yargsOption(spec), group }]));
}

/** Defaults are shown only: what a value is when nobody gave it, the settings decide. */
function yargsOption({ kind, describe, choices, hidden, default: fallback, variable }: OptionSpec): YargsOptions {
  const shown = variable === undefined ? describe : `${describe} (${variable})`;
  return {
    describe: [shown, choices?.join(' | '), fallback && `[${fallback}]`].filter(Boolean).join(' '),
    ...(kind === 'switch' ? { type: 'boolean' } : { type: 'string', requiresArg: true, array: kind === 'list' }),
    ...(hidden === true ? { hidden } : {}),
  };
}

/** yargs trips over names that every object has, such as `--constructor`. */
function refuseInheritedNames(argv: readonly string[]): void {
  const name = argv.map((word) => /^--([^=]+)/.exec(word)?.[1]).find((option) => option !== undefined && option in {});
  if (name !== undefined) throw usage(`--${name} is not an option`, undefined);
}

function requireKnownCommand(name: string | undefined, command: Command | undefined, commands: readonly Command[]): void {
  if (name === undefined || command !== undefined) return;
  const names = commands.map((candidate) => candidate.name);
  const suggestion = nearest(name, names);
  throw new UserError(`"${name}" is not a command${suggestion === undefined ? '' : `; did you mean "${suggestion}"?`}`, {
    hint: `Commands: ${names.join(', ')}. \`ecomlake --help\` says what each does.`,
  });
}

function requireKnownOptions(given: Record<string, unknown>, known: Options, command: Command | undefined): void {
  for (const [name, value] of Object.entries(given)) {
    if (name === '_' || name === '$0' || BUILT_IN.includes(name)) continue;
    const spec = known[name];
    if (spec === undefined) {
      const suggestion = nearest(name, Object.keys(known));
      const shown = name.length === 1 ? `-${name}` : `--${name}`;
      throw usage(
        `${shown} is not an option${command === undefined ? '' : ` of ${command.name}`}${suggestion === undefined ? '' : `; did you mean --${suggestion}?`}`,
        command,
      );
    }
    if (spec.kind !== 'list' && Array.isArray(value)) throw usage(`--${name} is given more than once`, command);
  }
}

function usage(message: string, command: Command | undefined, hint?: string): UserError {
  const help = `See \`ecomlake ${command === undefined ? '' : `${command.name} `}--help\`.`;
  return new UserError(message, { hint: hint === undefined ? help : `${hint} ${help}` });
}

function requireValues(given: ParsedFlags, known: Options, command: Command | undefined): void {
  for (const [name, { required, choices }] of Object.entries(known)) {
    const value = given[name] as string | undefined;
    if (value === undefined || value === '') {
      if (required === true) throw usage(`--${name} is missing`, command);
    } else if (choices !== undefined && !choices.includes(value)) {
      const suggestion = nearest(value, choices);
      throw usage(
        `--${name} ${value}: must be one of ${choices.join(', ')}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`,
        command,
      );
    }
  }
}

/** yargs's own message, on one line. */
function describeParserFailure(message: string): string {
  const valueless = /^Not enough arguments following: (\S+)/.exec(message)?.[1];
  return valueless === undefined ? message.replaceAll(/\s*\n\s*/g, ' ').trim() : `--${valueless} needs a value`;
}

function pick(given: Record<string, unknown>, options: Options): ParsedFlags {
  return Object.fromEntries(Object.keys(options).map((name) => [name, given[name] as ParsedFlags[string]]));
}
