// Amounts that cannot be: ten times as high, a hundred times, or negative.

import { threshold } from '../lib/random.ts';
import { splitColumn, type MessKind } from './kind.ts';

/** Drawn alike. */
const FACTORS = [10, 100, -1];

export const outliers: MessKind = {
  name: 'outliers',
  rules: (config, level) => {
    const { rate, columns } = config.mess[level].outliers;
    return columns.map((path) => ({
      ...splitColumn(path),
      type: 'float',
      threshold: threshold(rate),
      // Nothing times anything is nothing. By way of cents, so that no digit is added.
      change: (value, stream) => (value === 0 ? value : (Math.round(value * 100) * FACTORS[stream.below(FACTORS.length)]!) / 100),
    }));
  },
};
