import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GapTable } from '../../src/plan/gaps.ts';

const MAX_U32 = 2 ** 32 - 1;
const u32 = fc.integer({ min: 0, max: MAX_U32 });
/** Evenly spaced draws: the quantiles themselves. */
const quantiles = (table: GapTable, count = 4096): number[] =>
  Array.from({ length: count }, (_, i) => table.at(Math.floor(((i + 0.5) / count) * 2 ** 32)));
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const delays = fc
  .tuple(
    fc.double({ min: 0, max: 400, noNaN: true }),
    fc.double({ min: 0.01, max: 800, noNaN: true }),
    fc.double({ min: 0.01, max: 3, noNaN: true }),
  )
  .map(([minimum, width, sigma]) => ({ minimum, mean: minimum + width / 2, sigma }));

describe('GapTable', () => {
  it('has the mean it is asked for and never goes under its minimum', () => {
    fc.assert(
      fc.property(delays, ({ minimum, mean, sigma }) => {
        const table = new GapTable(minimum, mean, sigma);
        expect(Math.abs(table.mean() / mean - 1)).toBeLessThan(2e-6);
        const gaps = quantiles(table, 1 << 14);
        expect(Math.abs(meanOf(gaps) / mean - 1)).toBeLessThan(0.01);
        expect(table.at(0)).toBeGreaterThanOrEqual(minimum * (1 - 1e-9));
        expect(gaps.at(-1)).toBeGreaterThan(mean);
      }),
    );
  });

  it('rises with its draw', () => {
    fc.assert(
      fc.property(delays, u32, u32, ({ minimum, mean, sigma }, a, b) => {
        const table = new GapTable(minimum, mean, sigma);
        expect(table.at(Math.min(a, b))).toBeLessThanOrEqual(table.at(Math.max(a, b)));
        expect(Number.isFinite(table.at(MAX_U32))).toBe(true);
      }),
    );
  });

  it('is log-normal of the given sigma where no minimum cuts it', () => {
    for (const sigma of [0.3, 0.6, 1]) {
      const logs = quantiles(new GapTable(0, 50, sigma)).map(Math.log);
      const center = meanOf(logs);
      const deviation = Math.sqrt(meanOf(logs.map((value) => (value - center) ** 2)));
      // The tails beyond 1 in 8192 are cut, which narrows it a little.
      expect(Math.abs(deviation / sigma - 1)).toBeLessThan(0.01);
      const skew = meanOf(logs.map((value) => ((value - center) / deviation) ** 3));
      expect(Math.abs(skew)).toBeLessThan(0.01);
    }
  });

  it('keeps the log-normal’s shape above a minimum', () => {
    const [minimum, sigma] = [20, 0.6];
    const gaps = quantiles(new GapTable(minimum, 50, sigma));
    // The same log-normal cut at 20 by brute force: its scale from the quarter at the top, which the cut does not touch in shape.
    const shareAbove = (level: number) => gaps.filter((gap) => gap > level).length / gaps.length;
    const tail = (z: number) => 0.5 * erfc(z / Math.SQRT2);
    const scale = solve(
      (candidate) => tail(Math.log(60 / candidate) / sigma) / tail(Math.log(minimum / candidate) / sigma) - shareAbove(60),
    );
    for (const level of [25, 30, 40, 80, 120]) {
      const expected = tail(Math.log(level / scale) / sigma) / tail(Math.log(minimum / scale) / sigma);
      expect(Math.abs(shareAbove(level) - expected)).toBeLessThan(0.003);
    }
  });

  it.each([
    ['no spread', 20, 50, 0],
    ['no room above the minimum', 30, 30, 0.5],
  ])('is the mean throughout with %s', (_, minimum, mean, sigma) => {
    const table = new GapTable(minimum, mean, sigma);
    for (const draw of [0, 1 << 22, 2 ** 31, MAX_U32]) expect(table.at(draw)).toBeCloseTo(mean, 9);
  });

  it('gives these gaps on every machine: a change changes every lake', () => {
    const table = new GapTable(20, 50, 0.6);
    expect([0, 2 ** 30, 2 ** 31, 3 * 2 ** 30, MAX_U32].map((draw) => table.at(draw))).toEqual([
      20.005405800096923, 30.249492094415473, 41.88598370261025, 60.381201990821864, 346.7287820612753,
    ]);
  });
});

/** Root of a rising function between 1 and 1000, by bisection. */
function solve(f: (x: number) => number): number {
  let [low, high] = [1, 1000];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
  return low;
}

/** Complementary error function by its continued fraction and series: independent of the tables under test. */
function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 60; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}
