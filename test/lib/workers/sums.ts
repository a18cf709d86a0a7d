// A worker for the pool's tests: does what its task says.

import { parentPort, threadId, workerData } from 'node:worker_threads';
import { UserError } from '../../../src/lib/errors.ts';
import { answerTasks } from '../../../src/lib/worker-pool.ts';

export type Task =
  | { kind: 'add'; to: number }
  | { kind: 'wait'; flag: Int32Array }
  | { kind: 'transfer' }
  | { kind: 'user error' }
  | { kind: 'system error' }
  | { kind: 'text thrown' }
  | { kind: 'cannot be sent' }
  | { kind: 'exit'; code: number };

/** Told when the task begins; `value` depends on the task. */
export interface Answer {
  thread: number;
  value: unknown;
}

const { base, started } = workerData as { base: number; started: Int32Array };

answerTasks<Task>(parentPort!, (task) => {
  const order = Atomics.add(started, 0, 1);
  const answer = (value: unknown): Answer => ({ thread: threadId, value });
  switch (task.kind) {
    case 'add':
      return { result: answer({ sum: base + task.to, order }) };
    case 'wait':
      Atomics.wait(task.flag, 0, 0);
      return { result: answer(order) };
    case 'transfer': {
      const bytes = new Uint8Array([1, 2, 3]);
      return { result: answer(bytes), transfer: [bytes.buffer] };
    }
    case 'user error':
      throw new UserError('file.csv, line 3: no number', { hint: 'Mend it.', exitCode: 4 });
    case 'system error':
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    case 'text thrown':
      throw 'just text';
    case 'cannot be sent':
      return { result: answer(() => 1) };
    case 'exit':
      return process.exit(task.code);
  }
});
