import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyMap } from '../../src/csv/key-map.ts';

const encoder = new TextEncoder();
const padded = (key: string) => encoder.encode(`..${key}..`);

test('behaves as a Map of texts, in whatever order it is asked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ maxLength: 4 }), fc.nat(0xffffff))),
      fc.array(fc.string({ maxLength: 4 })),
      (entries, asked) => {
        const map = new Map<string, number>();
        const keys = new KeyMap();
        for (const [key, value] of entries) {
          const bytes = padded(key);
          expect(keys.add(bytes, 2, bytes.length - 2, value)).toBe(!map.has(key));
          if (!map.has(key)) map.set(key, value);
        }
        expect(keys.size).toBe(map.size);
        for (const key of [...asked, ...map.keys(), ...[...map.keys()].toReversed()]) {
          const bytes = padded(key);
          expect(keys.get(bytes, 2, bytes.length - 2)).toBe(map.get(key) ?? -1);
        }
      },
    ),
  );
});

test('holds many keys', () => {
  const keys = new KeyMap();
  const keyOf = (i: number) => encoder.encode(`CART-${String(i).padStart(8, '0')}`);
  for (let i = 0; i < 300_000; i++) keys.add(keyOf(i), 0, 13, i % 1000);
  let wrong = 0;
  for (let i = 0; i < 300_000; i++) {
    const at = (i * 7919) % 300_000;
    if (keys.get(keyOf(at), 0, 13) !== at % 1000) wrong++;
  }
  expect(wrong).toBe(0);
  expect(keys.get(keyOf(300_000), 0, 13)).toBe(-1);
});
