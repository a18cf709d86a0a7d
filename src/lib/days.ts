// Calendar days as whole numbers: days since 1970-01-01, UTC.

import { UserError } from './errors.ts';

export const MS_PER_DAY = 86_400_000;

/** `2020-02-29` -> 18321. Throws a UserError on anything that is not a real calendar date. */
export function parseDay(text: string, where = 'date'): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (Number.isNaN(ms) || formatDay(ms / MS_PER_DAY) !== text) {
    throw new UserError(`${where}: "${text}" is not a calendar date`, { hint: 'Write dates as YYYY-MM-DD, such as 2020-02-29.' });
  }
  return ms / MS_PER_DAY;
}

/** 18321 -> `2020-02-29`. */
export function formatDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Calendar month of a day, 1 to 12. */
export function monthOf(day: number): number {
  return new Date(day * MS_PER_DAY).getUTCMonth() + 1;
}

export function yearOf(day: number): number {
  return new Date(day * MS_PER_DAY).getUTCFullYear();
}

/** Weekday of a day, 0 = Monday to 6 = Sunday (1970-01-01 was a Thursday). */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}
