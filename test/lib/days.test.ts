import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay, monthOf, MS_PER_DAY, parseDay, weekdayOf, yearOf } from '../../src/lib/days.ts';
import { UserError } from '../../src/lib/errors.ts';

const day = fc.integer({ min: parseDay('0001-01-01'), max: parseDay('9999-12-31') });

describe('days', () => {
  it.each([
    ['1970-01-01', 0, 3],
    ['2020-02-29', 18_321, 5],
    ['2000-12-31', 11_322, 6],
    ['1969-12-29', -3, 0],
  ])('%s is day %i, weekday %i from Monday', (text, number, weekday) => {
    expect(parseDay(text)).toBe(number);
    expect(formatDay(number)).toBe(text);
    expect(weekdayOf(number)).toBe(weekday);
  });

  it('read back as they were written', () => {
    fc.assert(
      fc.property(day, (number) => {
        expect(parseDay(formatDay(number))).toBe(number);
      }),
    );
  });

  it('have the year, month and weekday of the calendar', () => {
    fc.assert(
      fc.property(day, (number) => {
        const date = new Date(number * MS_PER_DAY);
        expect([yearOf(number), monthOf(number)]).toEqual(formatDay(number).split('-').slice(0, 2).map(Number));
        expect((weekdayOf(number) + 1) % 7).toBe(date.getUTCDay());
      }),
    );
  });

  it.each(['2021-02-29', '2020-13-01', '2020-00-10', '2020-04-31', '2020-4-1', '20200401', '', ' 2020-04-01', '2020-04-01T00:00:00'])(
    'refuse "%s" with its place',
    (text) => {
      const attempt = () => parseDay(text, 'horizon.start_date');
      expect(attempt).toThrow(UserError);
      expect(attempt).toThrow(`horizon.start_date: "${text}" is not a calendar date`);
    },
  );
});
