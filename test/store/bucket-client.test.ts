// Every request through every fault, against a real server: what passes is tried again, what does not stops at once.

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT, UserError } from '../../src/lib/errors.ts';
import { ABSENT, contentOf, type BucketClient, type ObjectContent } from '../../src/store/bucket-client.ts';
import { ConflictError } from '../../src/store/gcs-errors.ts';
import { makeTempFolder } from '../pipeline/tiny-shop.ts';
import { describeWithGcs } from './describe-with-gcs.ts';
import { startTestBucket, BUCKET, type TestBucket } from './bucket.ts';
import { listObjects, readObject, writeObject } from './fake-gcs-server.ts';
import { TRANSIENT_FAULTS, type FaultKind } from './fault-proxy.ts';
import { startTokenService } from './token-service.ts';

describeWithGcs('BucketClient', () => {
  let bucket: TestBucket;
  let large: ObjectContent;
  beforeAll(async () => {
    bucket = await startTestBucket();
    const bytes = randomBytes(5_000_000);
    const path = join(makeTempFolder(), 'part-0000.parquet');
    writeFileSync(path, bytes);
    large = { ...contentOf(bytes), body: { path } };
  });

  let names = 0;
  const newName = (): string => `objects/${++names}`;

  async function drain(client: BucketClient, prefix: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { name } of client.list(prefix)) found.push(name);
    return found;
  }

  describe.each(TRANSIENT_FAULTS)('%s', (kind) => {
    it('a small upload is stored once, whole', async () => {
      const name = newName();
      const client = bucket.client();
      bucket.proxy.faultNext(kind, 1, (method) => method === 'POST');
      const info = await client.write(name, contentOf('small'), ABSENT);
      expect(info.bytes).toBe(5);
      expect(String(await readObject(bucket.gcs.url, BUCKET, name))).toBe('small');
      expect((await listObjects(bucket.gcs.url, BUCKET, name))[0]?.crc32c).toBe(contentOf('small').crc32c);
    });

    it('a large upload is stored once, whole', async () => {
      const name = newName();
      bucket.proxy.faultNext(kind, 1, (method) => method === 'POST' || method === 'PUT');
      const info = await bucket.client().write(name, large, ABSENT);
      expect(info).toMatchObject({ bytes: large.bytes, crc32c: large.crc32c });
      expect((await listObjects(bucket.gcs.url, BUCKET, name))[0]).toMatchObject({ size: large.bytes, crc32c: large.crc32c });
    });

    it('look, read, list and delete get their answers', async () => {
      const name = newName();
      const client = bucket.client();
      const generation = await writeObject(bucket.gcs.url, BUCKET, name, 'here');
      const isGet = (method: string): boolean => method === 'GET';
      bucket.proxy.faultNext(kind, 1, isGet);
      expect((await client.stat(name))?.generation).toBe(generation);
      bucket.proxy.faultNext(kind, 1, isGet);
      expect(String(await client.read(name))).toBe('here');
      bucket.proxy.faultNext(kind, 1, isGet);
      expect(await drain(client, name)).toEqual([name]);
      bucket.proxy.faultNext(kind, 1, (method) => method === 'DELETE');
      await client.remove({ name, generation });
      expect(await listObjects(bucket.gcs.url, BUCKET, name)).toEqual([]);
      bucket.proxy.setFaults();
    });
  });

  it.each([
    ['status-403', 'role "Storage Object Admin"'],
    ['status-403-billing', 'Enable billing'],
    ['status-404-bucket', 'gcloud storage buckets create'],
    ['status-429-quota', 'Raise the quota'],
  ] as const)('%s stops at once and says what to do', async (kind: FaultKind, hint) => {
    const client = bucket.client();
    const before = bucket.proxy.requests;
    const works = [
      () => client.stat('x'),
      () => client.read('x'),
      () => client.write('x', contentOf('x'), ABSENT),
      () => drain(client, 'x'),
    ];
    for (const work of works) {
      bucket.proxy.faultNext(kind);
      const error = await work().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ exitCode: EXIT.incomplete, hint: expect.stringContaining(hint) as string });
    }
    expect(client.retries).toEqual([]);
    expect(bucket.proxy.requests - before).toBe(works.length);
  });

  it('gives up when its budget is used up, and says after how many tries', async () => {
    bucket.proxy.setFaults({ seed: 1, rate: 1, kinds: ['status-503'] });
    const error = await bucket
      .client({ budgetMs: 1200 })
      .stat('x')
      .catch((thrown: unknown) => thrown);
    bucket.proxy.setFaults();
    expect(error).toMatchObject({ exitCode: EXIT.incomplete, message: expect.stringMatching(/gave up after \d+ tries/) as string });
  });

  it('never writes over what somebody else wrote', async () => {
    const name = newName();
    const client = bucket.client();
    const first = await client.write(name, contentOf('mine'), ABSENT);
    await writeObject(bucket.gcs.url, BUCKET, name, 'theirs');
    await expect(client.write(name, contentOf('mine again'), first.generation)).rejects.toBeInstanceOf(ConflictError);
    expect(String(await readObject(bucket.gcs.url, BUCKET, name))).toBe('theirs');
    await expect(client.write(name, large, ABSENT)).rejects.toBeInstanceOf(ConflictError);
  });

  it('takes what is there already, with the same bytes, for written', async () => {
    const name = newName();
    const generation = await writeObject(bucket.gcs.url, BUCKET, name, 'same');
    expect((await bucket.client().write(name, contentOf('same'), ABSENT)).generation).toBe(generation);
  });

  it('lists in pages and in bounds, and knows what is not there', async () => {
    const client = bucket.client();
    for (const day of ['01', '02', '03', '04']) await writeObject(bucket.gcs.url, BUCKET, `days/dt=${day}/x`, day);
    const found: string[] = [];
    for await (const { name } of client.list('days/', { from: 'days/dt=02/', to: 'days/dt=030' })) found.push(name);
    expect(found).toEqual(['days/dt=02/x', 'days/dt=03/x']);
    expect(await client.stat('nothing')).toBeUndefined();
    expect(await client.read('nothing')).toBeUndefined();
    await client.remove({ name: 'nothing', generation: '1' });
  });

  it('ends at once when interrupted', async () => {
    const controller = new AbortController();
    bucket.proxy.faultNext('stall');
    const work = bucket.client({ signal: controller.signal, requestTimeoutMs: 60_000 }).stat('x');
    controller.abort();
    await expect(work).rejects.toMatchObject({ exitCode: EXIT.incomplete, message: expect.stringContaining('interrupted') as string });
  });

  it('says which bucket is missing', async () => {
    const client = bucket.client({ bucket: 'elsewhere' });
    await expect(client.write('x', contentOf('x'), ABSENT)).rejects.toMatchObject({
      message: expect.stringContaining('gs://elsewhere') as string,
    });
    await expect(drain(client, 'x')).rejects.toMatchObject({ message: expect.stringContaining('gs://elsewhere') as string });
  });
});

describeWithGcs('credentials', () => {
  it('a token that expires is renewed; when it cannot be, the command that renews it is said', async () => {
    const { startFaultProxy } = await import('./fault-proxy.ts');
    const bucket = await startTestBucket();
    const tokens = await startTokenService();
    const proxy = await startFaultProxy({ target: bucket.gcs.url, requireToken: () => tokens.current() });
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = tokens.credentialsFile;
    try {
      const client = bucket.client({ endpoint: proxy.url });
      await client.connection.requireCredentials();
      await client.write('a', contentOf('a'), ABSENT);
      tokens.expire();
      await client.write('b', contentOf('b'), ABSENT);
      tokens.expire();
      expect(String(await client.read('b'))).toBe('b');
      expect(client.retries.join()).toContain('the access token has expired');
      tokens.expire();
      tokens.refuse();
      const error = await client.write('c', contentOf('c'), ABSENT).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        exitCode: EXIT.incomplete,
        hint: expect.stringContaining('gcloud auth application-default login') as string,
      });
      tokens.accept();
      await client.write('c', contentOf('c'), ABSENT);
    } finally {
      delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
      await proxy.close();
      await tokens.close();
    }
  });

  it('none at all stop before anything is asked', async () => {
    const { BucketClient } = await import('../../src/store/bucket-client.ts');
    const home = process.env['HOME'];
    process.env['HOME'] = makeTempFolder();
    try {
      const signal = new AbortController().signal;
      const client = new BucketClient({ bucket: BUCKET, endpoint: undefined, requestTimeoutMs: 1000, budgetMs: 1000, signal });
      await expect(client.connection.requireCredentials()).rejects.toMatchObject({
        exitCode: EXIT.incomplete,
        hint: expect.stringContaining('gcloud auth application-default login') as string,
      });
    } finally {
      process.env['HOME'] = home;
    }
  });
});
