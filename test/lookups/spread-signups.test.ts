import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadSignups } from '../../src/lookups/spread-signups.ts';

describe('spreadSignups', () => {
  it('gives out all customers, and one on every day when there are enough', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 50_000 }), fc.integer({ min: 1, max: 3000 }), (seed, count, days) => {
        const signups = spreadSignups(seed, count, days);
        expect(signups).toHaveLength(days);
        expect(signups.reduce((sum, today) => sum + today, 0)).toBe(count);
        expect(Math.min(...signups)).toBeGreaterThanOrEqual(count >= days ? 1 : 0);
      }),
    );
  });

  it('is heavy in the first two of seven years and declines after', () => {
    const days = 2562;
    const signups = spreadSignups(42, 300_000, days);
    const mean = (from: number, to: number): number => signups.slice(from, to).reduce((sum, today) => sum + today, 0) / (to - from);
    const years = Array.from({ length: 7 }, (_, year) => mean(year * 365, Math.min((year + 1) * 365, days)));
    // A day's ±20 % leaves a year's mean within 0.6 % (one standard deviation): four of them.
    expect(years[1]! / years[0]!).toBeGreaterThan(0.97);
    expect(years[1]! / years[0]!).toBeLessThan(1.03);
    for (let year = 2; year < 7; year++) expect(years[year]!).toBeLessThan(years[year - 1]! * 0.97);
    expect(years[6]! / years[0]!).toBeGreaterThan(0.1);
    expect(years[6]! / years[0]!).toBeLessThan(0.25);
  });

  it('differs from day to day and from seed to seed', () => {
    const signups = spreadSignups(1, 300_000, 2562);
    expect(new Set(signups.slice(0, 700)).size).toBeGreaterThan(40);
    expect(spreadSignups(2, 300_000, 2562)).not.toEqual(signups);
    expect(spreadSignups(1, 300_000, 2562)).toEqual(signups);
  });
});
