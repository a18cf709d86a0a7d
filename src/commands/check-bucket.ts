// What `doctor` finds about the bucket: credentials, reach, rights, and whether its state fits the one here.

import { compareSides } from '../checkpoint/compare-sides.ts';
import { readStateOnDisk } from '../checkpoint/state-on-disk.ts';
import type { Settings } from '../config/settings.ts';
import type { Effects } from '../events.ts';
import { formatDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { BucketState, hasBucket, openBucket, QUICK_LOOK } from '../pipeline/bucket-session.ts';
import type { BucketClient } from '../store/bucket-client.ts';
import type { Finding } from './doctor-checks.ts';

/** Nothing when no bucket is given. */
export async function checkBucket(settings: Settings, fx: Effects): Promise<Finding[]> {
  if (!hasBucket(settings)) return [];
  const findings: Finding[] = [];
  const look = async (name: string, work: () => Promise<string>): Promise<boolean> => {
    try {
      findings.push({ name, level: 'ok', message: await work() });
      return true;
    } catch (error) {
      if (!(error instanceof UserError) || fx.signal.aborted) throw error;
      findings.push({ name, level: 'fail', message: error.message, hint: error.hint });
      return false;
    }
  };
  let client!: BucketClient;
  const steps: readonly [string, () => Promise<string>][] = [
    [
      'credentials',
      async () => {
        client = await openBucket(settings, fx, QUICK_LOOK);
        return settings.storageEndpoint === undefined ? 'Google credentials found' : `asking ${settings.storageEndpoint}`;
      },
    ],
    [
      'bucket',
      async () => {
        await client.list(`${settings.prefix}/`).next();
        const missing = await client.missingPermissions();
        if (missing.length === 0) return `${client.address(settings.prefix)} can be reached`;
        throw new UserError(`${client.address()}: these permissions are missing: ${missing.join(', ')}`, {
          hint: 'Give the account the role "Storage Object Admin" on the bucket.',
        });
      },
    ],
    [
      'bucket state',
      async () => {
        const side = await new BucketState(client, settings.prefix).read();
        const { completedDay, adopted } = compareSides(readStateOnDisk(settings), side, settings.startDate);
        return adopted ?? (completedDay < settings.startDate ? 'a fresh start' : `complete through ${formatDay(completedDay)}, as here`);
      },
    ],
  ];
  for (const [name, work] of steps) if (!(await look(name, work))) break;
  return findings;
}
