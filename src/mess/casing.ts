// A word in upper, lower or title case: drawn among the variants that differ from it, so that the rate is what it says.

import { columnKind } from './kind.ts';

/** Every letter that follows no letter is upper case, all others lower. */
function toTitleCase(value: string): string {
  return value.toLowerCase().replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase());
}

const variants = new Map<string, string[]>();
/** Words repeat, unless other kinds of mess have changed them. */
const MOST_KEPT = 50_000;

/** Each word is worked out once. */
function variantsOf(value: string): string[] {
  let found = variants.get(value);
  if (found === undefined) {
    found = [...new Set([value.toUpperCase(), value.toLowerCase(), toTitleCase(value)])].filter((variant) => variant !== value);
    if (variants.size < MOST_KEPT) variants.set(value, found);
  }
  return found;
}

export const casing = columnKind('casing', () => ({
  type: 'text',
  rewrite: (value, stream) => {
    const choices = variantsOf(value);
    return choices[stream.below(choices.length)] ?? value;
  },
}));
