// A small lake in a bucket of a server of its own, and what can be done to its objects behind the back of the program.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forEachConcurrent } from '../../src/lib/files.ts';
import { BucketClient } from '../../src/store/bucket-client.ts';
import { verifyBucket } from '../../src/verify/verify-bucket.ts';
import type { VerifyReport } from '../../src/verify/verify-lake.ts';
import { effects, makeTempFolder, sums, type TestEffects } from '../pipeline/tiny-shop.ts';
import { deleteObject, listObjects, writeObject } from '../store/fake-gcs-server.ts';
import type { MiniLake } from './mini-lake.ts';

export const PREFIX = 'ecom/raw';
const UPLOADS_IN_FLIGHT = 16;

export class BucketLake {
  readonly url: string;
  readonly bucket: string;

  constructor(url: string, bucket: string) {
    this.url = url;
    this.bucket = bucket;
  }

  /** With its state, as a run leaves it. */
  async upload({ root, artifactRoot }: MiniLake): Promise<void> {
    await forEachConcurrent(sums(root), UPLOADS_IN_FLIGHT, async ({ path }) => this.write(path, readFileSync(join(root, path))));
    await this.write('_state/lake.json', readFileSync(join(artifactRoot, 'lake.json')));
    for (const name of ['id_state.json', 'backlog_checkpoint', 'lease.json']) await this.write(`_state/${name}`, '{}');
  }

  /** `path` is below the prefix, here and everywhere. */
  async write(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<void> {
    await writeObject(this.url, this.bucket, `${PREFIX}/${path}`, body);
  }

  async remove(path: string): Promise<void> {
    await deleteObject(this.url, this.bucket, `${PREFIX}/${path}`);
  }

  async removeAll(path: string): Promise<void> {
    for (const { name } of await listObjects(this.url, this.bucket, `${PREFIX}/${path}`)) await deleteObject(this.url, this.bucket, name);
  }

  client(signal: AbortSignal): BucketClient {
    return new BucketClient({ bucket: this.bucket, endpoint: this.url, requestTimeoutMs: 10_000, budgetMs: 0, signal });
  }

  /** `scratchRoot` is where a deep check downloads to. */
  verify(deep = false, fx: TestEffects = effects(), scratchRoot = makeTempFolder()): Promise<VerifyReport> {
    return verifyBucket({ client: this.client(fx.signal), prefix: PREFIX, deep, scratchRoot }, fx);
  }
}
