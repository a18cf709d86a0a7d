// Trying again: exponential backoff with full jitter, within a budget of time.

import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, interrupted, UserError } from '../lib/errors.ts';
import { formatDuration } from '../lib/numbers.ts';

const BASE_DELAY_MS = 250;
const MAX_DELAY_MS = 16_000;

export interface RetryOptions {
  /** From an operation's first failure; then it is given up. */
  readonly budgetMs: number;
  readonly signal: AbortSignal;
  /** Told before each wait. */
  readonly onRetry?: (message: string) => void;
}

/** A failure that another try may put right. */
export class TransientError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'TransientError';
  }
}

/**
 * Runs `attempt` until it ends with anything but a TransientError. Throws a UserError (exit 3) once the budget is used
 * up, or when the signal is aborted. `what` names the work: 'upload of gs://...'.
 */
export async function withRetry<T>(what: string, options: RetryOptions, attempt: () => Promise<T>): Promise<T> {
  const { budgetMs, signal, onRetry } = options;
  let firstFailureMs: number | undefined;
  for (let tries = 1; ; tries++) {
    if (signal.aborted) throw interrupted();
    try {
      return await orInterrupted(attempt(), signal);
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      const nowMs = performance.now();
      firstFailureMs ??= nowMs;
      const leftMs = firstFailureMs + budgetMs - nowMs;
      if (leftMs <= 0) {
        throw new UserError(`${what}: gave up after ${tries} tries in ${formatDuration(nowMs - firstFailureMs)}: ${error.message}`, {
          hint: 'What is finished is kept. Check the connection, then run the same command again: it resumes.',
          exitCode: EXIT.incomplete,
          cause: error,
        });
      }
      const delayMs = Math.min(leftMs, Math.random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** tries));
      onRetry?.(`${what}: ${error.message}; trying again`);
      await sleep(delayMs, undefined, { signal }).catch(() => {
        throw interrupted();
      });
    }
  }
}

/** Waits no longer than the signal lets it; the work itself then ends unseen. */
function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(interrupted());
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
