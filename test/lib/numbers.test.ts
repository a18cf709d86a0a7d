import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBytes, formatCount, formatCounted, formatDuration, formatRate, rowsPerSecond, timeLeftMs } from '../../src/lib/numbers.ts';

describe('numbers as people read them', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1_234_567, '1,234,567'],
  ])('count %d', (count, text) => expect(formatCount(count)).toBe(text));

  test.each([
    [0, '0 rows'],
    [1, '1 row'],
    [12_000, '12,000 rows'],
  ])('%d rows', (count, text) => expect(formatCounted(count, 'row')).toBe(text));

  test.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 KB'],
    [999_949, '999.9 KB'],
    [999_950, '1.0 MB'],
    [3_400_000_000, '3.4 GB'],
    [15_000_000_000_000, '15.0 TB'],
  ])('%d bytes', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  test.each([
    [0, '0 ms'],
    [45, '45 ms'],
    [994, '994 ms'],
    [995, '1.0 s'],
    [1500, '1.5 s'],
    [9949, '9.9 s'],
    [9950, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_599_499, '59 min 59 s'],
    [3_599_500, '1 h 00 min'],
    [7_500_000, '2 h 05 min'],
    [360_000_000, '100 h 00 min'],
  ])('%d ms', (ms, text) => expect(formatDuration(ms)).toBe(text));

  test.each([
    [640, '640 rows/s'],
    [999.5, '1 K rows/s'],
    [12_340, '12.3 K rows/s'],
    [999_499, '999 K rows/s'],
    [999_500, '1.00 M rows/s'],
    [1_254_000, '1.25 M rows/s'],
  ])('%d rows a second', (rate, text) => expect(formatRate(rate)).toBe(text));

  test('never rounds up to a number its unit does not have', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e16, noNaN: true }), (value) => {
        expect(formatBytes(value)).not.toMatch(/^1000/);
        expect(formatRate(value)).not.toMatch(/^1000 (rows|K)/);
        expect(formatDuration(value)).not.toMatch(/\b60 (s|min)|^1000 ms/);
      }),
    );
  });
});

describe('pace', () => {
  test('is unknown before the first row', () => {
    expect(rowsPerSecond({ runRows: 0, elapsedMs: 500 })).toBeUndefined();
    expect(timeLeftMs({ runRows: 0, rowsLeft: 100, elapsedMs: 500 })).toBeUndefined();
    expect(timeLeftMs({ runRows: 10, rowsLeft: 100, elapsedMs: 0 })).toBeUndefined();
  });

  test('goes by the rows of this run', () => {
    expect(rowsPerSecond({ runRows: 500, elapsedMs: 2000 })).toBe(250);
    expect(timeLeftMs({ runRows: 500, rowsLeft: 1000, elapsedMs: 2000 })).toBe(4000);
  });

  test('nothing left takes no time', () => {
    expect(timeLeftMs({ runRows: 0, rowsLeft: 0, elapsedMs: 0 })).toBe(0);
  });
});
