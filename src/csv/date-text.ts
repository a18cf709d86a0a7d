// Dates and timestamps in bytes: is this a real YYYY-MM-DD, and what may follow it?

const ZERO = 48;
const DASH = 45;
const SPACE = 32;
const LETTER_T = 84;
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Length of `YYYY-MM-DD`. */
export const DATE_BYTES = 10;

/** `bytes[from, to)` is a calendar date and nothing else. */
export function isDate(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from === DATE_BYTES && startsWithDate(bytes, from);
}

/** `bytes[from, to)` is a calendar date alone or with a time after `T` or a space. */
export function isTimestamp(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < DATE_BYTES || !startsWithDate(bytes, from)) return false;
  const next = bytes[from + DATE_BYTES];
  return to - from === DATE_BYTES || next === LETTER_T || next === SPACE;
}

function startsWithDate(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH) return false;
  const century = twoDigits(bytes, at);
  const yearOfCentury = twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  if (century < 0 || yearOfCentury < 0 || month < 1 || month > 12 || day < 1) return false;
  const year = century * 100 + yearOfCentury;
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && isLeapYear ? 29 : DAYS_OF_MONTH[month - 1]!);
}

/** -1 if they are not two digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}
