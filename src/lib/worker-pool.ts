// A fixed number of worker threads that take tasks in the order they were given.

import { Worker, type Transferable } from 'node:worker_threads';
import { UserError, type UserErrorOptions } from './errors.ts';

/** What a worker answers: a result, or an error in a form that survives the way between threads. */
export type WorkerAnswer<R> = { result: R } | { error: SentError };

interface SentError extends UserErrorOptions {
  userError: boolean;
  message: string;
  stack?: string;
  code?: string;
}

interface Job<T, R> {
  task: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

export class WorkerPool<T, R> {
  private readonly workers: Worker[] = [];
  private readonly idle: Worker[] = [];
  private readonly queue: Job<T, R>[] = [];
  private readonly running = new Map<Worker, Job<T, R>>();
  private failed: unknown;

  /** Starts `size` threads of `entry`; `workerData` must be plain data, large arrays in shared memory. */
  constructor(entry: URL, size: number, workerData: unknown) {
    for (let i = 0; i < size; i++) {
      const worker = new Worker(entry, { workerData });
      worker.on('message', (answer: WorkerAnswer<R>) => this.settle(worker, answer));
      worker.on('error', (error) => this.fail(error));
      // Whatever the code: a worker that ends by itself leaves its task unanswered.
      worker.on('exit', (code) => this.fail(new Error(`a worker thread ended with code ${code}`)));
      this.workers.push(worker);
      this.idle.push(worker);
    }
  }

  run(task: T): Promise<R> {
    return new Promise((resolve, reject) => {
      if (this.failed !== undefined) return reject(this.failed);
      this.queue.push({ task, resolve, reject });
      this.dispatch();
    });
  }

  /** Drops the tasks that have not begun: their promises reject with `reason`. */
  cancel(reason: Error): void {
    for (const job of this.queue.splice(0)) job.reject(reason);
  }

  /** Ends all threads; what still runs in them is lost. */
  async close(): Promise<void> {
    this.fail(new Error('the worker pool is closed'));
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private dispatch(): void {
    while (this.idle.length > 0 && this.queue.length > 0) {
      const worker = this.idle.pop()!;
      const job = this.queue.shift()!;
      this.running.set(worker, job);
      worker.postMessage(job.task);
    }
  }

  private settle(worker: Worker, answer: WorkerAnswer<R>): void {
    const job = this.running.get(worker);
    if (job === undefined) return; // told of the failure of another worker already
    this.running.delete(worker);
    this.idle.push(worker);
    if ('error' in answer) job.reject(receiveError(answer.error));
    else job.resolve(answer.result);
    this.dispatch();
  }

  private fail(error: unknown): void {
    if (this.failed !== undefined) return;
    this.failed = error;
    for (const job of this.running.values()) job.reject(error);
    this.running.clear();
    this.cancel(error as Error);
  }
}

/** The worker's half: answers each task with what `handle` gives. */
export function answerTasks<T>(
  port: {
    on(event: 'message', listener: (task: T) => void): unknown;
    postMessage(value: unknown, transfer?: readonly Transferable[]): void;
  },
  handle: (task: T) => { result: unknown; transfer?: Transferable[] },
): void {
  port.on('message', (task) => {
    try {
      const { result, transfer } = handle(task);
      port.postMessage({ result } satisfies WorkerAnswer<unknown>, transfer ?? []);
    } catch (error) {
      port.postMessage({ error: sendError(error) } satisfies WorkerAnswer<unknown>);
    }
  });
}

function sendError(error: unknown): SentError {
  const { message, stack, code } = error as NodeJS.ErrnoException;
  return {
    userError: error instanceof UserError,
    message: message ?? String(error),
    ...(stack === undefined ? {} : { stack }),
    ...(code === undefined ? {} : { code }),
    ...(error instanceof UserError ? { exitCode: error.exitCode, ...(error.hint === undefined ? {} : { hint: error.hint }) } : {}),
  };
}

function receiveError({ userError, message, stack, code, ...options }: SentError): Error {
  const error: NodeJS.ErrnoException = userError ? new UserError(message, options) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  if (code !== undefined) error.code = code;
  return error;
}
