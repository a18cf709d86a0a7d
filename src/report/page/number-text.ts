// Numbers as the page writes them. Units stay on their number's line.

const NO_BREAK = '\u00A0';

/** 0.0812 -> `8.1 %`; of nothing 0. */
export function formatShare(part: number, whole = 1, digits = 1): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(digits)}${NO_BREAK}%`;
}

/** 23075952 -> `23.1 M`, 70284 -> `70.3 K`, 812 -> `812`. */
export function formatShort(count: number): string {
  if (count < 1e4) return Math.round(count).toLocaleString('en-US');
  if (count < 999_500) return `${round(count / 1e3)}${NO_BREAK}K`;
  return count < 999_500_000 ? `${round(count / 1e6)}${NO_BREAK}M` : `${round(count / 1e9)}${NO_BREAK}B`;
}

/** To three digits: 23.1, 706. */
function round(value: number): string {
  return value.toFixed(value < 99.95 ? 1 : 0);
}

/** Keeps every number with the unit or the noun after it. */
export function noBreak(text: string): string {
  return text.replace(/(?<=\d) (?=\S)/g, NO_BREAK);
}
