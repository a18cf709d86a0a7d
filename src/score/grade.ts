// What counts of right and wrong cells are worth: precision, recall and F1 of finding defects and of repairing them.

export interface Counts {
  /** Cells of the answer key. */
  readonly defects: number;
  /** Of these, cells that the answer changed or listed. */
  readonly detected: number;
  /** Of these, cells that have their clean value again. */
  readonly repaired: number;
  /** Cells that were right and that the answer changed or listed. */
  readonly wrong: number;
}

/** From 0 to 1. */
export interface Score {
  /** Of what the answer says, the share that is right; null when it says nothing. */
  readonly precision: number | null;
  /** Of the defects, the share that it has; null when there are none. */
  readonly recall: number | null;
  /** Harmonic mean of both; 0 when nothing is right, null when there was nothing to do and nothing was done. */
  readonly f1: number | null;
}

export interface Grade extends Counts {
  readonly detection: Score;
  /** All null: the answer does not say what cells should be. */
  readonly repair: Score;
}

const UNKNOWN: Score = { precision: null, recall: null, f1: null };
export const NOTHING: Counts = { defects: 0, detected: 0, repaired: 0, wrong: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    defects: a.defects + b.defects,
    detected: a.detected + b.detected,
    repaired: a.repaired + b.repaired,
    wrong: a.wrong + b.wrong,
  };
}

export function grade(counts: Counts, saysValues = true): Grade {
  const { defects, detected, repaired, wrong } = counts;
  const said = detected + wrong;
  return {
    ...counts,
    detection: scoreOf(detected, said, defects),
    repair: saysValues ? scoreOf(repaired, said, defects) : UNKNOWN,
  };
}

function scoreOf(right: number, said: number, wanted: number): Score {
  return {
    precision: said === 0 ? null : right / said,
    recall: wanted === 0 ? null : right / wanted,
    f1: said + wanted === 0 ? null : (2 * right) / (said + wanted),
  };
}

/** Three digits; 1.000 only where nothing is missing, 0.000 only where nothing is right. */
export function formatScore(value: number | null): string {
  if (value === null) return '–';
  if (value > 0 && value < 0.0005) return '<0.001';
  return (value < 1 ? Math.min(value, 0.999) : value).toFixed(3);
}
