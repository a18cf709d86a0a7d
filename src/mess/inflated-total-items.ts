// Orders of spike months count too many items.

import { Stream } from '../lib/random.ts';
import type { NumberRule, MessKind } from './kind.ts';

const ALWAYS = 2 ** 32;

/** `2020-11-03T...` in the order_date column of a row. */
function yearAndMonth(bytes: Uint8Array, at: number): { year: number; month: number } {
  const digit = (i: number) => bytes[at + i]! - 48;
  return { year: digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3), month: digit(5) * 10 + digit(6) };
}

export const inflatedTotalItems: MessKind = {
  name: 'inflated_total_items',
  rules: (config, level) => {
    const settings = config.mess[level].inflated_total_items;
    if (settings === undefined || settings.factor === 1) return [];
    const spikes = config.parameters.seasonal_spike_factors[level === 'heavy_mess' ? 'high' : 'medium'] ?? {};
    const configured = Object.keys(spikes).length > 0;
    const drawn = new Map<number, number>();
    const stream = new Stream(config.faker_seed, 'mess/spike month');

    /** The configured factor of the month, or the level's in the one month of the year that the seed picks. */
    const factorOf = (year: number, month: number): number => {
      if (configured) return spikes[String(month)] ?? 1;
      let spike = drawn.get(year);
      if (spike === undefined) drawn.set(year, (spike = stream.open(year).between(1, 12)));
      return month === spike ? settings.factor : 1;
    };

    const rule: NumberRule = {
      type: 'int',
      table: 'orders',
      column: 'total_items',
      threshold: ALWAYS,
      change: (value, _, day, row) => {
        const dates = day.orders.getChild('order_date')!.data[0]!;
        const { year, month } = yearAndMonth(dates.values as Uint8Array, (dates.valueOffsets as Int32Array)[row]!);
        return Math.round(value * factorOf(year, month));
      },
    };
    return [rule];
  },
};
