// The dates that a command works on: one, a range, a number of days, or a list.

import { formatDay, parseDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import type { FlagsOf, Options } from './command.ts';

export const DATE_OPTIONS = {
  'ingest-date': { describe: 'One date', kind: 'text', value: 'date' },
  'start-date': { describe: 'First date, with --end-date or --days', kind: 'text', value: 'date' },
  'end-date': { describe: 'Last date, with --start-date', kind: 'text', value: 'date' },
  days: { describe: 'How many dates, with --start-date', kind: 'text', value: 'number' },
  dates: { describe: 'Several dates, divided by commas', kind: 'text', value: 'list' },
} as const satisfies Options;

const MOST_DAYS = 36_525;

/** Sorted, each once; undefined when no date is asked for in particular. Throws a UserError for a mixture that says no dates. */
export function selectDates(flags: Partial<FlagsOf<typeof DATE_OPTIONS>>): string[] | undefined {
  const given = (Object.keys(DATE_OPTIONS) as (keyof typeof DATE_OPTIONS)[]).filter((name) => flags[name] !== undefined);
  switch (given.join()) {
    case '':
      return undefined;
    case 'ingest-date':
      return [formatDay(parseDay(flags['ingest-date']!, '--ingest-date'))];
    case 'start-date,end-date':
      return range(parseDay(flags['start-date']!, '--start-date'), parseDay(flags['end-date']!, '--end-date'));
    case 'start-date,days':
      return someDays(parseDay(flags['start-date']!, '--start-date'), flags.days!);
    case 'dates':
      return list(flags.dates!);
    default:
      throw new UserError(
        `${given.map((name) => `--${name}`).join(' and ')} ${given.length === 1 ? 'alone does' : 'together do'} not say which dates`,
        {
          hint: 'Give --ingest-date, or --start-date and --end-date, or --start-date and --days, or --dates, or none of them for every date.',
        },
      );
  }
}

function range(start: number, end: number): string[] {
  if (start > end) {
    throw new UserError(`--start-date ${formatDay(start)} comes after --end-date ${formatDay(end)}`, { hint: 'Swap them.' });
  }
  return Array.from({ length: end - start + 1 }, (_, i) => formatDay(start + i));
}

function someDays(start: number, text: string): string[] {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > MOST_DAYS) {
    throw new UserError(`--days ${text}: must be a whole number from 1 to ${MOST_DAYS}`);
  }
  return range(start, start + count - 1);
}

function list(text: string): string[] {
  const days = text.split(',').map((item) => parseDay(item.trim(), '--dates'));
  return [...new Set(days)].toSorted((a, b) => a - b).map(formatDay);
}
