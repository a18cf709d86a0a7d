// The shop's clock: runs faster in busy months, on busy weekdays and at busy hours, so that gaps drawn on it carry the seasons.

import type { Config } from '../config/schema.ts';
import { formatDay, MS_PER_DAY, monthOf, weekdayOf } from '../lib/days.ts';

const MS_PER_HOUR = 3_600_000;
const HOUR_GUESSES = 256;
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** A cart of the last day may become an order on the next one, and keeps its customer busy a little longer. */
export const CLOCK_SLACK_DAYS = 2;

/**
 * Two scales beside calendar milliseconds:
 * - *day time*: days since 1970-01-01 whose fraction is the share of that day's traffic already past (hours even out);
 * - *shop time*: days of average traffic since the clock's first day (hours, weekdays and months even out).
 * Both only use additions, multiplications and table look-ups, so every machine gives the same moments.
 */
export class ShopClock {
  readonly firstDay: number;
  readonly lastDay: number;
  /** Shop time at the start of each day, one more entry than days. */
  private readonly dayStart: Float64Array;
  /** First day whose shop time reaches each whole number: where a search for a day begins. */
  private readonly guess: Uint32Array;
  /** Share of a day's traffic before each hour: 25 entries, 0 to 1. */
  private readonly hourStart: Float64Array;
  /** First hour to look at for each slice of a day's traffic. */
  private readonly hourGuess = new Uint8Array(HOUR_GUESSES + 1);

  /** Covers `firstDay` to `lastDay`, both inclusive (days since 1970-01-01). */
  constructor(config: Config, firstDay: number, lastDay: number) {
    const { hour_of_day_weights: hours, day_of_week_factors: weekdays } = config.simulation;
    this.firstDay = firstDay;
    this.lastDay = lastDay;

    const total = hours.reduce((sum, weight) => sum + weight, 0);
    this.hourStart = new Float64Array(25);
    for (let hour = 0; hour < 24; hour++) this.hourStart[hour + 1] = this.hourStart[hour]! + hours[hour]! / total;
    this.hourStart[24] = 1;
    for (let i = 0, hour = 0; i <= HOUR_GUESSES; i++) {
      while (hour < 23 && this.hourStart[hour + 1]! <= i / HOUR_GUESSES) hour++;
      this.hourGuess[i] = hour;
    }

    const weekdayMean = WEEKDAYS.reduce((sum, name) => sum + weekdays[name], 0) / 7;
    const days = lastDay - firstDay + 1;
    this.dayStart = new Float64Array(days + 1);
    for (let i = 0; i < days; i++) {
      const season = config.parameters.seasonal_factors[String(monthOf(firstDay + i))] ?? 1;
      const weekday = weekdays[WEEKDAYS[weekdayOf(firstDay + i)]!] / weekdayMean;
      this.dayStart[i + 1] = this.dayStart[i]! + season * weekday;
    }

    const length = this.dayStart[days]!;
    this.guess = new Uint32Array(Math.floor(length) + 2);
    for (let whole = 0, day = 0; whole < this.guess.length; whole++) {
      while (day < days - 1 && this.dayStart[day + 1]! <= whole) day++;
      this.guess[whole] = day;
    }
  }

  /** Milliseconds since 1970 to day time. */
  toDayTime(moment: number): number {
    const day = Math.floor(moment / MS_PER_DAY);
    const inDay = moment - day * MS_PER_DAY;
    const hour = Math.floor(inDay / MS_PER_HOUR);
    const start = this.hourStart[hour]!;
    return day + start + (this.hourStart[hour + 1]! - start) * ((inDay - hour * MS_PER_HOUR) / MS_PER_HOUR);
  }

  /** Day time to milliseconds since 1970. Monotone: never turns an earlier moment into a later one. */
  fromDayTime(dayTime: number): number {
    const day = Math.floor(dayTime);
    return day * MS_PER_DAY + this.msInDay(dayTime - day);
  }

  /** Day time to shop time. The day must lie within the clock's days. */
  toShopTime(dayTime: number): number {
    const day = Math.floor(dayTime);
    const start = this.dayStart[day - this.firstDay];
    const end = this.dayStart[day - this.firstDay + 1];
    if (start === undefined || end === undefined) throw new RangeError(`day ${formatDay(day)} is outside the shop's clock`);
    return start + (end - start) * (dayTime - day);
  }

  /** Shop time to milliseconds since 1970; Infinity past the clock's last day. */
  toMoment(shopTime: number): number {
    const { dayStart, guess } = this;
    const last = dayStart.length - 1;
    if (shopTime >= dayStart[last]!) return Infinity;
    let day = guess[Math.floor(shopTime)]!;
    while (dayStart[day + 1]! <= shopTime) day++;
    const start = dayStart[day]!;
    return (this.firstDay + day) * MS_PER_DAY + this.msInDay((shopTime - start) / (dayStart[day + 1]! - start));
  }

  /** Share of the day's traffic, 0 to 1, to milliseconds since midnight. */
  private msInDay(share: number): number {
    const { hourStart } = this;
    let hour = this.hourGuess[Math.floor(share * HOUR_GUESSES)]!;
    while (hour < 23 && hourStart[hour + 1]! <= share) hour++;
    const start = hourStart[hour]!;
    const width = hourStart[hour + 1]! - start;
    const ms = Math.floor((hour + (width > 0 ? (share - start) / width : 0)) * MS_PER_HOUR);
    return ms < MS_PER_DAY ? ms : MS_PER_DAY - 1;
  }
}
