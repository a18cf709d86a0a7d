// A lake's identity: one hash over the paths and sums of all its files.

import { createHash } from 'node:crypto';
import { forEachConcurrent } from '../lib/files.ts';
import { formatManifest, MANIFEST_NAME, SUCCESS_NAME } from '../parquet/manifest.ts';
import type { PublishedPartition, Store } from './store.ts';

const READS_IN_FLIGHT = 64;

export interface FileSum {
  /** Below the lake's root, with forward slashes. */
  readonly path: string;
  /** In hex. */
  readonly sha256: string;
}

/**
 * SHA-256 of the lines `<sha256>  <path>`, sorted by path as bytes. From the lake's root, the same by hand:
 * `find . -type f -printf '%P\n' | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum | sha256sum`
 */
export function lakeIdentity(files: Iterable<FileSum>): string {
  const hash = createHash('sha256');
  const sorted = [...files].toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  for (const { path, sha256 } of sorted) hash.update(`${sha256}  ${path}\n`);
  return hash.digest('hex');
}

/** The same without reading the parts: their sums stand in the manifests. `visit` sees every partition, in no order. */
export async function identityFromManifests(
  store: Store,
  visit: (partition: PublishedPartition) => void = () => undefined,
): Promise<string> {
  const files: FileSum[] = [];
  await forEachConcurrent(await store.list(), READS_IN_FLIGHT, async (ref) => {
    const manifest = await store.readManifest(ref);
    if (manifest === undefined) return;
    visit({ ...ref, manifest });
    files.push(...partitionSums(ref.table, ref.partition, manifest));
  });
  return lakeIdentity(files);
}

function partitionSums(table: string, partition: string, manifest: PublishedPartition['manifest']): FileSum[] {
  const folder = `${table}/${partition}`;
  return [
    ...manifest.files.map(({ path, sha256 }) => ({ path: `${folder}/${path}`, sha256 })),
    { path: `${folder}/${MANIFEST_NAME}`, sha256: sha256Of(formatManifest(manifest)) },
    { path: `${folder}/${SUCCESS_NAME}`, sha256: sha256Of('') },
  ];
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
