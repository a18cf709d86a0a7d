// The one error type a person is meant to see; anything else that is thrown is a bug.

/** Process exit codes, as documented in `docs/cli.md`. */
export const EXIT = { ok: 0, bug: 1, usage: 2, incomplete: 3, damaged: 4 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface UserErrorOptions {
  /** What to do about it, as a sentence in the imperative. */
  hint?: string;
  exitCode?: ExitCode;
  cause?: unknown;
}

/** Says what is wrong and where (`message`) and the way out (`hint`). */
export class UserError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'UserError';
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT.usage;
  }
}

/** What an aborted signal makes of any work that is told to stop. */
export function interrupted(): UserError {
  return new UserError('interrupted: finished chunks are kept', {
    hint: 'Run the same command again: it resumes after the last checkpoint.',
    exitCode: EXIT.incomplete,
  });
}
