// Named streams of random numbers: what is drawn depends on the seed, the stream's name and the entity, never on order.

import seedrandom from 'seedrandom';

const TO_UNIT = 2 ** -32;
const GOLDEN = 0x9e37_79b9;

/** A 32-bit seed for a named stream. Slow (1 µs): once per name, not per row. */
export function streamSeed(seed: number | string, name: string): number {
  return seedrandom.alea(`${seed}/${name}`).int32() >>> 0;
}

/** Multiply-xorshift finaliser with the constants that Chris Wellons' hash-prospector found (bias 0.107). */
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0_aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a_2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

/** A probability as the bound that a uniform 32-bit number must stay under. */
export function threshold(probability: number): number {
  return Math.round(Math.min(Math.max(probability, 0), 1) * 2 ** 32);
}

/**
 * A counter run through two mixing rounds, keyed by 64 bits of name and entity. One object serves any number of
 * entities: `open` costs no allocation. Only integer arithmetic and one multiplication by 2^-32, the same everywhere.
 */
export class Stream {
  private readonly nameA: number;
  private readonly nameB: number;
  private keyA = 0;
  private keyB = 0;
  private counter = 0;

  constructor(seed: number | string, name: string) {
    this.nameA = streamSeed(seed, name);
    this.nameB = streamSeed(seed, `${name}/second word`);
  }

  /** Goes to the start of the entity's numbers. */
  open(a: number, b = 0): this {
    this.keyA = mix32(this.nameA ^ a) ^ b;
    this.keyB = mix32(mix32(this.nameB + a) + b);
    this.counter = 0;
    return this;
  }

  /** Uniform 32-bit number. */
  next(): number {
    this.counter = (this.counter + GOLDEN) | 0;
    let h = this.keyA ^ this.counter;
    h = Math.imul(h ^ (h >>> 16), 0x21f0_aaad);
    h = (h ^ (h >>> 15)) + this.keyB;
    return mix32(h);
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.next() * TO_UNIT;
  }

  /** Uniform whole number in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.next() * TO_UNIT * bound);
  }

  /** Uniform whole number from `low` to `high`, both inclusive. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * TO_UNIT * (high - low + 1));
  }
}

/** Slices of the 32-bit range whose first possible index is known: one comparison settles most picks (8 ns against 19). */
const GUIDE_BITS = 8;

/** Picks an index with given weights, evenly when all are zero. Rates are exact to 2^-32; else zero weights are never picked. */
export class WeightedChoice {
  private readonly bounds: Float64Array;
  private readonly guide: Uint32Array;

  constructor(weights: readonly number[]) {
    if (weights.length === 0 || weights.some((weight) => !(weight >= 0))) {
      throw new Error(`not weights: [${weights.join(', ')}]`);
    }
    const given = weights.some((weight) => weight > 0) ? weights : weights.map(() => 1);
    const total = given.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    // The same sum in the same order: the last bound is exactly 2^32.
    this.bounds = Float64Array.from(given, (weight) => Math.round(((sum += weight) / total) * 2 ** 32));
    this.guide = Uint32Array.from({ length: 1 << GUIDE_BITS }, (_, slice) =>
      this.bounds.findIndex((bound) => bound > slice * 2 ** (32 - GUIDE_BITS)),
    );
  }

  pick(u32: number): number {
    const { bounds } = this;
    let i = this.guide[u32 >>> (32 - GUIDE_BITS)]!;
    while (bounds[i]! <= u32) i++;
    return i;
  }
}

/** Quantile of the standard normal at 0 < p < 1: Peter Acklam's rational approximation, relative error under 1.2e-9. */
export function normalQuantile(p: number): number {
  if (p < 0.024_25) return tailQuantile(p);
  if (p > 1 - 0.024_25) return -tailQuantile(1 - p);
  const q = p - 0.5;
  const r = q * q;
  const numerator =
    ((((-39.696_830_286_653_76 * r + 220.946_098_424_520_5) * r - 275.928_510_446_968_7) * r + 138.357_751_867_269) * r -
      30.664_798_066_147_16) *
      r +
    2.506_628_277_459_239;
  const denominator =
    ((((-54.476_098_798_224_06 * r + 161.585_836_858_040_9) * r - 155.698_979_859_886_6) * r + 66.801_311_887_719_72) * r -
      13.280_681_552_885_72) *
      r +
    1;
  return (q * numerator) / denominator;
}

function tailQuantile(p: number): number {
  const q = Math.sqrt(-2 * Math.log(p));
  const numerator =
    ((((-0.007_784_894_002_430_293 * q - 0.322_396_458_041_136_5) * q - 2.400_758_277_161_838) * q - 2.549_732_539_343_734) * q +
      4.374_664_141_464_968) *
      q +
    2.938_163_982_698_783;
  const denominator =
    (((0.007_784_695_709_041_462 * q + 0.322_467_129_070_039_8) * q + 2.445_134_137_142_996) * q + 3.754_408_661_907_416) * q + 1;
  return numerator / denominator;
}
