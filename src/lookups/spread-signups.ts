// How many customers sign up on each day.

import { Stream } from '../lib/random.ts';

/** Sign-ups stay at full strength for the first two sevenths of the window, then fall to a tenth: 2019 and 2020 of seven years. */
const STRONG_SHARE = 2 / 7;
const FINAL_STRENGTH = 0.1;
/** A day is up to a fifth busier or quieter than its neighbours. */
const DAILY_SPREAD = 0.2;

/** Sign-ups of each day, `count` in all; at least one on every day when there are enough customers. */
export function spreadSignups(seed: number | string, count: number, days: number): Int32Array {
  const stream = new Stream(seed, 'sign-ups');
  const strength = Float64Array.from({ length: days }, (_, day) => {
    const trend = trendAt((day + 0.5) / days);
    return trend * (1 + DAILY_SPREAD * (2 * stream.open(day).unit() - 1));
  });
  const total = strength.reduce((sum, value) => sum + value, 0);
  const everyDay = count >= days ? 1 : 0;
  const free = count - everyDay * days;
  let sum = 0;
  let given = 0;
  return Int32Array.from(strength, (value, day) => {
    sum += value;
    const upTo = day === days - 1 ? free : Math.floor((free * sum) / total);
    const today = upTo - given;
    given = upTo;
    return everyDay + today;
  });
}

/** `position` in the window, from 0 to 1. */
function trendAt(position: number): number {
  const past = Math.max(0, position - STRONG_SHARE) / (1 - STRONG_SHARE);
  return 1 - (1 - FINAL_STRENGTH) * past;
}
