// A process to be killed: publishes two versions of the same partitions in turn, for ever.

import { LocalStore } from '../../src/store/local-store.ts';
import { stageDays } from './lake.ts';

const store = new LocalStore(process.argv[2]!);
process.stdout.write('ready\n');
for (let round = 0; ; round++) {
  await store.publish(stageDays(store.stagingRoot, 6, round % 2 === 0 ? 'v1' : 'v2'));
}
