import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/properties.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
    // Of the hundreds of processes that tests start: a fifth off each.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'ecomlake-tests-compiled') },
  },
});
