// Volume over time: how much in all, by month, weekday and hour, and no seam where one chunk ends and the next begins.

import { formatDay, monthOf, parseDay, weekdayOf } from '../../../lib/days.ts';
import type { ExpectedLake } from '../../expected-lake.ts';
import { skipped, type Finding } from '../../report.ts';
import type { Observations } from '../observations.ts';
import { monthFactor, seasonOf, WEEKDAYS, weekdayFactor } from './calendar.ts';
import { judgeRatios, judgeShares, shares, type MeasuredCheck, type Ratio } from './measured-check.ts';
import { trendAt, type DaySeries } from './trend.ts';

const CHUNK_DAYS = 30;
/** A month is seen against the months around it, about four on either side. */
const MONTH_BANDWIDTH_DAYS = 120;
/** Of those, days that must lie both before and after it. */
const LEAST_NEIGHBOUR_DAYS = 20;
const SHORT_BANDWIDTH_DAYS = 60;
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** One customer's visits come in spells, so that counts spread more than those of independent events. */
const SPREAD = 1.5;

function countsOf(seen: Observations, table: 'shopping_carts' | 'orders', { firstDay, settledDay }: ExpectedLake): Float64Array {
  return Float64Array.from({ length: settledDay - firstDay + 1 }, (_, i) => seen.daily[table].get(firstDay + i) ?? 0);
}

function judgeVolume(seen: Observations, expected: ExpectedLake): Finding {
  const { config, firstDay, lastDay, file } = expected;
  const [start, end] = config.simulation.calibration_window;
  if (parseDay(start) < firstDay || parseDay(end) > lastDay) return skipped(`the lake does not cover ${start} to ${end}`);
  // Of what is late, the last days' share has not arrived.
  const last = Math.min(parseDay(end), expected.settledDay);
  const days = last - parseDay(start) + 1;
  let found = 0;
  for (let day = parseDay(start); day <= last; day++) found += seen.daily.shopping_carts.get(day) ?? 0;
  const wanted = (config.simulation.carts_per_30_days * file.made_with.scale * days) / 30;
  return judgeRatios([{ place: 'shopping_carts', what: 'carts', found, expected: wanted, error: SPREAD / Math.sqrt(wanted) }], 0.02, 0);
}

function judgeMonths(seen: Observations, expected: ExpectedLake): Finding {
  const { config, firstDay, lastDay } = expected;
  if (lastDay - firstDay + 1 < 365) return skipped('needs a year');
  const counts = countsOf(seen, 'shopping_carts', expected);
  const levels = counts.map((count, i) => count / weekdayFactor(config, firstDay + i));
  const ratios: Ratio[] = [];
  for (let month = 1; month <= 12; month++) {
    const factor = monthFactor(config, month);
    // Other months of an even season; where there are few, all others with their factor taken out.
    const others = Array.from({ length: 12 }, (_, i) => i + 1).filter((other) => other !== month && monthFactor(config, other) === 1);
    const isEven = others.length >= 4;
    const around: DaySeries = {
      values: isEven ? levels : levels.map((level, i) => level / seasonOf(config, firstDay + i)),
      weights: Float64Array.from(levels, (_, i) =>
        (isEven ? others.includes(monthOf(firstDay + i)) : monthOf(firstDay + i) !== month) ? 1 : 0,
      ),
    };
    let found = 0;
    let base = 0;
    let carts = 0;
    for (let i = 0; i < counts.length; i++) {
      if (monthOf(firstDay + i) !== month || !hasNeighbours(around, i)) continue;
      const trend = trendAt(around, i, MONTH_BANDWIDTH_DAYS);
      if (trend === undefined || trend <= 0) continue;
      found += levels[i]!;
      base += trend;
      carts += counts[i]!;
    }
    // The months around it have about as many days that count.
    if (carts > 0)
      ratios.push({
        place: 'shopping_carts',
        what: MONTHS[month - 1]!,
        found: found / base,
        expected: factor,
        error: SPREAD * Math.sqrt((1 + factor) / carts),
      });
  }
  if (ratios.length === 0) return skipped('needs a year');
  const { faults, detail } = judgeRatios(ratios, 0.05);
  const busy = ratios.filter((ratio) => ratio.expected !== 1).map(({ what, found }) => `${what} ${found.toFixed(3)}`);
  return { faults, detail: [...(busy.length > 0 ? [busy.join(', ')] : []), detail].join('; ') };
}

function hasNeighbours({ weights }: DaySeries, day: number): boolean {
  const count = (from: number, to: number): number =>
    weights.subarray(Math.max(0, from), Math.max(0, to)).reduce((sum, weight) => sum + weight, 0);
  return (
    count(day - MONTH_BANDWIDTH_DAYS, day) >= LEAST_NEIGHBOUR_DAYS && count(day + 1, day + MONTH_BANDWIDTH_DAYS + 1) >= LEAST_NEIGHBOUR_DAYS
  );
}

/** Counts over season and growth, and over weekdays when asked: 1 on an ordinary day. */
function levelledDays(
  counts: Float64Array,
  expected: ExpectedLake,
  withoutWeekdays: boolean,
): { level: Float64Array; expectedCounts: Float64Array } {
  const { config, firstDay } = expected;
  const factor = counts.map((_, i) => seasonOf(config, firstDay + i) * weekdayFactor(config, firstDay + i));
  const series: DaySeries = { values: counts.map((count, i) => count / factor[i]!), weights: new Float64Array(counts.length).fill(1) };
  const trend = counts.map((_, i) => Math.max(0, trendAt(series, i, SHORT_BANDWIDTH_DAYS) ?? 0));
  const expectedCounts = trend.map((value, i) => value * (withoutWeekdays ? factor[i]! : seasonOf(config, firstDay + i)));
  return { level: counts, expectedCounts };
}

function judgeWeekdays(seen: Observations, expected: ExpectedLake): Finding {
  const counts = countsOf(seen, 'shopping_carts', expected);
  if (counts.length < 56) return skipped('needs eight weeks');
  const { expectedCounts } = levelledDays(counts, expected, false);
  const ratios = WEEKDAYS.map((what, weekday) => {
    const own = counts.map((_, i) => (weekdayOf(expected.firstDay + i) === weekday ? 1 : 0));
    return ratioOf('shopping_carts', what, counts, expectedCounts, own, weekdayFactor(expected.config, MONDAY + weekday));
  });
  return judgeRatios(ratios, 0.03);
}

/** 1970-01-05. */
const MONDAY = 4;

function ratioOf(place: string, what: string, counts: Float64Array, base: Float64Array, own: Float64Array, expected: number): Ratio {
  const found = counts.reduce((sum, count, i) => sum + own[i]! * count, 0);
  const wanted = base.reduce((sum, value, i) => sum + own[i]! * value, 0);
  return { place, what, found: found / wanted, expected, error: SPREAD / Math.sqrt(Math.max(1, wanted)) };
}

function judgeHours(seen: Observations, { config }: ExpectedLake): Finding {
  const total = seen.hours.reduce((sum, count) => sum + count, 0);
  const wanted = shares(config.simulation.hour_of_day_weights);
  return judgeShares(
    wanted.map((share, hour) => ({
      place: 'shopping_carts.created_at',
      what: `carts at ${hour} h`,
      count: seen.hours[hour]!,
      total,
      expected: share,
    })),
    0.005,
  );
}

function judgeSeams(seen: Observations, expected: ExpectedLake): Finding {
  const days = expected.lastDay - expected.firstDay + 1;
  if (days < 6 * CHUNK_DAYS) return skipped(`needs ${6 * CHUNK_DAYS} days, the lake has ${days}`);
  const ratios = (['shopping_carts', 'orders'] as const).flatMap((table) => {
    const counts = countsOf(seen, table, expected);
    const { expectedCounts } = levelledDays(counts, expected, true);
    return Array.from({ length: CHUNK_DAYS }, (_, position) => {
      const own = counts.map((_, i) => (i % CHUNK_DAYS === position ? 1 : 0));
      return ratioOf(
        table,
        `${table} on day ${position + 1} of ${CHUNK_DAYS} (from ${formatDay(expected.firstDay)} on)`,
        counts,
        expectedCounts,
        own,
        1,
      );
    });
  });
  return judgeRatios(ratios, 0.03, 4);
}

export const VOLUME_CHECKS: readonly MeasuredCheck[] = [
  { name: 'volume', description: 'as many carts over the calibration window as configured, within 2 %', judge: judgeVolume },
  {
    name: 'months',
    description: 'each month against those around it, growth removed, is as busy as configured, within 5 %',
    judge: judgeMonths,
  },
  { name: 'weekdays', description: 'each weekday is as busy as configured, within 3 %', judge: judgeWeekdays },
  { name: 'hours', description: 'each hour has its share of the carts, within half a point', judge: judgeHours },
  {
    name: 'seams',
    description: 'volume by position in a chunk of 30 days, season, weekday and growth removed, is flat within 3 %',
    judge: judgeSeams,
  },
];
