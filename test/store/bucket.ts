// A bucket on a real server, with a proxy in front that can be told to fail.

import { afterAll } from 'vitest';
import { BucketClient, type BucketOptions } from '../../src/store/bucket-client.ts';
import { startFakeGcs, type FakeGcs } from './fake-gcs-server.ts';
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts';

export const BUCKET = 'lake';

export interface TestBucket {
  gcs: FakeGcs;
  proxy: FaultProxy;
  /** Through the proxy; `retries` holds what was said before each wait. */
  client(options?: Partial<BucketOptions>): BucketClient & { retries: string[] };
}

/** One for a whole test file. */
export async function startTestBucket(buckets: readonly string[] = [BUCKET]): Promise<TestBucket> {
  const gcs = await startFakeGcs({ backend: 'memory', buckets });
  const proxy = await startFaultProxy({ target: gcs.url });
  afterAll(async () => {
    await proxy.close();
    await gcs.close();
  });
  return {
    gcs,
    proxy,
    client(options = {}) {
      const retries: string[] = [];
      const client = new BucketClient({
        bucket: BUCKET,
        endpoint: proxy.url,
        requestTimeoutMs: 1000,
        budgetMs: 20_000,
        signal: new AbortController().signal,
        onRetry: (message) => retries.push(message),
        ...options,
      });
      return Object.assign(client, { retries });
    },
  };
}
