// Numbers as ASCII digits, written straight into a byte buffer. Each function returns the position after its last byte.

const ZERO = 48;
const MINUS = 45;
const POINT = 46;

/** No number this file writes is longer. */
export const MAX_NUMBER_BYTES = 28;

/** Above this, cents in a double no longer name one decimal. */
const MAX_EXACT_CENTS = 1e15;

/** A whole number in [0, 2^31). */
function writeSmall(out: Uint8Array, pos: number, value: number): number {
  const digits = countDigits(value);
  let at = pos + digits;
  let rest = value;
  do {
    const quotient = (rest / 10) | 0;
    out[--at] = ZERO + rest - quotient * 10;
    rest = quotient;
  } while (rest !== 0);
  return pos + digits;
}

function countDigits(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 100_000_000) return value < 1_000_000 ? (value < 100_000 ? 5 : 6) : value < 10_000_000 ? 7 : 8;
  return value < 1_000_000_000 ? 9 : 10;
}

function writeText(out: Uint8Array, pos: number, ascii: string): number {
  for (let i = 0; i < ascii.length; i++) out[pos + i] = ascii.charCodeAt(i);
  return pos + ascii.length;
}

/** A whole number in [0, 2^53). */
function writeUnsigned(out: Uint8Array, pos: number, value: number): number {
  return value < 0x8000_0000 ? writeSmall(out, pos, value | 0) : writeText(out, pos, String(value));
}

/** A 64-bit integer given as its two 32-bit words, low word first. */
export function writeInt64(out: Uint8Array, pos: number, low: number, high: number): number {
  if (high === 0 && low >= 0) return writeSmall(out, pos, low);
  return writeText(out, pos, String((BigInt(high) << 32n) | BigInt(low >>> 0)));
}

/** Two decimals if the value is a whole number of cents, else every digit it has. */
export function writeMoney(out: Uint8Array, pos: number, value: number): number {
  const cents = Math.round(value * 100);
  if (cents / 100 !== value || !(cents <= MAX_EXACT_CENTS && cents >= -MAX_EXACT_CENTS)) return writeText(out, pos, String(value));
  let at = pos;
  let size = cents;
  if (cents < 0 || Object.is(value, -0)) {
    out[at++] = MINUS;
    size = -cents;
  }
  const whole = size < 0x8000_0000 ? (size / 100) | 0 : Math.floor(size / 100);
  const rest = (size - whole * 100) | 0;
  at = writeUnsigned(out, at, whole);
  const tens = (rest / 10) | 0;
  out[at] = POINT;
  out[at + 1] = ZERO + tens;
  out[at + 2] = ZERO + rest - tens * 10;
  return at + 3;
}

/** The shortest text that reads back as the same double, with `.0` where it is integral. */
export function writeFloat(out: Uint8Array, pos: number, value: number): number {
  let at = pos;
  if (value >= 0 && value < 0x8000_0000 && (value | 0) === value && !Object.is(value, -0)) {
    at = writeSmall(out, at, value | 0);
  } else {
    const text = Object.is(value, -0) ? '-0' : String(value);
    at = writeText(out, at, text);
    if (!/^-?\d+$/.test(text)) return at;
  }
  out[at] = POINT;
  out[at + 1] = ZERO;
  return at + 2;
}
