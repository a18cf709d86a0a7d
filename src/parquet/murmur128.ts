// MurmurHash3 x86_128 (Austin Appleby's public-domain algorithm) over a range of bytes, without allocation.

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

function finalMix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Hashes `bytes[from, to)` into `out`, four 32-bit words h1 to h4.
 * Same result as Python's `mmh3.hash128(data, seed, x64arch=False)`, which is h1 + h2·2^32 + h3·2^64 + h4·2^96.
 */
export function murmur128(bytes: Uint8Array, from: number, to: number, seed: number, out: Uint32Array): void {
  let h1 = seed | 0;
  let h2 = h1;
  let h3 = h1;
  let h4 = h1;
  let at = from;
  // Blocks of four little-endian words.
  for (; at + 16 <= to; at += 16) {
    let k = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    k = Math.imul(k, C1);
    h1 ^= Math.imul((k << 15) | (k >>> 17), C2);
    h1 = (Math.imul(((h1 << 19) | (h1 >>> 13)) + h2, 5) + 0x561ccd1b) | 0;

    k = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
    k = Math.imul(k, C2);
    h2 ^= Math.imul((k << 16) | (k >>> 16), C3);
    h2 = (Math.imul(((h2 << 17) | (h2 >>> 15)) + h3, 5) + 0x0bcaa747) | 0;

    k = bytes[at + 8]! | (bytes[at + 9]! << 8) | (bytes[at + 10]! << 16) | (bytes[at + 11]! << 24);
    k = Math.imul(k, C3);
    h3 ^= Math.imul((k << 17) | (k >>> 15), C4);
    h3 = (Math.imul(((h3 << 15) | (h3 >>> 17)) + h4, 5) + 0x96cd1c35) | 0;

    k = bytes[at + 12]! | (bytes[at + 13]! << 8) | (bytes[at + 14]! << 16) | (bytes[at + 15]! << 24);
    k = Math.imul(k, C4);
    h4 ^= Math.imul((k << 18) | (k >>> 14), C1);
    h4 = (Math.imul(((h4 << 13) | (h4 >>> 19)) + h1, 5) + 0x32ac3b17) | 0;
  }

  // The rest, up to 15 bytes, as words filled up with zeros (a zero word leaves its h as it is).
  let k1 = 0;
  let k2 = 0;
  let k3 = 0;
  let k4 = 0;
  const rest = to - at;
  for (let i = 0; i < rest; i++) {
    const shifted = bytes[at + i]! << ((i & 3) << 3);
    if (i < 4) k1 |= shifted;
    else if (i < 8) k2 |= shifted;
    else if (i < 12) k3 |= shifted;
    else k4 |= shifted;
  }
  k1 = Math.imul(k1, C1);
  h1 ^= Math.imul((k1 << 15) | (k1 >>> 17), C2);
  k2 = Math.imul(k2, C2);
  h2 ^= Math.imul((k2 << 16) | (k2 >>> 16), C3);
  k3 = Math.imul(k3, C3);
  h3 ^= Math.imul((k3 << 17) | (k3 >>> 15), C4);
  k4 = Math.imul(k4, C4);
  h4 ^= Math.imul((k4 << 18) | (k4 >>> 14), C1);

  const length = to - from;
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = finalMix((h2 + h1) | 0);
  h3 = finalMix((h3 + h1) | 0);
  h4 = finalMix((h4 + h1) | 0);
  h1 = finalMix(h1);
  h1 = (h1 + h2 + h3 + h4) | 0;
  out[0] = h1;
  out[1] = h2 + h1;
  out[2] = h3 + h1;
  out[3] = h4 + h1;
}
