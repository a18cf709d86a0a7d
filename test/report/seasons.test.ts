import { expect, test } from 'vitest';
import { formatDay, monthOf, parseDay } from '../../src/lib/days.ts';
import { findSeasons } from '../../src/report/seasons.ts';

const FACTORS: Readonly<Record<string, number>> = { 7: 1.2, 11: 1.6, 12: 2.1 };

/** Carts that double in a year, more or less by weekday. */
function growing(start: string, end: string): { date: string; rows: number }[] {
  const first = parseDay(start);
  return Array.from({ length: parseDay(end) - first + 1 }, (_, i) => {
    const season = FACTORS[String(monthOf(first + i))] ?? 1;
    const weekday = 1 + 0.1 * Math.sin((2 * Math.PI * i) / 7);
    return { date: formatDay(first + i), rows: 1000 * 2 ** (i / 365) * season * weekday };
  });
}

test.each([
  ['2020-01-01', '2026-01-08', 0.01],
  ['2020-03-10', '2022-04-20', 0.03],
])('finds the factors of %s to %s, growth removed', (start, end, tolerance) => {
  const seasons = findSeasons(growing(start, end), FACTORS)!;
  for (const { factor, configured } of seasons) expect(Math.abs(factor / configured! - 1)).toBeLessThan(tolerance);
  expect(seasons.find(({ month }) => month === 12)!.years.map(({ year }) => year)).not.toContain(2019);
});

test('needs each month in full', () => {
  expect(findSeasons(growing('2020-01-01', '2020-12-31'), undefined)).toHaveLength(12);
  expect(findSeasons(growing('2020-01-01', '2020-12-30'), undefined)).toBeUndefined();
  expect(findSeasons([], undefined)).toBeUndefined();
});

test('an empty shop has no season', () => {
  const days = growing('2020-01-01', '2021-12-31').map(({ date }) => ({ date, rows: 0 }));
  expect(findSeasons(days, undefined)).toBeUndefined();
});
