import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MS_PER_DAY, parseDay } from '../../src/lib/days.ts';
import { clockOf, configOf } from './small-world.ts';

const FIRST = '2019-11-20';
const LAST = '2021-02-10';
const firstDay = parseDay(FIRST);
const lastDay = parseDay(LAST);
const ONE_MS_IN_DAYS = 1 / MS_PER_DAY;

const weight = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 50, noNaN: true }));
const factor = fc.double({ min: 0.1, max: 10, noNaN: true });
const rhythm = fc.record({
  hours: fc.array(weight, { minLength: 24, maxLength: 24 }).filter((hours) => hours.some((value) => value > 0)),
  weekdays: fc.array(factor, { minLength: 7, maxLength: 7 }),
  months: fc.dictionary(fc.integer({ min: 1, max: 12 }).map(String), factor),
});
const NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const configWith = ({ hours, weekdays, months }: { hours: number[]; weekdays: number[]; months: Record<string, number> }) =>
  configOf({
    simulation: { hour_of_day_weights: hours, day_of_week_factors: Object.fromEntries(weekdays.map((value, i) => [NAMES[i]!, value])) },
    parameters: { seasonal_factors: months },
  });
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const dayTime = fc.tuple(fc.integer({ min: firstDay, max: lastDay }), share).map(([day, part]) => Math.min(day + part, lastDay + 1 - 1e-9));

const RUNS = { numRuns: 60 };

describe('ShopClock', () => {
  it('leads from day time over shop time to the same moment', () => {
    fc.assert(
      fc.property(rhythm, fc.array(dayTime, { minLength: 1, maxLength: 20 }), (given, times) => {
        const clock = clockOf(configWith(given), FIRST, LAST);
        for (const time of times) {
          const there = clock.toMoment(clock.toShopTime(time));
          const direct = clock.fromDayTime(time);
          // A day's traffic has no moment of its own in hours without any: both ways may end at either side of them.
          const sideOf = (moment: number) => clock.toDayTime(moment);
          expect(Math.abs(sideOf(there) - sideOf(direct))).toBeLessThan(1e-6);
          if (given.hours.every((value) => value > 0.1)) expect(Math.abs(there - direct)).toBeLessThanOrEqual(1);
        }
      }),
      RUNS,
    );
  });

  it('turns moments into day time and back, to the millisecond', () => {
    fc.assert(
      fc.property(rhythm, fc.array(dayTime, { minLength: 1, maxLength: 20 }), (given, times) => {
        const clock = clockOf(configWith(given), FIRST, LAST);
        for (const time of times) {
          const moment = clock.fromDayTime(time);
          expect(Number.isInteger(moment)).toBe(true);
          expect(Math.floor(moment / MS_PER_DAY)).toBe(Math.floor(time));
          expect(Math.abs(clock.fromDayTime(clock.toDayTime(moment)) - moment)).toBeLessThanOrEqual(1);
          expect(clock.toDayTime(moment)).toBeLessThanOrEqual(time + 1e-9);
        }
      }),
      RUNS,
    );
  });

  it('never runs backwards, in either direction', () => {
    fc.assert(
      fc.property(rhythm, dayTime, dayTime, (given, a, b) => {
        const clock = clockOf(configWith(given), FIRST, LAST);
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        expect(clock.toShopTime(early)).toBeLessThanOrEqual(clock.toShopTime(late));
        expect(clock.fromDayTime(early)).toBeLessThanOrEqual(clock.fromDayTime(late));
        expect(clock.toMoment(clock.toShopTime(early))).toBeLessThanOrEqual(clock.toMoment(clock.toShopTime(late)));
        expect(clock.toDayTime(clock.fromDayTime(early))).toBeLessThanOrEqual(clock.toDayTime(clock.fromDayTime(late)));
      }),
      RUNS,
    );
  });

  it('runs as fast as the season and the weekday say', () => {
    const config = configOf({ parameters: { seasonal_factors: { '7': 1.2, '12': 2.1 } } });
    const clock = clockOf(config, '2020-06-01', '2020-12-31');
    const length = (from: string, days: number) => clock.toShopTime(parseDay(from) + days) - clock.toShopTime(parseDay(from));
    expect(length('2020-06-08', 7)).toBeCloseTo(7, 9);
    expect(length('2020-07-06', 7)).toBeCloseTo(7 * 1.2, 9);
    expect(length('2020-12-07', 7)).toBeCloseTo(7 * 2.1, 9);
    // 2020-06-13 was a Saturday, 2020-06-16 a Tuesday.
    const { Saturday, Tuesday } = config.simulation.day_of_week_factors;
    expect(length('2020-06-13', 1) / length('2020-06-16', 1)).toBeCloseTo(Saturday / Tuesday, 9);
  });

  it('gives every hour its share of the day', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => (hour === 3 ? 0 : hour + 1));
    const clock = clockOf(configOf({ simulation: { hour_of_day_weights: hours } }), FIRST, LAST);
    const total = hours.reduce((sum, value) => sum + value, 0);
    let before = 0;
    hours.forEach((value, hour) => {
      const moment = firstDay * MS_PER_DAY + hour * 3_600_000;
      expect(clock.toDayTime(moment)).toBeCloseTo(firstDay + before / total, 9);
      expect(clock.toDayTime(moment + 1_800_000)).toBeCloseTo(firstDay + (before + value / 2) / total, 9);
      before += value;
    });
    // No moment falls into an hour without traffic.
    for (let i = 0; i < 1000; i++) expect(new Date(clock.fromDayTime(firstDay + i / 1000)).getUTCHours()).not.toBe(3);
  });

  it('says the same however long it runs', () => {
    const config = configOf();
    const short = clockOf(config, FIRST, '2020-03-01');
    const long = clockOf(config, FIRST, '2024-12-31');
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (shopTime) => {
        expect(long.toMoment(shopTime)).toBe(short.toMoment(shopTime));
      }),
    );
  });

  it('ends: Infinity past its last day, and no shop time for days outside', () => {
    const clock = clockOf(configOf(), FIRST, LAST);
    const end = clock.toShopTime(lastDay + 1 - ONE_MS_IN_DAYS);
    expect(clock.toMoment(end)).toBeLessThan((lastDay + 1) * MS_PER_DAY);
    expect(clock.toMoment(end + 0.01)).toBe(Infinity);
    expect(() => clock.toShopTime(lastDay + 1)).toThrow('2021-02-11 is outside');
    expect(() => clock.toShopTime(firstDay - 0.5)).toThrow('2019-11-19 is outside');
  });
});
