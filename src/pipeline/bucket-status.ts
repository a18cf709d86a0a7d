// How far the bucket is, and who is at work there. Reads only, and does not wait long.

import type { Settings } from '../config/settings.ts';
import type { Effects } from '../events.ts';
import { formatDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { readLeaseOwner } from '../store/lease.ts';
import { BucketState, hasBucket, openBucket, QUICK_LOOK } from './bucket-session.ts';

export interface BucketStatus {
  location: string;
  /** Undefined before the first chunk. */
  completedThrough: string | undefined;
  /** Who holds the lease, in words. */
  writer: string | undefined;
  /** Why nothing is known. */
  problem: string | undefined;
}

/** Undefined when no bucket is given. */
export async function readBucketStatus(settings: Settings, fx: Effects): Promise<BucketStatus | undefined> {
  if (!hasBucket(settings)) return undefined;
  const status: BucketStatus = {
    location: `gs://${settings.bucket}/${settings.prefix}`,
    completedThrough: undefined,
    writer: undefined,
    problem: undefined,
  };
  try {
    const client = await openBucket(settings, fx, QUICK_LOOK);
    const state = new BucketState(client, settings.prefix);
    const { checkpointDay } = await state.read();
    if (checkpointDay !== undefined) status.completedThrough = formatDay(checkpointDay);
    status.writer = await readLeaseOwner(client, state.nameOf('lease'));
  } catch (error) {
    if (!(error instanceof UserError) || fx.signal.aborted) throw error;
    status.problem = error.message;
  }
  return status;
}
