// Checks a lake in a bucket: from listings and manifests, or read back as a whole and checked as a local one.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAKE_FILE } from '../checkpoint/lake-file.ts';
import type { Effects } from '../events.ts';
import { UserError } from '../lib/errors.ts';
import { describeFsError, removeTree } from '../lib/files.ts';
import { formatBytes, formatCounted } from '../lib/numbers.ts';
import type { BucketClient } from '../store/bucket-client.ts';
import { TABLE_NAMES } from '../tables/index.ts';
import { checkBucketKey } from './check-bucket-key.ts';
import { downloadPartitions, measureDownload, requireRoom, sumStrangers } from './download-lake.ts';
import { parseExpectedLake, type ExpectedLake } from './expected-lake.ts';
import { stopped, type LakeFiles } from './lake-files.ts';
import { lakeLayout, type Layout } from './layout.ts';
import { listBucketLake, type BucketListing, type BucketPlace } from './list-bucket-lake.ts';
import { readBucketLake, readListed } from './read-bucket-lake.ts';
import { readLake } from './read-lake.ts';
import type { VerifyReport } from './report.ts';
import { checkLake, noLakeAt, type CheckRequest } from './verify-lake.ts';

export interface VerifyBucketRequest extends BucketPlace {
  /** Of the answer key, such as `ecom/truth`; undefined: it is not looked at. */
  readonly truthPrefix?: string | undefined;
  /** Downloads the lake and reads every row too. */
  readonly deep: boolean;
  /** Where the download goes, for as long as it is needed. Default: the system's folder for temporary files. */
  readonly scratchRoot?: string;
}

/**
 * Never throws for damage: that is in the report. Throws a UserError when there is no lake under the prefix (exit 2), or
 * when interrupted, the lake changes meanwhile, or the disk has no room for it (exit 3). The client's signal is that of `fx`.
 */
export async function verifyBucket(request: VerifyBucketRequest, fx: Effects): Promise<VerifyReport> {
  try {
    return await verify(request, fx);
  } catch (error) {
    throw fx.signal.aborted ? stopped() : error;
  }
}

async function verify(request: VerifyBucketRequest, fx: Effects): Promise<VerifyReport> {
  const { client, prefix, deep } = request;
  const started = fx.clock().getTime();
  const address = client.address(prefix);
  fx.emit({ type: 'phase', name: `listing ${address}` });
  const listing = await listBucketLake(request);
  if (listing.partitions.length === 0) throw noLake(request, listing);
  const expected = await readLakeObject(client, listing);
  if (expected === undefined) {
    const missing = `there is no ${address}/_state/${LAKE_FILE}`;
    if (deep) {
      throw new UserError(`${missing}, so nothing says what the rows should be`, {
        hint: 'Let backlog-bear with the same --bucket and --prefix go on to its end, or leave out --deep.',
      });
    }
    fx.emit({ type: 'note', message: `${missing}: only what the manifests say is checked` });
  }
  const layout = lakeLayout(expected?.schemas);
  const input = { expected, tables: TABLE_NAMES, deep, started };
  const report = deep
    ? await withDownload(request, listing, layout, fx, (lake) => checkLake({ lake, ...input }, fx))
    : await checkListed(request, listing, layout, input, fx);
  const checks = [...report.checks, ...(await checkBucketKey({ client, truthPrefix: request.truthPrefix, expected }, fx))];
  return { ...report, root: address, checks, ok: checks.every(({ ok }) => ok), elapsedMs: fx.clock().getTime() - started };
}

async function checkListed(
  place: BucketPlace,
  listing: BucketListing,
  layout: Layout,
  input: Omit<CheckRequest, 'lake'>,
  fx: Effects,
): Promise<VerifyReport> {
  fx.emit({ type: 'phase', name: `reading ${formatCounted(listing.partitions.length, 'manifest')}` });
  return checkLake({ lake: await readBucketLake(place, listing, layout), ...input }, fx);
}

async function readLakeObject(client: BucketClient, { lakeFile }: BucketListing): Promise<ExpectedLake | undefined> {
  if (lakeFile === undefined) return undefined;
  return parseExpectedLake((await readListed(client, lakeFile)).toString('utf8'), client.address(lakeFile.name));
}

/** The download is gone when `work` has ended, however it ended. */
async function withDownload(
  { client, scratchRoot = tmpdir() }: VerifyBucketRequest,
  listing: BucketListing,
  layout: Layout,
  fx: Effects,
  work: (lake: LakeFiles) => Promise<VerifyReport>,
): Promise<VerifyReport> {
  const { objects, bytes, diskBytes } = measureDownload(listing);
  await requireRoom(scratchRoot, diskBytes);
  const folder = await mkdtemp(join(scratchRoot, 'ecomlake-verify-')).catch((error: unknown) => {
    throw describeFsError(error, scratchRoot);
  });
  try {
    fx.emit({ type: 'phase', name: `downloading ${formatCounted(objects, 'object')}, ${formatBytes(bytes)}` });
    await downloadPartitions(client, listing, folder);
    const strangerSums = await sumStrangers(client, listing);
    fx.emit({ type: 'phase', name: 'reading files and manifests' });
    const lake = await readLake(folder, fx.signal, layout);
    return await work({
      ...lake,
      strangers: [...listing.strangers.keys()],
      sums: [...lake.sums, ...strangerSums],
      isSummed: strangerSums.length === listing.strangers.size,
    });
  } finally {
    await removeTree(folder);
  }
}

function noLake({ client, prefix }: BucketPlace, { objects }: BucketListing): UserError {
  return noLakeAt(
    client.address(prefix),
    objects === 0 ? 'has no objects' : 'has no partitions in it',
    `Publish one with \`npx ecomlake backlog-bear --bucket ${client.bucket} --prefix ${prefix}\`, or correct --bucket and --prefix.`,
  );
}
