// How busy a day is by the config: its month and its weekday.

import type { Config } from '../../../config/schema.ts';
import { monthOf, weekdayOf } from '../../../lib/days.ts';

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

export function monthFactor({ parameters }: Config, month: number): number {
  return parameters.seasonal_factors[String(month)] ?? 1;
}

/** Days since 1970-01-01, here and below. */
export function seasonOf(config: Config, day: number): number {
  return monthFactor(config, monthOf(day));
}

/** Relative to the mean weekday. */
export function weekdayFactor({ simulation }: Config, day: number): number {
  const factors = simulation.day_of_week_factors;
  const mean = WEEKDAYS.reduce((sum, name) => sum + factors[name], 0) / WEEKDAYS.length;
  return factors[WEEKDAYS[weekdayOf(day)]!] / mean;
}
