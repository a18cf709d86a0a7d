import { describe, expect, test } from 'vitest';
import { selectDates } from '../../src/commands/date-selection.ts';

describe('the dates a command works on', () => {
  test.each([
    ['none in particular', {}, undefined],
    ['one', { 'ingest-date': '2020-02-29' }, ['2020-02-29']],
    ['a range', { 'start-date': '2020-02-28', 'end-date': '2020-03-01' }, ['2020-02-28', '2020-02-29', '2020-03-01']],
    ['a number of days', { 'start-date': '2020-12-31', days: '2' }, ['2020-12-31', '2021-01-01']],
    ['a list, sorted, each once', { dates: '2020-01-03, 2020-01-01,2020-01-03' }, ['2020-01-01', '2020-01-03']],
  ])('%s', (_, flags, dates) => expect(selectDates(flags)).toEqual(dates));

  test.each([
    [{ 'start-date': '2020-01-01' }, '--start-date alone does not say which dates'],
    [{ 'end-date': '2020-01-01' }, '--end-date alone does not say which dates'],
    [{ days: '3' }, '--days alone does not say which dates'],
    [{ 'ingest-date': '2020-01-01', dates: '2020-01-02' }, '--ingest-date and --dates together do not say which dates'],
    [{ 'start-date': '2020-01-01', 'end-date': '2020-01-02', days: '3' }, 'together do not say which dates'],
    [{ 'start-date': '2020-01-02', 'end-date': '2020-01-01' }, 'comes after'],
    [{ 'start-date': '2020-01-02', days: '0' }, '--days 0'],
    [{ 'start-date': '2020-01-02', days: '1.5' }, '--days 1.5'],
    [{ dates: '2020-01-02,' }, '--dates'],
    [{ 'ingest-date': '2020-13-01' }, '--ingest-date: "2020-13-01" is not a calendar date'],
  ])('%j is refused', (flags, says) => expect(() => selectDates(flags)).toThrow(says));
});
