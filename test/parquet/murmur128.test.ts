import { describe, expect, test } from 'vitest';
import { murmur128 } from '../../src/parquet/murmur128.ts';

// From Python's mmh3 5: format(mmh3.hash128(text, seed, x64arch=False), '032x').
const VECTORS: [text: string, seed: number, digits: string][] = [
  ['', 0x00000000, '00000000000000000000000000000000'],
  ['', 0x00000001, '54d201b954d201b954d201b988c4adec'],
  ['', 0x9747b28c, '5b576a1c5b576a1c5b576a1cf7bed5a1'],
  ['', 0xffffffff, '989d49f7989d49f7989d49f7051e08a9'],
  ['a', 0x00000000, '5556b01b5556b01b5556b01ba794933c'],
  ['a', 0x00000001, '1c5281c51c5281c51c5281c549db9b04'],
  ['a', 0x9747b28c, '21a1186e21a1186e21a1186e084ef944'],
  ['a', 0xffffffff, '90f0af0890f0af0890f0af0878bc24b1'],
  ['ab', 0x00000000, '25be301025be301025be3010158451df'],
  ['ab', 0x00000001, '7b35502d7b35502d7b35502d607673ae'],
  ['ab', 0x9747b28c, 'c7fe5896c7fe5896c7fe58963837d795'],
  ['ab', 0xffffffff, 'cd9a354ccd9a354ccd9a354cbbe246cd'],
  ['abc', 0x00000000, 'a2b006a5a2b006a5a2b006a575cdc6d1'],
  ['abc', 0x00000001, '21a3830021a3830021a38300327c7bab'],
  ['abc', 0x9747b28c, '48fc3ac348fc3ac348fc3ac3d6359eaf'],
  ['abc', 0xffffffff, 'b5400af6b5400af6b5400af6d110201c'],
  ['abcd', 0x00000000, '45afc62e45afc62e45afc62e96b6ccaa'],
  ['abcd', 0x00000001, '77cd689b77cd689b77cd689b51a1ea2e'],
  ['abcd', 0x9747b28c, 'cec1885ecec1885ecec1885e4795c529'],
  ['abcd', 0xffffffff, '5597fd305597fd305597fd3096e0578f'],
  ['CART-00000001', 0x00000000, 'a6d81991cd7b451c07773d4707aa1577'],
  ['CART-00000001', 0x00000001, '79a910b568b69cdbdaa01a8cd7f76081'],
  ['CART-00000001', 0x9747b28c, 'eae46bacb3934bf2dc716dbe2a388ec7'],
  ['CART-00000001', 0xffffffff, 'b5c4e109817974d4e2a258a06f95732d'],
  ['17', 0x00000000, '753615f5753615f5753615f5e5a77df8'],
  ['17', 0x00000001, '7fd920157fd920157fd9201583c67e0f'],
  ['17', 0x9747b28c, '8a24dc558a24dc558a24dc55d0686bb0'],
  ['17', 0xffffffff, 'beaada53beaada53beaada53eeba29d6'],
  ['ORD-00000001|23', 0x00000000, 'f97993651f3b3cf81ec0138818a4b9c3'],
  ['ORD-00000001|23', 0x00000001, 'ce264bd354c0e2b0616d9f0629450203'],
  ['ORD-00000001|23', 0x9747b28c, '3fa4ed5a762b203ba116444501c419b6'],
  ['ORD-00000001|23', 0xffffffff, '141e7f697fb37218e43c4b6ab1ca65c6'],
  ['0123456789abcdef', 0x00000000, '572b3bfd48ad1d9b36aed30afb7d4409'],
  ['0123456789abcdef', 0x00000001, 'f88f1c82c749393818cc75b97e461b4e'],
  ['0123456789abcdef', 0x9747b28c, '3111a3d63957911dda0a0f18dc763f24'],
  ['0123456789abcdef', 0xffffffff, '916bf94dc1c36c4dcc1e97e2b82388dd'],
  ['0123456789abcdef0123456789abcdefXYZ', 0x00000000, 'c31efcbe32ae15a113ba561ea64b881e'],
  ['0123456789abcdef0123456789abcdefXYZ', 0x00000001, 'cce5172a00ad9cb988bba2b7789ce12d'],
  ['0123456789abcdef0123456789abcdefXYZ', 0x9747b28c, '8f1040092ec8ca1509d69aa1c325d4cd'],
  ['0123456789abcdef0123456789abcdefXYZ', 0xffffffff, 'db408a58e0910ce1baa92530c0b0db63'],
  ['café ☕', 0x00000000, '66a3da5df6ac724e9dd9b060597590ec'],
  ['café ☕', 0x00000001, 'a03570a3055f40ee09eea396868be6f3'],
  ['café ☕', 0x9747b28c, '5afee326553b5ffc71e7c36c5b99a504'],
  ['café ☕', 0xffffffff, '0562d14fd4f29f0462a7237c3879498f'],
  ['9007199254740991', 0x00000000, 'd5f270d98df897f1ddc67db7290ee6d7'],
  ['9007199254740991', 0x00000001, '99240021c644c2d56cc388a09572a9f1'],
  ['9007199254740991', 0x9747b28c, 'cb6dc5606d65307357dcff051163f1a0'],
  ['9007199254740991', 0xffffffff, '63ac6a502d0afc2be5b74b8ca04fd9b5'],
  ['-5', 0x00000000, '370769253707692537076925be9f2d4e'],
  ['-5', 0x00000001, '4807041048070410480704100efc8521'],
  ['-5', 0x9747b28c, '56068f9a56068f9a56068f9ae16654dd'],
  ['-5', 0xffffffff, '1a6a615b1a6a615b1a6a615b37e60bd3'],
  ['9223372036854775807', 0x00000000, 'be4cec5dfa785654e33a92a607a60642'],
  ['9223372036854775807', 0x00000001, '5e8b5762468dcdfc7aead9478ab930ff'],
  ['9223372036854775807', 0x9747b28c, '453dc64339470be1dfc1ed174da7c822'],
  ['9223372036854775807', 0xffffffff, 'd6d62a190ca8e8c4776ffac6c3951eeb'],
];

function hexDigits(bytes: Uint8Array, from: number, to: number, seed: number): string {
  const out = new Uint32Array(4);
  murmur128(bytes, from, to, seed, out);
  return Array.from(out.toReversed(), (word) => word.toString(16).padStart(8, '0')).join('');
}

describe('murmur128', () => {
  test.each(VECTORS)('%j with seed %i', (text, seed, digits) => {
    const bytes = Buffer.from(text);
    expect(hexDigits(bytes, 0, bytes.length, seed)).toBe(digits);
  });

  test('hashes the range, whatever stands around it', () => {
    const around = Buffer.from('xxCART-00000001-and-moreyy');
    const alone = Buffer.from('CART-00000001-and-more');
    expect(hexDigits(around, 2, around.length - 2, 7)).toBe(hexDigits(alone, 0, alone.length, 7));
  });
});
