// Gaps between visits: a log-normal tabulated once, so that a draw costs one look-up.

import { normalQuantile } from '../lib/random.ts';

const KNOTS = 1025;
/** Probability at the outer knots: the tails beyond are cut. */
const TAIL = 1 / 8192;
/** Sigmas above its middle where a log-normal is cut at most: beyond them the table would lose its digits. */
const DEEPEST_CUT = 4;

/** Rounds to 40 bits, so that a last-digit difference in another machine's exp() cannot reach a timestamp. */
function coarse(value: number): number {
  const unit = 2 ** (Math.floor(Math.log2(value)) - 39);
  return Math.round(value / unit) * unit;
}

/** Quantiles of a log-normal of shape `sigma` with the given mean, cut off below `minimum` (all in days). */
export class GapTable {
  private readonly knots = new Float64Array(KNOTS);

  constructor(minimum: number, mean: number, sigma: number) {
    if (sigma === 0 || minimum >= mean) {
      this.knots.fill(coarse(mean));
      return;
    }
    // The mean rises with the scale: bisect for the scale that gives it.
    let low = minimum / 1e3 + mean / 1e6;
    let high = mean * 1e3;
    for (let step = 0; step < 80; step++) {
      const middle = Math.sqrt(low * high);
      this.tabulate(minimum, middle, sigma);
      if (this.mean() < mean) low = middle;
      else high = middle;
    }
    if (Math.abs(this.mean() / mean - 1) > 1e-6) this.shrinkTail(minimum, mean, sigma);
    for (let i = 0; i < KNOTS; i++) this.knots[i] = coarse(this.knots[i]!);
  }

  /** For a mean so near to its minimum that only a log-normal's farthest tail has it: a nearer tail, its excess scaled. */
  private shrinkTail(minimum: number, mean: number, sigma: number): void {
    this.tabulate(minimum, minimum * Math.exp(-DEEPEST_CUT * sigma), sigma);
    const shrink = (mean - minimum) / (this.mean() - minimum);
    for (let i = 0; i < KNOTS; i++) this.knots[i] = minimum + (this.knots[i]! - minimum) * shrink;
  }

  private tabulate(minimum: number, scale: number, sigma: number): void {
    const cut = minimum > 0 ? normalCdf(Math.log(minimum / scale) / sigma) : 0;
    for (let i = 0; i < KNOTS; i++) {
      const share = Math.min(Math.max(i / (KNOTS - 1), TAIL), 1 - TAIL);
      const p = Math.min(cut + (1 - cut) * share, 1 - 1e-12);
      this.knots[i] = Math.max(minimum, scale * Math.exp(sigma * normalQuantile(p)));
    }
  }

  /** Mean of what `at` gives, in days. */
  mean(): number {
    const { knots } = this;
    let sum = (knots[0]! + knots[KNOTS - 1]!) / 2;
    for (let i = 1; i < KNOTS - 1; i++) sum += knots[i]!;
    return sum / (KNOTS - 1);
  }

  /** The gap in days at a uniform 32-bit number. */
  at(u32: number): number {
    const knot = u32 >>> 22;
    const low = this.knots[knot]!;
    return low + (this.knots[knot + 1]! - low) * ((u32 & 0x3f_ffff) / 0x40_0000);
  }
}

/** Abramowitz and Stegun 26.2.17, good to 7.5e-8: only places the cut of a table. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(z));
  const tail =
    0.398_942_280_4 *
    Math.exp((-z * z) / 2) *
    t *
    (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return z < 0 ? tail : 1 - tail;
}
