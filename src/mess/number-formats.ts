// Numbers as other systems write them: with a currency, separators of thousands, a decimal comma, a unit.

import { columnKind } from './kind.ts';

const grouped = (digits: string, separator: string): string => digits.replaceAll(/\B(?=(\d{3})+$)/g, separator);

/** Drawn alike; none of them reads as a number as it stands. */
const AMOUNTS: readonly ((sign: string, whole: string, cents: string) => string)[] = [
  (sign, whole, cents) => `${sign}$${grouped(whole, ',')}.${cents}`,
  (sign, whole, cents) => `${sign}${grouped(whole, '.')},${cents} $`,
  (sign, whole, cents) => `${sign}${grouped(whole, ' ')},${cents}`,
  (sign, whole, cents) => `USD ${sign}${whole}.${cents}`,
];
const COUNTS: readonly ((count: string) => string)[] = [(count) => `${count} pcs`, (count) => `x${count}`, (count) => `${count},00`];

const AMOUNT = /^(-?)(\d+)\.(\d+)$/;
const COUNT = /^-?\d+$/;

/** Rewrites texts of columns that hold numbers: these become columns of text (config/file-schemas.ts). */
export const numberFormats = columnKind('number_formats', () => ({
  type: 'text',
  rewrite: (value, stream) => {
    const [, sign, whole, cents] = AMOUNT.exec(value) ?? [];
    if (cents !== undefined) return AMOUNTS[stream.below(AMOUNTS.length)]!(sign!, whole!, cents);
    return COUNT.test(value) ? COUNTS[stream.below(COUNTS.length)]!(value) : value;
  },
}));
