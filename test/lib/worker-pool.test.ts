import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/lib/errors.ts';
import { WorkerPool } from '../../src/lib/worker-pool.ts';
import type { Answer, Task } from './workers/sums.ts';

let pool: WorkerPool<Task, Answer>;
let started: Int32Array;

const sharedInt = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

function open(size: number): void {
  started = sharedInt();
  pool = new WorkerPool(new URL('./workers/sums.ts', import.meta.url), size, { base: 100, started });
}

/** A task that keeps a worker busy until it is let go. */
function hold(): { answer: Promise<Answer>; letGo: () => void } {
  const flag = sharedInt();
  const letGo = (): void => {
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  };
  return { answer: pool.run({ kind: 'wait', flag }), letGo };
}

async function untilStarted(count: number): Promise<void> {
  while (Atomics.load(started, 0) < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

const errorOf = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    () => expect.unreachable('this should have failed'),
    (error: unknown) => error as Error,
  );

afterEach(() => pool.close());

describe('WorkerPool', () => {
  it('answers every task with its own result and begins them in the order given', async () => {
    open(1);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, to) => pool.run({ kind: 'add', to })));
    expect(answers.map(({ value }) => value)).toEqual(Array.from({ length: 50 }, (_, to) => ({ sum: 100 + to, order: to })));
  });

  it('keeps several workers busy at a time', async () => {
    open(2);
    const first = hold();
    const second = hold();
    await untilStarted(2);
    first.letGo();
    second.letGo();
    const threads = [await first.answer, await second.answer].map(({ thread }) => thread);
    expect(new Set(threads).size).toBe(2);
  });

  it('lets a free worker go on while the other is busy', async () => {
    open(2);
    const held = hold();
    const sums = await Promise.all(Array.from({ length: 10 }, (_, to) => pool.run({ kind: 'add', to })));
    expect(sums).toHaveLength(10);
    held.letGo();
    await held.answer;
  });

  it('moves buffers that are to be transferred', async () => {
    open(1);
    expect((await pool.run({ kind: 'transfer' })).value).toEqual(new Uint8Array([1, 2, 3]));
  });
});

describe('errors in a worker', () => {
  it('come back as what they were, and the worker goes on', async () => {
    open(1);
    const user = await errorOf(pool.run({ kind: 'user error' }));
    expect(user).toBeInstanceOf(UserError);
    expect(user).toMatchObject({ message: 'file.csv, line 3: no number', hint: 'Mend it.', exitCode: 4 });

    const system = await errorOf(pool.run({ kind: 'system error' }));
    expect(system).not.toBeInstanceOf(UserError);
    expect(system).toMatchObject({ message: 'no space left', code: 'ENOSPC' });
    expect(system.stack).toContain('sums.ts');

    expect((await errorOf(pool.run({ kind: 'text thrown' }))).message).toBe('just text');
    expect((await errorOf(pool.run({ kind: 'cannot be sent' }))).message).toMatch(/could not be cloned/);
    expect((await pool.run({ kind: 'add', to: 1 })).value).toMatchObject({ sum: 101 });
  });

  it.each([0, 7])('that ends with code %i fails its task, those that wait and those that come', async (code) => {
    open(1);
    const dying = errorOf(pool.run({ kind: 'exit', code }));
    const waiting = errorOf(pool.run({ kind: 'add', to: 1 }));
    const message = `a worker thread ended with code ${code}`;
    expect((await dying).message).toBe(message);
    expect((await waiting).message).toBe(message);
    expect((await errorOf(pool.run({ kind: 'add', to: 2 }))).message).toBe(message);
  });

  it('fails the tasks of other workers too, whose late answers do no harm', async () => {
    open(2);
    const held = hold();
    await untilStarted(1);
    const failed = errorOf(held.answer);
    await errorOf(pool.run({ kind: 'exit', code: 1 }));
    expect((await failed).message).toMatch(/ended with code 1/);
    held.letGo();
    // The answer is on its way now: an error thrown at its arrival would fail the whole test run.
    await new Promise((resolve) => setTimeout(resolve, 200));
  });
});

describe('the end', () => {
  it('cancel drops what has not begun and no more', async () => {
    open(1);
    const held = hold();
    const dropped = errorOf(pool.run({ kind: 'add', to: 1 }));
    pool.cancel(new Error('interrupted'));
    expect((await dropped).message).toBe('interrupted');
    held.letGo();
    await held.answer;
    expect((await pool.run({ kind: 'add', to: 2 })).value).toMatchObject({ sum: 102 });
  });

  it('close rejects what runs, what waits and what comes', async () => {
    open(1);
    const held = errorOf(hold().answer);
    const waiting = errorOf(pool.run({ kind: 'add', to: 1 }));
    await untilStarted(1);
    await pool.close();
    const late = errorOf(pool.run({ kind: 'add', to: 2 }));
    for (const error of [held, waiting, late]) expect((await error).message).toBe('the worker pool is closed');
  });
});
