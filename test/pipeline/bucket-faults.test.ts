// Random faults, expired tokens and kills: the bucket ends up with the very lake that a quiet local run makes.
// `npm run soak` does the same hundreds of times.

import { beforeAll, expect, it } from 'vitest';
import { describeWithGcs } from '../store/describe-with-gcs.ts';
import { localIdentity, publishThroughFaults } from './publish-through-faults.ts';

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
/** Most of a run is waiting: for kills, back-off and stalled answers. */
const AT_ONCE = 5;

describeWithGcs('a lake of 30 days published through faults and kills', () => {
  let expected: string;
  beforeAll(async () => {
    expected = await localIdentity();
  });

  const lanes = Array.from({ length: AT_ONCE }, (_, lane) => SEEDS.filter((_, i) => i % AT_ONCE === lane));
  it.concurrent.each(lanes)('is the same lake, seeds %s, %s, %s and %s', { timeout: 600_000 }, async (...seeds) => {
    for (const seed of seeds) {
      const { identity, leftLocally } = await publishThroughFaults(seed);
      expect(identity, `seed ${seed}`).toBe(expected);
      expect(leftLocally, `seed ${seed}`).toEqual([]);
    }
  });
});
