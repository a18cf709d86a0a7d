// What a verification hands back: every check with the faults it found, each with its place.

import type { TableTotals } from '../events.ts';

export interface Fault {
  /** Path below the lake's root: a part, a partition, a table, or `lake.json`. */
  readonly place: string;
  /** What differs there; several rows of one file are one fault that counts them. */
  readonly message: string;
}

export interface CheckReport {
  readonly name: string;
  readonly description: string;
  readonly ok: boolean;
  readonly faults: readonly Fault[];
  /** A measured figure, or why the check was skipped. */
  readonly detail?: string;
}

export interface VerifyReport {
  /** A folder, or an address such as `gs://bucket/ecom/raw`. */
  readonly root: string;
  /** Hash over the paths and sums of every file that is there, sound or not. */
  readonly identity: string;
  /** Whether every partition that `lake.json` promises is there, and all files in `identity`; false without a `lake.json`. */
  readonly complete: boolean;
  readonly tables: readonly TableTotals[];
  readonly checks: readonly CheckReport[];
  readonly ok: boolean;
  readonly elapsedMs: number;
}

/** A check before it ran. */
export interface CheckName {
  readonly name: string;
  readonly description: string;
}

/** What a check found. */
export interface Finding {
  readonly faults: readonly Fault[];
  readonly detail?: string | undefined;
}

export function reportCheck({ name, description }: CheckName, { faults, detail }: Finding): CheckReport {
  return { name, description, ok: faults.length === 0, faults, ...(detail === undefined ? {} : { detail }) };
}

const SKIPPED = 'skipped: ';

/** For a check that this lake cannot be put to: it counts as passed, and says that it was not run. */
export function skipped(why: string): Finding {
  return { faults: [], detail: `${SKIPPED}${why}` };
}

export type Outcome = 'passed' | 'failed' | 'skipped';

export function outcomeOf({ ok, detail }: CheckReport): Outcome {
  if (!ok) return 'failed';
  return detail?.startsWith(SKIPPED) === true ? 'skipped' : 'passed';
}

export function countOutcome(checks: readonly CheckReport[], outcome: Outcome): number {
  return checks.filter((check) => outcomeOf(check) === outcome).length;
}
