// Small schemas that the config's sections share.

import { z } from 'zod';

export const probability = z.number().min(0).max(1);
export const positiveInt = z.int().min(1);
export const weight = z.number().min(0);
export const dateText = z.iso.date('must be a date such as 2020-02-29');

/** Indexes of words are kept in bytes; the highest stand for none. */
const MAX_WORDS = 250;

/** `[min, max]` with min at most max. */
export function range(item: z.ZodNumber) {
  return z.tuple([item, item]).refine(([min, max]) => min <= max, 'must be [min, max] with min not above max');
}

/** Weights by name: at least one above zero. What a config gives replaces the defaults as a whole. */
export function weights() {
  return z.record(z.string(), weight).refine((map) => Object.values(map).some((value) => value > 0), 'needs at least one weight above 0');
}

const MONTHS = new Set(Array.from({ length: 12 }, (_, month) => String(month + 1)));

/** Factors by calendar month, `1` to `12`. */
export function byMonth(value: z.ZodNumber) {
  return z.record(z.string(), value).superRefine((map, context) => {
    for (const key of Object.keys(map)) {
      if (!MONTHS.has(key)) context.addIssue({ code: 'custom', path: [key], message: 'is not a month: use 1 to 12' });
    }
  });
}

/** Words of a vocabulary: distinct whatever their case and without outer spaces, since mess changes both. */
export function words(...reserved: string[]) {
  return z
    .array(z.string().min(1))
    .min(1)
    .max(MAX_WORDS)
    .superRefine((list, context) => {
      const seen = new Set<string>();
      list.forEach((word, i) => {
        const folded = word.trim().toLowerCase();
        const wrong = seen.has(folded)
          ? 'stands in the list twice (case aside)'
          : word !== word.trim()
            ? 'has spaces around it'
            : reserved.includes(word)
              ? 'has a meaning of its own in this config: choose another word'
              : undefined;
        if (wrong !== undefined) context.addIssue({ code: 'custom', path: [i], message: `"${word}" ${wrong}` });
        seen.add(folded);
      });
    });
}

/** Dollars by name, no two alike: what a spend earns must be one name. */
export function thresholds() {
  return z
    .record(z.string(), z.number().min(0))
    .refine((map) => Object.keys(map).length > 0, 'needs at least one entry')
    .refine((map) => new Set(Object.values(map)).size === Object.keys(map).length, 'has the same spend twice');
}
