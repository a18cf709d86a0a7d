// Takes the lock named on the command line, says so, and keeps it until told to release it, or killed.

import { acquireLock } from '../../../src/lib/lock.ts';

try {
  const release = acquireLock(process.argv[2]!, 'output/raw', () => new Date('2026-02-03T04:05:06Z'), 'run-generator');
  process.on('message', () => {
    release();
    process.disconnect();
  });
  process.send!('locked');
} catch (error) {
  process.send!((error as { exitCode?: number }).exitCode === 3 ? 'refused' : String(error));
  process.on('message', () => undefined);
}
