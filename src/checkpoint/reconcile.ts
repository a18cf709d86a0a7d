// Where a run goes on: ID state, checkpoint and plan held against each other.

import { formatDay, parseDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import type { IdState, LakeIdentity, LastIds } from './id-state.ts';
import { ID_STATE_VERSION } from './id-state.ts';

/** What lies on disk, and the lake's first day. */
export interface StateOnDisk {
  readonly statePath: string;
  readonly checkpointPath: string;
  readonly state: IdState | undefined;
  readonly checkpointDay: number | undefined;
  readonly startDay: number;
}

export interface ReconcileInput extends StateOnDisk {
  readonly fingerprint: string;
  readonly identity: LakeIdentity;
  /** The plan's last IDs at the end of a day; `startDay - 1` gives zeros. */
  readonly idsThrough: (day: number) => LastIds;
}

export interface ResumePoint {
  /** Last completed day, `startDay - 1` for a fresh lake. */
  readonly completedDay: number;
  /** Set when what was on disk differs from what it should be at `completedDay`, with the reason. */
  readonly repaired: string | undefined;
}

/** Throws a UserError (exit 2) that names both sides when they cannot belong together. Reads only. */
export function reconcile(input: ReconcileInput): ResumePoint {
  if (input.state !== undefined) requireSameRun(input, input.state);
  const point = findResumePoint(input);
  // A state ahead of the checkpoint is written anew, and the plan may end before its day.
  if (input.state !== undefined && point.repaired === undefined) requireSameIds(input, input.state, point.completedDay);
  return point;
}

const NEW_LAKE = 'for a new lake other folders (--artifact-root and --target-root)';

/** The part that needs no plan: whether the dates can belong together. Throws as `reconcile` does. */
export function findResumePoint({ state, checkpointDay, startDay, statePath, checkpointPath }: StateOnDisk): ResumePoint {
  const checkpoint = checkpointDay ?? startDay - 1;
  if (checkpoint < startDay - 1) {
    throw conflict(
      `${checkpointPath} says ${formatDay(checkpoint)}, which is before the lake's first day ${formatDay(startDay)}`,
      `Use the --start-date that the lake was begun with, or ${NEW_LAKE}.`,
    );
  }
  if (state === undefined) {
    if (checkpointDay === undefined) return { completedDay: checkpoint, repaired: undefined };
    throw conflict(
      `${checkpointPath} says ${formatDay(checkpoint)} is done, but there is no ID state at ${statePath}`,
      'Restore the ID state, or start over: move the checkpoint and the lake away.',
    );
  }
  const stateDay = state.last_completed_date === null ? startDay - 1 : parseDay(state.last_completed_date, statePath);
  if (stateDay === checkpoint) return { completedDay: checkpoint, repaired: undefined };

  const chunkStart = state.chunk_start_date === null ? undefined : parseDay(state.chunk_start_date, statePath);
  if (stateDay > checkpoint && chunkStart === checkpoint + 1) {
    return {
      completedDay: checkpoint,
      repaired: `the last run ended between the ID state (${formatDay(stateDay)}) and the checkpoint: its chunk is made again from ${formatDay(checkpoint + 1)}`,
    };
  }
  throw conflict(
    `${statePath} says ${state.last_completed_date ?? 'nothing'} is done, ${checkpointPath} says ${checkpointDay === undefined ? 'nothing' : formatDay(checkpoint)}: no interrupted run leaves them like this`,
    'Restore the file that was changed, or start over: move both and the lake away.',
  );
}

/** Also usable before the lookups are there: what `identity` leaves out is not compared. */
export function requireSameSettings(statePath: string, state: IdState, identity: Partial<LakeIdentity>): void {
  const differences = describeDifferences(state.made_with, identity);
  if (differences !== undefined) throw otherRun(statePath, differences);
}

/** Hashes, which differ too where what goes into them does. */
const HASHES: readonly (keyof LakeIdentity)[] = ['config', 'lookups', 'mess'];

/** Undefined where nothing differs of what `identity` has. */
export function describeDifferences(there: LakeIdentity, here: Partial<LakeIdentity>): string | undefined {
  const different = (Object.keys(here) as (keyof LakeIdentity)[]).filter((key) => there[key] !== here[key]);
  const plain = different.filter((key) => !HASHES.includes(key));
  const told = (plain.length > 0 ? plain : different).map((key) => `${key} ${there[key]} there, ${here[key]} here`);
  return told.length > 0 ? told.join('; ') : undefined;
}

function requireSameRun({ fingerprint, identity, statePath }: ReconcileInput, state: IdState): void {
  requireSameSettings(statePath, state, identity);
  requireSameFingerprint(statePath, state, fingerprint);
}

export function requireSameFingerprint(statePath: string, state: IdState, fingerprint: string): void {
  if (state.fingerprint !== fingerprint) throw otherRun(statePath, `fingerprint ${state.fingerprint} there, ${fingerprint} here`);
}

function otherRun(statePath: string, differences: string): UserError {
  return conflict(`${statePath} belongs to another run: ${differences}`, `Use the settings that the lake was begun with, or ${NEW_LAKE}.`);
}

function requireSameIds({ idsThrough, statePath }: ReconcileInput, state: IdState, stateDay: number): void {
  const planned = idsThrough(stateDay);
  const wrong = (Object.keys(planned) as (keyof LastIds)[])
    .filter((key) => state[key] !== planned[key])
    .map((key) => `${key} is ${state[key]} there, ${planned[key]} in the plan`);
  if (wrong.length > 0)
    throw conflict(`${statePath} does not fit its date ${formatDay(stateDay)}: ${wrong.join('; ')}`, 'Restore the ID state.');
}

function conflict(message: string, hint: string): UserError {
  return new UserError(message, { hint });
}

/** The state at the end of `day`. */
export function idStateAt(
  day: number,
  chunkStart: number,
  input: Pick<ReconcileInput, 'fingerprint' | 'identity' | 'startDay' | 'idsThrough'>,
  now: Date,
): IdState {
  const begun = day >= input.startDay;
  return {
    ...input.idsThrough(day),
    last_completed_date: begun ? formatDay(day) : null,
    chunk_start_date: begun ? formatDay(chunkStart) : null,
    last_updated: now.toISOString(),
    version: ID_STATE_VERSION,
    fingerprint: input.fingerprint,
    made_with: input.identity,
  };
}
