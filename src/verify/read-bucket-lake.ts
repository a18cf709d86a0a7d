// A lake in a bucket as its listing and manifests tell: no part is downloaded.

import { EXIT, UserError } from '../lib/errors.ts';
import { forEachConcurrent } from '../lib/files.ts';
import { MANIFEST_NAME, SUCCESS_NAME } from '../parquet/manifest.ts';
import { crc32cBase64, sha256Hex } from '../parquet/partition.ts';
import type { BucketClient, ObjectInfo } from '../store/bucket-client.ts';
import type { FileSum } from '../store/identity.ts';
import { EMPTY_SHA256, manifestOf, NO_MANIFEST, readManifestText } from './lake-files.ts';
import type { LakeFiles, PartInfo, PartitionFiles } from './lake-files.ts';
import type { Layout } from './layout.ts';
import type { BucketListing, BucketPlace, ListedPartition } from './list-bucket-lake.ts';

const READS_IN_FLIGHT = 64;

/**
 * The parts' SHA-256 are those of the manifests, where size and CRC32C agree; what else has content is without a sum.
 * Throws a UserError (exit 3) when interrupted, or when an object changes meanwhile.
 */
export async function readBucketLake({ client, prefix }: BucketPlace, listing: BucketListing, layout: Layout): Promise<LakeFiles> {
  const partitions: PartitionFiles[] = [];
  const sums: FileSum[] = [];
  await forEachConcurrent(listing.partitions.entries(), READS_IN_FLIGHT, async ([index, listed]) => {
    const manifestInfo = listed.files.get(MANIFEST_NAME);
    const bytes = manifestInfo === undefined ? undefined : await readListed(client, manifestInfo);
    const partition = describePartition(listed, bytes);
    partitions[index] = partition;
    if (bytes !== undefined) sums.push({ path: `${listed.place}/${MANIFEST_NAME}`, sha256: sha256Hex(bytes) });
    sums.push(...knownSums(partition));
  });
  const files = listing.partitions.reduce((total, partition) => total + partition.files.size, 0);
  return {
    layout,
    root: client.address(prefix),
    partitions,
    strangers: [...listing.strangers.keys()],
    sums,
    isSummed: sums.length === files + listing.strangers.size,
    isRead: false,
  };
}

/** An object's bytes. Throws a UserError (exit 3) when they are not those that were listed. */
export async function readListed(client: BucketClient, { name, bytes, crc32c }: ObjectInfo): Promise<Buffer> {
  const body = await client.read(name);
  // `read` has compared the bytes with the checksum they came with.
  if (body !== undefined && body.length === bytes && crc32cBase64(body) === crc32c) return body;
  throw new UserError(`${client.address(name)} was ${body === undefined ? 'deleted' : 'changed'} while the lake was being checked`, {
    hint: 'Wait for the run that writes there to end, then run the same command again.',
    exitCode: EXIT.incomplete,
  });
}

function describePartition({ table, place, folder, files }: ListedPartition, manifest: Buffer | undefined): PartitionFiles {
  const parts = new Map<string, PartInfo>();
  for (const [name, { bytes, crc32c }] of files) {
    if (name !== MANIFEST_NAME && name !== SUCCESS_NAME) parts.set(name, { name, bytes, crc32c, content: undefined });
  }
  return {
    table,
    place,
    folder,
    value: folder.slice(table.partitionKey.length + 1),
    manifest: manifest === undefined ? NO_MANIFEST : readManifestText(manifest.toString('utf8'), `${place}/${MANIFEST_NAME}`),
    parts,
    markerBytes: files.get(SUCCESS_NAME)?.bytes,
  };
}

/** Of the marker, and of the parts that are what the manifest says as far as a listing can tell. */
function* knownSums(partition: PartitionFiles): Iterable<FileSum> {
  const { place, parts, markerBytes } = partition;
  const listed = new Map(manifestOf(partition)?.files.map((file) => [file.path, file]));
  for (const { name, bytes, crc32c } of parts.values()) {
    const file = listed.get(name);
    if (file?.bytes === bytes && file.crc32c === crc32c) yield { path: `${place}/${name}`, sha256: file.sha256 };
  }
  if (markerBytes === 0) yield { path: `${place}/${SUCCESS_NAME}`, sha256: EMPTY_SHA256 };
}
