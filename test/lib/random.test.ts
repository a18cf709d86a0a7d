import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mix32, normalQuantile, Stream, streamSeed, threshold, WeightedChoice } from '../../src/lib/random.ts';

const TWO_32 = 2 ** 32;
const u32 = fc.integer({ min: 0, max: TWO_32 - 1 });

/** Standard deviations of a chi-square statistic from its mean, over `cells` equally likely cells. */
function chiSquareZ(counts: Float64Array, draws: number): number {
  const expected = draws / counts.length;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  return (chi - freedom) / Math.sqrt(2 * freedom);
}

/** The inputs are fixed, so that these never flake; a sound generator is beyond 4.5 once in 150,000 tests. */
const MAX_Z = 4.5;

/** Top bits against top bits, bottom bits against bottom bits, and each bit of the xor. */
function expectIndependent(pair: (i: number) => readonly [number, number]): void {
  const draws = 1 << 18;
  const top = new Float64Array(4096);
  const bottom = new Float64Array(4096);
  const differing = new Float64Array(32);
  for (let i = 0; i < draws; i++) {
    const [x, y] = pair(i);
    top[(x >>> 26) * 64 + (y >>> 26)]!++;
    bottom[(x & 63) * 64 + (y & 63)]!++;
    for (let bit = 0; bit < 32; bit++) differing[bit]! += ((x ^ y) >>> bit) & 1;
  }
  expect(chiSquareZ(top, draws)).toBeLessThan(MAX_Z);
  expect(chiSquareZ(bottom, draws)).toBeLessThan(MAX_Z);
  for (const count of differing) expect(Math.abs(count - draws / 2) / Math.sqrt(draws / 4)).toBeLessThan(MAX_Z);
}

describe('Stream', () => {
  it('gives these numbers on every machine: a change changes every lake', () => {
    expect(streamSeed(42, 'timeline')).toBe(914_771_304);
    const stream = new Stream(42, 'timeline').open(7, 3);
    expect([stream.next(), stream.next(), stream.next(), stream.next()]).toEqual([
      3_995_448_333, 2_991_241_012, 953_307_861, 1_954_066_883,
    ]);
  });

  it('starts again at open, whatever was drawn before', () => {
    fc.assert(
      fc.property(u32, u32, fc.nat(20), (a, b, drawn) => {
        const stream = new Stream('seed', 'again');
        const first = stream.open(a, b).next();
        stream.open(b, a);
        for (let i = 0; i < drawn; i++) stream.next();
        expect(stream.open(a, b).next()).toBe(first);
        expect(new Stream('seed', 'again').open(a, b).next()).toBe(first);
      }),
    );
  });

  it('takes numbers as text and text as seeds', () => {
    expect(streamSeed('42', 'x')).toBe(streamSeed(42, 'x'));
    expect(streamSeed('winter', 'x')).not.toBe(streamSeed('summer', 'x'));
  });

  it('is uniform along one entity and over entities', () => {
    const draws = 1 << 20;
    const along = new Float64Array(1024);
    const over = new Float64Array(1024);
    const stream = new Stream(1, 'uniform').open(5);
    for (let i = 0; i < draws; i++) along[stream.next() >>> 22]!++;
    for (let i = 0; i < draws; i++) over[stream.open(i >> 4, i & 15).next() >>> 22]!++;
    for (const counts of [along, over]) expect(Math.abs(chiSquareZ(counts, draws))).toBeLessThan(MAX_Z);
  });

  const stream = new Stream(42, 'one');
  const other = new Stream(42, 'two');
  const secondOf = (s: Stream): number => (s.next(), s.next());
  it.each<[string, (i: number) => readonly [number, number]]>([
    ['the first and second number of an entity', (i) => [stream.open(i).next(), stream.next()]],
    ['the first and second number of (few, many)', (i) => [stream.open(3, i).next(), stream.next()]],
    ['the first and second number of (many, few)', (i) => [stream.open(i >> 3, i & 7).next(), stream.next()]],
    ['neighbouring entities', (i) => [stream.open(i).next(), stream.open(i + 1).next()]],
    ['neighbouring second words', (i) => [stream.open(i, 0).next(), stream.open(i, 1).next()]],
    ['second words at neighbouring numbers', (i) => [stream.open(i, 1).next(), secondOf(stream.open(i, 0))]],
    ['entities with their words swapped', (i) => [stream.open(i, 1_000_000).next(), stream.open(1_000_000, i).next()]],
    ['two names', (i) => [stream.open(i).next(), other.open(i).next()]],
    ['two names at neighbouring numbers', (i) => [stream.open(i).next(), secondOf(other.open(i))]],
    ['two seeds', (i) => [stream.open(i).next(), new Stream(i, 'one').open(0).next()]],
  ])('shows no relation between %s', (_, pair) => expectIndependent(pair));

  it('keeps to its bounds and reaches them', () => {
    fc.assert(
      fc.property(u32, fc.integer({ min: -50, max: 50 }), fc.nat(9), (entity, low, span) => {
        stream.open(entity);
        const seen = new Set(Array.from({ length: 400 }, () => stream.between(low, low + span)));
        expect([...seen].toSorted((a, b) => a - b)).toEqual(Array.from({ length: span + 1 }, (_, i) => low + i));
        for (let i = 0; i < 100; i++) expect(stream.below(span + 1)).toSatisfy((n) => Number.isInteger(n) && n >= 0 && n <= span);
        for (let i = 0; i < 100; i++) expect(stream.unit()).toSatisfy((n) => n >= 0 && n < 1);
      }),
    );
  });
});

describe('mix32', () => {
  it('flips every output bit half the time, whichever input bit flips', () => {
    const values = 1 << 14;
    for (let bit = 0; bit < 32; bit++) {
      const flips = new Float64Array(32);
      for (let i = 0; i < values; i++) {
        const value = Math.imul(i, 0x9e37_79b9);
        const change = mix32(value) ^ mix32(value ^ (1 << bit));
        for (let out = 0; out < 32; out++) flips[out]! += (change >>> out) & 1;
      }
      for (const count of flips) expect(Math.abs(count / values - 0.5)).toBeLessThan(0.03);
    }
  });

  it('is unsigned', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(mix32(value)).toBe(mix32(value) >>> 0);
      }),
    );
  });
});

describe('WeightedChoice', () => {
  const weights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e3, noNaN: true })), { minLength: 1, maxLength: 40 });

  /** How many of the 2^32 numbers pick an index above `index`: picks never fall as the number rises. */
  function countAbove(choice: WeightedChoice, index: number): number {
    let low = 0;
    let high = TWO_32;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (choice.pick(middle) > index) high = middle;
      else low = middle + 1;
    }
    return TWO_32 - low;
  }

  it('gives each index its share of all 2^32 numbers, to one or two of them', () => {
    fc.assert(
      fc.property(weights, (drawn) => {
        const given = drawn.some((weight) => weight > 0) ? drawn : drawn.map(() => 1);
        const total = given.reduce((sum, weight) => sum + weight, 0);
        const choice = new WeightedChoice(drawn);
        let above = TWO_32;
        given.forEach((weight, index) => {
          const rest = countAbove(choice, index);
          if (weight === 0) expect(above - rest).toBe(0);
          else expect(Math.abs(above - rest - (weight / total) * TWO_32)).toBeLessThanOrEqual(2);
          above = rest;
        });
        expect(above).toBe(0);
      }),
    );
  });

  it('never falls as the number rises', () => {
    fc.assert(
      fc.property(weights, u32, u32, (drawn, x, y) => {
        const choice = new WeightedChoice(drawn);
        expect(choice.pick(Math.min(x, y))).toBeLessThanOrEqual(choice.pick(Math.max(x, y)));
      }),
    );
  });

  it('refuses what are no weights', () => {
    expect(() => new WeightedChoice([])).toThrow('not weights');
    expect(() => new WeightedChoice([1, -1])).toThrow('not weights');
    expect(() => new WeightedChoice([NaN])).toThrow('not weights');
  });
});

describe('threshold', () => {
  it('makes 0 never and 1 always', () => {
    expect(threshold(0)).toBe(0);
    expect(threshold(1)).toBe(TWO_32);
    expect(threshold(0.25)).toBe(TWO_32 / 4);
    expect(threshold(1.5)).toBe(TWO_32);
  });
});

describe('normalQuantile', () => {
  // Tabulated values of the standard normal.
  it.each([
    [0.5, 0],
    [0.75, 0.674_489_750_196_081_7],
    [0.975, 1.959_963_984_540_054],
    [0.99, 2.326_347_874_040_840_8],
    [0.02, -2.053_748_910_631_823],
    [0.001, -3.090_232_306_167_814],
    [1e-9, -5.997_807_015_007_687],
  ])('at %f is %f', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1.2e-9 * Math.max(1, Math.abs(z)) * 2);
  });

  it('rises, and is symmetric', () => {
    const p = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
    fc.assert(
      fc.property(p, p, (x, y) => {
        if (Math.abs(x - y) > 1e-6) expect(Math.sign(normalQuantile(x) - normalQuantile(y))).toBe(Math.sign(x - y));
        expect(normalQuantile(x) + normalQuantile(1 - x)).toBeCloseTo(0, 7);
      }),
    );
  });
});
