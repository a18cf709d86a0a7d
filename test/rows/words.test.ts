import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MS_PER_DAY, parseDay } from '../../src/lib/days.ts';
import { IdWriter, TimestampWriter, Words } from '../../src/rows/words.ts';
import { TextBuilder } from '../../src/tables/column-builders.ts';

function textsOf(push: (column: TextBuilder) => void): string[] {
  const column = new TextBuilder();
  column.reset();
  push(column);
  const { values, valueOffsets, length } = column.data();
  return Array.from({ length }, (_, i) => Buffer.from(values as Uint8Array).toString('utf8', valueOffsets[i], valueOffsets[i + 1]));
}

describe('IdWriter', () => {
  it.each([
    [1, 'ORD-00000001'],
    [99_999_999, 'ORD-99999999'],
    [100_000_000, 'ORD-100000000'],
    [12_345_678_901, 'ORD-12345678901'],
  ])('writes %i as %s', (id, text) => {
    expect(textsOf((column) => new IdWriter('ORD-').push(column, id))).toEqual([text]);
  });

  it('writes every number as padding to eight digits does', () => {
    const id = fc.oneof(fc.nat(1e9), fc.integer({ min: 0, max: 2 ** 45 }));
    fc.assert(
      fc.property(fc.array(id, { maxLength: 50 }), fc.string({ maxLength: 8 }), (ids, prefix) => {
        const writer = new IdWriter(prefix);
        expect(textsOf((column) => ids.forEach((given) => writer.push(column, given)))).toEqual(
          ids.map((given) => prefix.toWellFormed() + String(given).padStart(8, '0')),
        );
      }),
    );
  });
});

describe('TimestampWriter', () => {
  it('writes what an ISO date does, past midnight too', () => {
    const day = fc.integer({ min: parseDay('1970-01-01'), max: parseDay('2199-12-31') });
    const ms = fc.oneof(fc.nat(MS_PER_DAY - 1), fc.integer({ min: MS_PER_DAY - 1, max: 3 * MS_PER_DAY }));
    fc.assert(
      fc.property(day, fc.array(ms, { maxLength: 30 }), (given, times) => {
        const writer = new TimestampWriter(given);
        const expected = times.map((time) => new Date(given * MS_PER_DAY + time).toISOString().slice(0, 23));
        expect(textsOf((column) => times.forEach((time) => writer.push(column, time)))).toEqual(expected);
      }),
    );
  });
});

describe('Words', () => {
  it('writes words of any script, over and over', () => {
    const list = fc.array(fc.string({ unit: 'grapheme', maxLength: 90 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(list, fc.array(fc.nat(1000), { maxLength: 200 }), (words, picks) => {
        const encoded = new Words(words);
        const indexes = picks.map((pick) => pick % words.length);
        expect(textsOf((column) => indexes.forEach((index) => encoded.push(column, index)))).toEqual(indexes.map((index) => words[index]));
      }),
    );
  });
});
