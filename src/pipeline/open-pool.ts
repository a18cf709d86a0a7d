// Worker threads for as long as a piece of work lasts.

import { interrupted } from '../lib/errors.ts';
import { WorkerPool } from '../lib/worker-pool.ts';
import type { Pool } from './chunk-maker.ts';
import type { WorkerSetup } from './tasks.ts';

/** Sources run as they are in development; the package has them compiled. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** An aborted signal drops the tasks that have not begun and makes `work` fail with exit code 3. */
export async function openPool<T>(workers: number, setup: WorkerSetup, signal: AbortSignal, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool: Pool = new WorkerPool(ENTRY, workers, setup);
  const onAbort = (): void => pool.cancel(interrupted());
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) throw interrupted();
    return await work(pool);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await pool.close();
  }
}
