// The answer key in a bucket, when it is asked for: its listing and manifests against `lake.json`, without a part of it.

import { LAKE_FILE } from '../checkpoint/lake-file.ts';
import type { Effects } from '../events.ts';
import { DEFECTS } from '../tables/defects.ts';
import type { BucketClient } from '../store/bucket-client.ts';
import { checkKeyFiles, checkNoKey, KEY } from './check-answer-key.ts';
import { messRates } from './deep/mess-rates.ts';
import type { ExpectedLake } from './expected-lake.ts';
import { ANSWER_KEY } from './layout.ts';
import { listBucketLake } from './list-bucket-lake.ts';
import { readBucketLake } from './read-bucket-lake.ts';
import { reportCheck, skipped, type CheckReport } from './report.ts';

export interface BucketKeyRequest {
  readonly client: BucketClient;
  /** Such as `ecom/truth`; undefined: it is not looked at, which the report says. */
  readonly truthPrefix: string | undefined;
  /** Undefined: there is no `lake.json`. */
  readonly expected: ExpectedLake | undefined;
}

export async function checkBucketKey({ client, truthPrefix, expected }: BucketKeyRequest, fx: Effects): Promise<CheckReport[]> {
  if (expected === undefined) return [reportCheck(KEY, skipped(`there is no ${LAKE_FILE}`))];
  const isPlanted = messRates(expected) !== undefined;
  if (truthPrefix === undefined) {
    return [isPlanted ? reportCheck(KEY, skipped('not looked at; --publish-truth checks it too')) : checkNoKey('', false)];
  }
  const place = { client, prefix: `${truthPrefix}/${DEFECTS}` };
  const root = client.address(place.prefix);
  fx.emit({ type: 'phase', name: `reading the answer key in ${root}` });
  const listing = await listBucketLake(place, ANSWER_KEY);
  if (!isPlanted) return [checkNoKey(root, listing.objects > 0)];
  if (listing.objects === 0) return [reportCheck(KEY, { faults: [{ place: root, message: 'has no answer key' }] })];
  return checkKeyFiles(await readBucketLake(place, listing, ANSWER_KEY), expected);
}
