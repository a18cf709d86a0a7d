// The lake's identity: over all files, whatever order they come in, and the same from manifests as from bytes.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { identityFromManifests, lakeIdentity, type FileSum } from '../../src/store/identity.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { makeTempFolder, sums } from '../pipeline/tiny-shop.ts';
import { stageDays } from './lake.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

it('is the hash of the lines of sha256sum, sorted by path as bytes', () => {
  const files = ['b', 'a/ä', 'a/z', 'B', 'a'].map((path) => ({ path, sha256: sha256(path) }));
  const lines = ['B', 'a', 'a/z', 'a/ä', 'b'].map((path) => `${sha256(path)}  ${path}\n`).join('');
  expect(lakeIdentity(files)).toBe(sha256(lines));
});

it('does not depend on the order of the files, and on every path and sum', () => {
  const file: fc.Arbitrary<FileSum> = fc.record({
    path: fc.string({ minLength: 1, unit: 'grapheme' }),
    sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
  });
  const files = fc.uniqueArray(file, { selector: ({ path }) => path, minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(files, fc.nat(), (list, index) => {
      const identity = lakeIdentity(list);
      expect(lakeIdentity(list.toReversed())).toBe(identity);
      const changed = index % list.length;
      expect(lakeIdentity(list.with(changed, { ...list[changed]!, path: `${list[changed]!.path}x` }))).not.toBe(identity);
      expect(lakeIdentity(list.toSpliced(changed, 1))).not.toBe(identity);
    }),
  );
});

it('is the same from manifests as from the bytes on disk', async () => {
  const root = join(makeTempFolder(), 'raw');
  const store = new LocalStore(root);
  await store.publish(stageDays(store.stagingRoot, 3));
  const visited: string[] = [];
  const identity = await identityFromManifests(store, ({ table, partition, manifest }) => {
    expect(manifest.table).toBe(table);
    visited.push(`${table}/${partition}`);
  });
  expect(identity).toBe(lakeIdentity(sums(root)));
  expect(visited.toSorted()).toEqual((await store.list()).map(({ table, partition }) => `${table}/${partition}`));
});
