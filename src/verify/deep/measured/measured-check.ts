// A measured check compares counts of the whole lake with what the config lets expect.

import { formatCount } from '../../../lib/numbers.ts';
import type { ExpectedLake } from '../../expected-lake.ts';
import { skipped, type CheckName, type Finding } from '../../report.ts';
import type { Observations } from '../observations.ts';

export interface MeasuredCheck extends CheckName {
  judge(seen: Observations, expected: ExpectedLake): Finding;
}

/** Deviations within this many standard errors are chance: one in 1.7 million goes beyond. */
const STANDARD_ERRORS = 5;

/** A share of cells or rows, and what it should be. */
export interface Share {
  /** Table or `table.column`. */
  readonly place: string;
  /** Such as `converted by Phone`. */
  readonly what: string;
  readonly count: number;
  readonly total: number;
  readonly expected: number;
}

/** `allowed` comes on top of the sampling error, in shares of 1. */
export function judgeShares(shares: readonly Share[], allowed: number): Finding {
  const counted = shares.filter(({ total }) => total > 0);
  if (counted.length === 0) return skipped('the lake has none of them');
  const judged = counted.map((share) => {
    const { count, total, expected } = share;
    const error = Math.sqrt((expected * (1 - expected)) / total);
    // One more or less: counts are whole. A share of exactly 0 or 1 has no exceptions.
    const rounding = error > 0 ? 1 / total : 0;
    const deviation = Math.abs(count / total - expected);
    return { share, deviation, tension: deviation / (allowed + STANDARD_ERRORS * error + rounding + 1e-12) };
  });
  const worst = judged.reduce((most, next) => (next.tension > most.tension ? next : most));
  return {
    faults: judged
      .filter(({ tension }) => tension > 1)
      .map(({ share: { place, what, count, total, expected } }) => ({
        place,
        message: `${what}: ${percent(count / total)} (${count} of ${total}), should be ${percent(expected)}`,
      })),
    detail:
      `at most ${percent(worst.deviation)} off: ${worst.share.what} ${percent(worst.share.count / worst.share.total)} for ${percent(worst.share.expected)}` +
      (worst.tension <= 1 && worst.deviation > allowed ? `; of ${formatCount(worst.share.total)}, chance allows that` : ''),
  };
}

/** A figure over its expectation. */
export interface Ratio {
  readonly place: string;
  readonly what: string;
  readonly found: number;
  readonly expected: number;
  /** Relative standard error of `found`. */
  readonly error: number;
}

/** `allowed` comes on top of the sampling error, relative to what is expected. */
export function judgeRatios(ratios: readonly Ratio[], allowed: number, digits = 3): Finding {
  const text = ({ what, found }: Ratio): string => `${what} ${found.toFixed(digits)}`;
  const off = ({ found, expected }: Ratio): number => Math.abs(found / expected - 1);
  const limit = ({ error }: Ratio): number => allowed + STANDARD_ERRORS * error;
  const worst = ratios.toSorted((a, b) => off(b) / limit(b) - off(a) / limit(a))[0];
  return {
    faults: ratios
      .filter((ratio) => off(ratio) > limit(ratio))
      .map((ratio) => ({ place: ratio.place, message: `${text(ratio)}, should be ${ratio.expected.toFixed(digits)}` })),
    ...(worst === undefined
      ? {}
      : {
          detail:
            `at most ${percent(off(worst))} off: ${text(worst)} for ${worst.expected.toFixed(digits)}` +
            (off(worst) > allowed && off(worst) <= limit(worst) ? '; of so few, chance allows that' : ''),
        }),
  };
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** Weights as shares of 1; even when all are 0. */
export function shares(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total > 0 ? weight / total : 1 / weights.length));
}
