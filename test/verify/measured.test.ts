// The measured checks on counts made by hand: what follows from the config passes, what does not is named.

import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../src/config/load.ts';
import type { MessinessLevel } from '../../src/config/mess-levels.ts';
import { formatDay, monthOf, parseDay, weekdayOf } from '../../src/lib/days.ts';
import { MEASURED_CHECKS } from '../../src/verify/deep/measured/index.ts';
import { judgeRatios, judgeShares } from '../../src/verify/deep/measured/measured-check.ts';
import { trendAt } from '../../src/verify/deep/measured/trend.ts';
import { Observations } from '../../src/verify/deep/observations.ts';
import type { ExpectedLake } from '../../src/verify/expected-lake.ts';
import type { Finding } from '../../src/verify/report.ts';

const config = defaultConfig();
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

function expectedLake(start: string, end: string, level: MessinessLevel = 'none'): ExpectedLake {
  const made_with = { messiness_level: level, scale: 1 };
  return {
    config,
    firstDay: parseDay(start),
    lastDay: parseDay(end),
    settledDay: parseDay(end),
    file: { start_date: start, end_date: end, made_with },
  } as unknown as ExpectedLake;
}

const SIX_YEARS = expectedLake('2020-01-01', '2026-01-08');

function judge(name: string, seen: Observations, expected: ExpectedLake = SIX_YEARS): Finding {
  return MEASURED_CHECKS.find((check) => check.name === name)!.judge(seen, expected);
}

/** A shop that grows, with the seasons and weekdays of the config; `change` bends single days. */
function days({ firstDay, lastDay }: ExpectedLake, change: (day: number) => number = () => 1): Observations {
  const seen = new Observations();
  for (let day = firstDay; day <= lastDay; day++) {
    const growth = 4000 + 3 * (day - firstDay);
    const season = config.parameters.seasonal_factors[String(monthOf(day))] ?? 1;
    const carts = growth * season * config.simulation.day_of_week_factors[WEEKDAYS[weekdayOf(day)]!] * change(day);
    seen.daily.shopping_carts.set(day, Math.round(carts));
    seen.daily.orders.set(day, Math.round(carts * 0.13));
  }
  return seen;
}

describe('volume over time', () => {
  it('of the configured shape passes', () => {
    const seen = days(SIX_YEARS);
    for (const name of ['months', 'weekdays', 'seams']) expect(judge(name, seen).faults, name).toEqual([]);
    expect(judge('months', seen).detail).toMatch(/^July 1\.2\d\d, November 1\.[56]\d\d, December 2\.[01]\d\d/);
  });

  it('names a month that is too quiet', () => {
    const faults = judge(
      'months',
      days(SIX_YEARS, (day) => (monthOf(day) === 12 ? 0.9 : 1)),
    ).faults;
    expect(faults).toEqual([
      { place: 'shopping_carts', message: expect.stringMatching(/^December 1\.8\d\d, should be 2\.100$/) as string },
    ]);
  });

  it('names a weekday that is too busy', () => {
    const { faults } = judge(
      'weekdays',
      days(SIX_YEARS, (day) => (weekdayOf(day) === 2 ? 1.1 : 1)),
    );
    expect(faults.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^Wednesday/));
  });

  it('names the days of a chunk that swell, as they did in the old lake', () => {
    const { faults } = judge(
      'seams',
      days(SIX_YEARS, (day) => ((day - SIX_YEARS.firstDay) % 30 >= 28 ? 2.5 : 1)),
    );
    expect(faults.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^shopping_carts on day 30 of 30/));
  });

  it('names a small seam, of one day in thirty', () => {
    const { faults } = judge(
      'seams',
      days(SIX_YEARS, (day) => ((day - SIX_YEARS.firstDay) % 30 === 0 ? 0.92 : 1)),
    );
    expect(faults.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^shopping_carts on day 1 of 30/),
      expect.stringMatching(/^orders on day 1 of 30/),
    ]);
  });

  it('is held against carts_per_30_days over the calibration window', () => {
    expect(judge('volume', days(SIX_YEARS)).faults).toEqual([
      { place: 'shopping_carts', message: expect.stringContaining('should be 23100000') as string },
    ]);
  });

  it.each([
    ['months', '2020-06-30', 'needs a year'],
    ['weekdays', '2020-02-20', 'needs eight weeks'],
    ['seams', '2020-03-31', 'needs 180 days, the lake has 91'],
    ['repeat visits', '2021-06-30', 'needs two years'],
    ['volume', '2021-06-30', 'does not cover 2020-01-01 to 2026-01-08'],
  ])('%s: a window to %s is too short', (name, end, why) => {
    const expected = expectedLake('2020-01-01', end);
    expect(judge(name, days(expected), expected)).toEqual({ faults: [], detail: expect.stringContaining(why) as string });
  });

  it('hours: the configured weights pass, even ones do not', () => {
    const seen = new Observations();
    config.simulation.hour_of_day_weights.forEach((weight, hour) => (seen.hours[hour] = weight * 1e6));
    expect(judge('hours', seen).faults).toEqual([]);
    seen.hours.fill(1e6);
    expect(judge('hours', seen).faults.length).toBeGreaterThan(10);
  });
});

describe('conversion', () => {
  const seenWith = (phoneRate: number): Observations => {
    const seen = new Observations();
    for (const channel of [...config.vocab.signup_channels, null]) {
      const boost = config.parameters.first_purchase_conversion_boost[channel ?? ''] ?? 1;
      for (const isFirst of [true, false]) {
        const rate = channel === 'Phone' && isFirst ? phoneRate : 0.12 * (isFirst ? boost : 1);
        seen.conversions.add([channel, isFirst, 'converted'], Math.round(1e6 * rate));
        seen.conversions.add([channel, isFirst, 'emptied'], Math.round(1e6 * (1 - rate) * 0.15));
        seen.conversions.add([channel, isFirst, 'abandoned'], Math.round(1e6 * (1 - rate) * 0.85));
      }
    }
    return seen;
  };

  it('with the boost before the first order passes', () => {
    expect(judge('conversion', seenWith(0.18)).faults).toEqual([]);
    expect(judge('emptied share', seenWith(0.18)).faults).toEqual([]);
  });

  it('without it is named', () => {
    expect(judge('conversion', seenWith(0.12)).faults).toEqual([
      {
        place: 'shopping_carts.status',
        message: 'converted before the first order of Phone: 12.00 % (120000 of 1000000), should be 18.00 %',
      },
    ]);
  });
});

describe('mess', () => {
  /** Status and payment with `padded` of 1000 cells in spaces, `cased` in capitals. */
  const seenWith = (padded: number, cased: number, missing: number): Observations => {
    const seen = new Observations();
    for (let i = 0; i < 10_000; i++) {
      const word = i % 1000 < cased ? 'CONVERTED' : 'converted';
      seen.values.add(['shopping_carts.status', i % 1000 >= 1000 - padded ? ` ${word} ` : word], 1);
      seen.nulls.add(['shopping_carts.updated_at', i % 1000 < missing], 1);
    }
    return seen;
  };

  it.each(['none', 'light_mess', 'medium_mess', 'heavy_mess'] as const)('%s: its own rates pass, others are named', (level) => {
    const expected = expectedLake('2020-01-01', '2020-12-31', level);
    const [text, missing] = { none: [0, 0], light_mess: [50, 20], medium_mess: [80, 40], heavy_mess: [150, 80] }[level] as [number, number];
    const judged = (seen: Observations) =>
      ['mess: padding', 'mess: casing', 'mess: missing values'].flatMap((name) =>
        judge(name, seen, expected).faults.map(({ message }) => message.split(':')[0]),
      );
    expect(judged(seenWith(text, text, missing))).toEqual([]);
    expect(judged(seenWith(text + 25, text, missing))).toEqual(['padded shopping_carts.status']);
    expect(judged(seenWith(text, text + 25, missing))).toEqual(['other case in shopping_carts.status']);
    expect(judged(seenWith(text, text, missing + 25))).toEqual(['missing shopping_carts.updated_at']);
  });

  it('none: not one cell may be dirty', () => {
    const seen = seenWith(0, 0, 0);
    seen.values.add(['shopping_carts.status', ' converted'], 1);
    seen.nulls.add(['orders.agent_id', true], 1);
    seen.nulls.add(['orders.agent_id', false], 1e6);
    const expected = expectedLake('2020-01-01', '2020-12-31', 'none');
    expect(judge('mess: padding', seen, expected).faults).toHaveLength(1);
    expect(judge('mess: missing values', seen, expected).faults).toHaveLength(1);
  });

  it('spike months: one a year, whole', () => {
    const expected = expectedLake('2020-01-01', '2020-12-31', 'medium_mess');
    const seenIn = (...spikes: string[]): Observations => {
      const seen = days(expected);
      for (let month = 1; month <= 12; month++) {
        const name = `2020-${String(month).padStart(2, '0')}`;
        seen.inflated.add([name, spikes.includes(name)], 1000);
      }
      return seen;
    };
    expect(judge('mess: spike months', seenIn('2020-05'), expected)).toMatchObject({ faults: [], detail: 'spike months 2020-05' });
    expect(judge('mess: spike months', seenIn(), expected).faults).toEqual([
      { place: 'orders.total_items', message: '2020 has no spike month' },
    ]);
    expect(judge('mess: spike months', seenIn('2020-05', '2020-07'), expected).faults[0]?.message).toContain('more than one spike month');
    const halfway = seenIn('2020-05');
    halfway.inflated.add(['2020-05', false], 3);
    expect(judge('mess: spike months', halfway, expected).faults[0]?.message).toBe(
      '2020-05: 1000 orders count too many items and 3 do not',
    );
  });

  it('return reasons: even ones are clean, and no medium mess', () => {
    const seen = new Observations();
    for (const category of config.vocab.categories) {
      for (const reason of config.vocab.return_reasons) seen.reasons.add([category.toLowerCase(), reason.toLowerCase()], 5000);
    }
    expect(judge('mess: return reasons', seen).faults).toEqual([]);
    expect(judge('mess: return reasons', seen, expectedLake('2020-01-01', '2020-12-31', 'medium_mess')).faults.length).toBeGreaterThan(0);
  });
});

describe('tolerances', () => {
  it('grow with the sampling error: five standard errors of few are much, of many little', () => {
    const share = (count: number, total: number) =>
      judgeShares([{ place: 'orders', what: 'x', count, total, expected: 0.5 }], 0).faults.length;
    expect(share(60, 100)).toBe(0);
    expect(share(80, 100)).toBe(1);
    expect(share(505_000, 1_000_000)).toBe(1);
  });

  it('allow no exception where the share is 0 or 1', () => {
    expect(judgeShares([{ place: 'orders', what: 'x', count: 1, total: 1e9, expected: 0 }], 0).faults).toHaveLength(1);
    expect(judgeShares([{ place: 'orders', what: 'x', count: 1e9 - 1, total: 1e9, expected: 1 }], 0).faults).toHaveLength(1);
  });

  it('of ratios are relative', () => {
    const said = (count: number, total: number) => judgeShares([{ place: 'orders', what: 'x', count, total, expected: 0.12 }], 0.01).detail;
    expect(said(2, 2)).toBe('at most 88.00 % off: x 100.00 % for 12.00 %; of 2, chance allows that');
    expect(said(12_500, 100_000)).toBe('at most 0.50 % off: x 12.50 % for 12.00 %');
    const ratio = (found: number) => judgeRatios([{ place: 'orders', what: 'x', found, expected: 2, error: 0.001 }], 0.05).faults.length;
    expect([ratio(2.1), ratio(1.9), ratio(2.12), ratio(1.88)]).toEqual([0, 0, 1, 1]);
  });
});

it('the trend of a line is the line, whatever days are left out', () => {
  const values = Float64Array.from({ length: 200 }, (_, day) => 10 + 3 * day);
  const weights = Float64Array.from({ length: 200 }, (_, day) => (day % 7 === 0 || (day > 80 && day < 110) ? 0 : 1));
  for (const day of [0, 50, 95, 199]) expect(trendAt({ values, weights }, day, 60), formatDay(day)).toBeCloseTo(10 + 3 * day, 6);
  expect(trendAt({ values, weights: new Float64Array(200) }, 50, 60)).toBeUndefined();
});
