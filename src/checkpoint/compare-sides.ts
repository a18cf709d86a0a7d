// The state here and the state in the bucket: the same, explained by a kill, or refused.
//
// A chunk is committed in the bucket first, then here. So a kill leaves the bucket ahead by the chunk in flight, never
// this machine; and a machine without any state takes the bucket's.

import { formatDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { findResumePoint, type StateOnDisk } from './reconcile.ts';

/** The paths are for messages: files here, addresses in the bucket. */
export type Side = Omit<StateOnDisk, 'startDay'>;

export interface Agreement {
  /** Last day that is complete in the bucket, the day before `startDay` for none. */
  readonly completedDay: number;
  /** Set when this machine's state must be set to the bucket's, with the reason. */
  readonly adopted: string | undefined;
}

/** Throws a UserError (exit 2) that names both sides when no interrupted run leaves them so. Reads only. */
export function compareSides(local: Side, bucket: Side, startDay: number): Agreement {
  requireSameFingerprint(local, bucket);
  const there = findResumePoint({ ...bucket, startDay }).completedDay;
  const here = local.checkpointDay ?? startDay - 1;
  if (here === there) return { completedDay: there, adopted: undefined };

  if (here < startDay && local.checkpointDay === undefined) {
    return { completedDay: there, adopted: `nothing was done here yet: going on after ${formatDay(there)}, where the bucket is` };
  }
  const chunkStart = bucket.state?.chunk_start_date;
  if (there > here && chunkStart === formatDay(here + 1) && bucket.state?.last_completed_date === formatDay(there)) {
    return {
      completedDay: there,
      adopted: `the last run ended between its commit in the bucket (${formatDay(there)}) and the one here: going on after it`,
    };
  }
  throw new UserError(`${local.checkpointPath} says ${say(here, startDay)}, ${bucket.checkpointPath} says ${say(there, startDay)}`, {
    hint:
      there > here
        ? 'Another machine went on from here? Then move the checkpoint and the ID state on this machine away: the run takes those of the bucket.'
        : 'Publish what is here first, with `ecomlake upload-raw --all` and the same --bucket and --prefix; or use another --prefix.',
  });
}

function requireSameFingerprint(local: Side, bucket: Side): void {
  if (local.state === undefined || bucket.state === undefined || local.state.fingerprint === bucket.state.fingerprint) return;
  throw new UserError(
    `${local.statePath} and ${bucket.statePath} belong to different lakes: fingerprint ${local.state.fingerprint} here, ${bucket.state.fingerprint} there`,
    { hint: 'Use another --prefix, or other folders (--artifact-root and --target-root).' },
  );
}

function say(day: number, startDay: number): string {
  return day < startDay ? 'nothing is done' : `${formatDay(day)} is done`;
}
