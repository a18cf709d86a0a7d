// How busy each calendar month is against an ordinary one, growth removed, from rows a day alone.

import { monthOf, parseDay, yearOf } from '../lib/days.ts';
import { trendAt } from '../verify/deep/measured/trend.ts';
import type { DayRows, MonthFactor } from './figures.ts';

/** Half a year on either side: every trend has seen every month. */
const BANDWIDTH_DAYS = 183;
/** The factors move by less than 0.001 after eight. */
const ROUNDS = 12;
const MONTHS = Array.from({ length: 12 }, (_, i) => i + 1);
const MIN_MONTH_DAYS = 28;

/**
 * Season and growth are told apart in turns: the trend of the days with their month's factor taken out, then the factor
 * of each month against that trend. Undefined when not every calendar month is there in full.
 */
export function findSeasons(
  daily: readonly DayRows[],
  configured: Readonly<Record<string, number>> | undefined,
): MonthFactor[] | undefined {
  if (daily.length === 0) return undefined;
  const first = parseDay(daily[0]!.date);
  const values = new Float64Array(parseDay(daily.at(-1)!.date) - first + 1);
  const weights = new Float64Array(values.length);
  for (const { date, rows } of daily) {
    values[parseDay(date) - first] = rows;
    weights[parseDay(date) - first] = 1;
  }
  const months = Array.from(values, (_, i) => monthOf(first + i));
  const fullMonths = listFullMonths(first, weights);
  if (!MONTHS.every((month) => fullMonths.some((full) => full.month === month))) return undefined;

  let factors = new Map(MONTHS.map((month) => [month, 1]));
  let trend = new Float64Array();
  for (let round = 0; round < ROUNDS; round++) {
    const levelled = values.map((value, i) => value / factors.get(months[i]!)!);
    trend = levelled.map((_, i) => trendAt({ values: levelled, weights }, i, BANDWIDTH_DAYS) ?? 0);
    const raw = MONTHS.map((month) => ratio(values, trend, (i) => months[i] === month && weights[i] === 1));
    const ordinary = median(raw);
    if (!(ordinary > 0)) return undefined;
    factors = new Map(MONTHS.map((month, i) => [month, Math.max(raw[i]! / ordinary, Number.EPSILON)]));
  }
  return MONTHS.map((month) => ({
    month,
    factor: factors.get(month)!,
    configured: configured === undefined ? undefined : (configured[String(month)] ?? 1),
    years: fullMonths
      .filter((full) => full.month === month)
      .map(({ year, from, to }) => ({ year, factor: ratio(values, trend, (i) => i >= from && i < to) })),
  }));
}

interface FullMonth {
  readonly year: number;
  readonly month: number;
  /** Positions in the series; `to` is behind the last day. */
  readonly from: number;
  readonly to: number;
}

function listFullMonths(first: number, weights: Float64Array): FullMonth[] {
  const full: FullMonth[] = [];
  let from = 0;
  for (let i = 1; i <= weights.length; i++) {
    if (i < weights.length && monthOf(first + i) === monthOf(first + i - 1)) continue;
    const day = first + from;
    const isWhole = monthOf(day - 1) !== monthOf(day) && monthOf(first + i) !== monthOf(day) && i - from >= MIN_MONTH_DAYS;
    if (isWhole && weights.subarray(from, i).every((weight) => weight === 1)) {
      full.push({ year: yearOf(day), month: monthOf(day), from, to: i });
    }
    from = i;
  }
  return full;
}

function ratio(values: Float64Array, trend: Float64Array, counts: (i: number) => boolean): number {
  let found = 0;
  let base = 0;
  for (let i = 0; i < values.length; i++) {
    if (!counts(i)) continue;
    found += values[i]!;
    base += trend[i]!;
  }
  return base > 0 ? found / base : 0;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}
