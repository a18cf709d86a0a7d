// The program's edge: arguments in, one exit code out. Errors are printed here and nowhere else.

import { readFileSync } from 'node:fs';
import { COMMANDS } from './commands/index.ts';
import type { CommandContext } from './commands/command.ts';
import { parseArgv, type ParsedFlags } from './commands/parse-argv.ts';
import type { Effects } from './events.ts';
import { EXIT, type ExitCode } from './lib/errors.ts';
import { describeFailure } from './lib/failure.ts';
import { createLog, type Log, type LogFormat, type LogLevel } from './lib/log.ts';
import { createRenderer } from './lib/progress.ts';
import { StatusLine } from './lib/status-line.ts';
import { isTerminal, paintFor, type Env, type Output, type Paint } from './lib/style.ts';

const DEFAULT_COLUMNS = 80;

/** The process, or what stands for it in a test. */
export interface World {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Env;
  readonly signal: AbortSignal;
  readonly clock: () => Date;
}

/** Never throws. */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  const { stdout, stderr, environment, clock, signal } = world;
  const line = isTerminal(stderr, environment) ? new StatusLine(stderr) : undefined;
  const paint = paintFor(stderr, environment);
  const output = line ?? stderr;
  let log = createLog({ output, paint, clock, level: 'info', format: guessFormat(argv) });
  const debug = argv.includes('--debug');
  const onAbort = (): void => log.write('warn', 'stopping cleanly; a second Ctrl-C stops at once', { event: 'stopping' });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const parsed = parseArgv(argv, { version: programVersion(), commands: COMMANDS, columns: stdout.columns ?? DEFAULT_COLUMNS });
    if (parsed.kind !== 'command') {
      stdout.write(`${parsed.text.trimEnd()}\n`);
      return EXIT.ok;
    }
    const { command, flags, globalFlags } = parsed;
    log = createLog({
      output,
      paint,
      clock,
      level: levelOf(globalFlags),
      format: (globalFlags['log-format'] as LogFormat | undefined) ?? 'text',
    });
    const renderer = createRenderer({ log, statusLine: log.format === 'text' && log.shows('info') ? line : undefined, clock });
    const fx: Effects = { emit: (event) => renderer.emit(event), clock, signal };
    const context: CommandContext = {
      flags,
      globalFlags: globalFlags as CommandContext['globalFlags'],
      environment,
      fx,
      paint: paintFor(stdout, environment),
      print: (text) => {
        renderer.close();
        stdout.write(`${text}\n`);
      },
    };
    try {
      return await command.handler(context);
    } finally {
      renderer.close();
    }
  } catch (error) {
    return tellError(error, { log, paint, debug, signal });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function tellError(
  thrown: unknown,
  { log, paint, debug, signal }: { log: Log; paint: Paint; debug: boolean; signal: AbortSignal },
): ExitCode {
  const { message, hint, exitCode, stack } = describeFailure(thrown, signal);
  const text = [message, ...(hint === undefined ? [] : [paint('dim', hint)]), ...(debug ? [stack] : [])].join('\n');
  log.write('error', text, { event: 'error', message, hint, exit_code: exitCode, ...(debug ? { stack } : {}) });
  return exitCode;
}

function levelOf(flags: ParsedFlags): LogLevel {
  if (flags['debug'] === true) return 'debug';
  if (flags['quiet'] === true) return 'warn';
  return (flags['log-level'] as LogLevel | undefined) ?? 'info';
}

/** As long as the arguments are not understood, errors are told in the format they seem to ask for. */
function guessFormat(argv: readonly string[]): LogFormat {
  const asksJson = argv.some((word, i) => word === '--log-format=json' || (word === '--log-format' && argv[i + 1] === 'json'));
  return asksJson ? 'json' : 'text';
}

function programVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}

/** What `bin/ecomlake.js` calls. */
export async function runProcess(): Promise<void> {
  const { stdout, stderr, env: environment } = process;
  const argv = process.argv.slice(2);
  const controller = new AbortController();
  const { signal } = controller;
  const world: World = { stdout, stderr, environment, signal, clock: () => new Date() };
  for (const stream of [stdout, stderr]) stream.on('error', ignoreClosedPipe);
  /** A line that is being redrawn stands where it is: what follows begins below it. */
  const leaveLine = (): unknown => isTerminal(stderr, environment) && stderr.write('\n');
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (!signal.aborted) return controller.abort();
      leaveLine();
      process.exit(EXIT.incomplete);
    });
  }
  process.on('uncaughtException', (error) => {
    leaveLine();
    const paint = paintFor(stderr, environment);
    const log = createLog({ output: stderr, paint, clock: world.clock, level: 'info', format: guessFormat(argv) });
    process.exit(tellError(error, { log, paint, debug: argv.includes('--debug'), signal }));
  });
  const exitCode = await run(argv, world);
  for (const stream of [stdout, stderr]) await new Promise((resolve) => stream.write('', resolve));
  // A connection that stands still must not keep a finished program.
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(exitCode);
}

/** A reader such as `head` may leave early; the work goes on without it. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
