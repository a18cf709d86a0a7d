// Anything that was thrown, as what a person is told and the exit code that goes with it.

import { EXIT, UserError, type ExitCode } from './errors.ts';
import { describeFsError, errorCode } from './files.ts';

export interface Failure {
  message: string;
  hint: string | undefined;
  exitCode: ExitCode;
  /** With its causes; for `--debug`. */
  stack: string;
}

/** `signal` is the one the work was given: what comes out of it aborted is an interruption, not a bug. */
export function describeFailure(thrown: unknown, signal: AbortSignal): Failure {
  const stack = stackOf(thrown);
  if (thrown instanceof UserError) return { message: thrown.message, hint: thrown.hint, exitCode: thrown.exitCode, stack };
  if (signal.aborted && (thrown === signal.reason || (thrown instanceof Error && thrown.name === 'AbortError'))) {
    return {
      message: 'interrupted',
      hint: 'What was finished is kept: run the same command again to go on.',
      exitCode: EXIT.incomplete,
      stack,
    };
  }
  const path = thrown instanceof Error && 'path' in thrown && typeof thrown.path === 'string' ? thrown.path : undefined;
  const known = path === undefined || errorCode(thrown) === undefined ? thrown : describeFsError(thrown, path);
  if (known instanceof UserError) return { message: known.message, hint: known.hint, exitCode: known.exitCode, stack };
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return {
    message: `this is a bug in ecomlake: ${message}`,
    hint: 'Run the same command with --debug for the details.',
    exitCode: EXIT.bug,
    stack,
  };
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const own = thrown.stack ?? `${thrown.name}: ${thrown.message}`;
  return thrown.cause === undefined ? own : `${own}\ncaused by ${stackOf(thrown.cause)}`;
}
