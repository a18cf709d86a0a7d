// Amounts that cannot be: ten times as high, a hundred times, or negative.

import { columnKind } from './kind.ts';

/** Drawn alike. */
const FACTORS = [10, 100, -1];

export const outliers = columnKind('outliers', () => ({
  type: 'float',
  // Nothing times anything is nothing. By way of cents, so that no digit is added.
  change: (value, stream) => (value === 0 ? value : (Math.round(value * 100) * FACTORS[stream.below(FACTORS.length)]!) / 100),
}));
