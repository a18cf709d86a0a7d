import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { EXIT } from '../../src/lib/errors.ts';
import type { StagedPartition } from '../../src/parquet/manifest.ts';
import { GcsStore } from '../../src/store/gcs-store.ts';
import { identityFromManifests } from '../../src/store/identity.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { planUpload } from '../../src/store/upload-plan.ts';
import { makeTempFolder } from '../pipeline/tiny-shop.ts';
import { describeWithGcs } from './describe-with-gcs.ts';
import { BUCKET, startTestBucket, type TestBucket } from './bucket.ts';
import { listObjects, writeObject } from './fake-gcs-server.ts';
import { stage, stageDays } from './lake.ts';

describeWithGcs('GcsStore', () => {
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await startTestBucket();
  });

  let prefixes = 0;
  const open = () => {
    const prefix = `raw/${++prefixes}`;
    const client = bucket.client();
    return { prefix, client, store: new GcsStore(client, prefix, 8) };
  };
  const names = async (prefix: string): Promise<string[]> =>
    (await listObjects(bucket.gcs.url, BUCKET, prefix)).map(({ name }) => name.slice(prefix.length + 1));

  it('publishes partitions that read back the same as from the local lake', async () => {
    const { store } = open();
    const folder = makeTempFolder();
    const staged = stageDays(folder, 3);
    expect(await store.publish(staged)).toEqual({ added: 6, kept: 0, replaced: 0 });
    const local = new LocalStore(join(makeTempFolder(), 'raw'));
    await local.publish(staged);
    expect(await store.list()).toEqual(await local.list());
    expect(await store.list('orders')).toEqual(await local.list('orders'));
    expect(await identityFromManifests(store)).toBe(await identityFromManifests(local));
    const found = [];
    for await (const partition of store.partitions()) found.push(partition);
    expect(found).toHaveLength(6);
    expect(await store.readManifest({ table: 'orders', partition: 'ingest_dt=1999-01-01' })).toBeUndefined();
  });

  it('moves no bytes the second time', async () => {
    const { store, prefix } = open();
    const staged = stageDays(makeTempFolder(), 2);
    await store.publish(staged);
    const before = await listObjects(bucket.gcs.url, BUCKET, prefix);
    const sent: boolean[] = [];
    expect(await store.publish(staged, (_, isSent) => sent.push(isSent))).toEqual({ added: 0, kept: 4, replaced: 0 });
    expect(sent).toHaveLength(before.length);
    expect(sent).not.toContain(true);
    expect(await listObjects(bucket.gcs.url, BUCKET, prefix)).toEqual(before);
  });

  it('writes the parts, then the manifest, then the marker; and when replacing takes the marker away first', async () => {
    const { store, prefix } = open();
    const order: string[] = [];
    const watch = (method: string, path: string): boolean => {
      const name = /[?&]name=([^&]+)/.exec(path)?.[1] ?? path.split('/o/')[1] ?? '';
      if (method !== 'GET') order.push(`${method} ${name.split('?')[0]!.split('/').at(-1)}`);
      return false;
    };
    bucket.proxy.faultNext('slow', 1, watch);
    await store.publish([stage(makeTempFolder(), 'orders', '2020-01-01')]);
    expect(order.slice(-2)).toEqual(['POST _MANIFEST.json', 'POST _SUCCESS']);
    expect(order.slice(0, -2).every((step) => step.startsWith('POST part-'))).toBe(true);
    order.length = 0;
    await store.publish([stage(makeTempFolder(), 'orders', '2020-01-01', 'v2')]);
    expect(order[0]).toBe('DELETE _SUCCESS');
    expect(order.slice(-2)).toEqual(['POST _MANIFEST.json', 'POST _SUCCESS']);
    bucket.proxy.setFaults();
    expect((await names(prefix)).filter((name) => name.endsWith('_SUCCESS'))).toHaveLength(1);
  });

  it('replaces what is different and removes what does not belong to the partition', async () => {
    const { store, prefix, client } = open();
    const staged = stageDays(makeTempFolder(), 2);
    await store.publish(staged);
    const before = await listObjects(bucket.gcs.url, BUCKET, prefix);
    const folder = `${prefix}/orders/ingest_dt=2020-01-01`;
    await writeObject(bucket.gcs.url, BUCKET, `${folder}/part-0000.parquet`, 'other bytes');
    await writeObject(bucket.gcs.url, BUCKET, `${folder}/part-0099.parquet`, 'a stray part');
    const plans = await planUpload(staged, prefix, client);
    expect(plans.flatMap(({ strangers }) => strangers.map(({ name }) => name))).toEqual([`${folder}/part-0099.parquet`]);
    expect(await store.publish(staged)).toEqual({ added: 0, kept: 3, replaced: 1 });
    const sums = (objects: typeof before) => objects.map(({ name, crc32c }) => [name, crc32c]);
    expect(sums(await listObjects(bucket.gcs.url, BUCKET, prefix))).toEqual(sums(before));
  });

  it('stops when somebody else changes an object in the meantime, and leaves it as it is', async () => {
    const { store, prefix, client } = open();
    const staged = [stage(makeTempFolder(), 'orders', '2020-01-01')];
    const plans = await planUpload(staged, prefix, client);
    const theirs = `${prefix}/orders/ingest_dt=2020-01-01/_MANIFEST.json`;
    await writeObject(bucket.gcs.url, BUCKET, theirs, '{}');
    await expect(store.carryOut(plans, () => undefined)).rejects.toMatchObject({
      exitCode: EXIT.incomplete,
      message: expect.stringContaining(theirs) as string,
    });
    expect((await names(prefix)).some((name) => name.endsWith('_SUCCESS'))).toBe(false);
  });

  it('does not send a part that is not what its manifest lists', async () => {
    const { store, prefix } = open();
    const partition: StagedPartition = stage(makeTempFolder(), 'orders', '2020-01-01');
    const part = join(partition.dir, 'part-0000.parquet');
    writeFileSync(part, 'damaged');
    await expect(store.publish([partition])).rejects.toMatchObject({
      exitCode: EXIT.damaged,
      message: expect.stringContaining(part) as string,
    });
    expect((await names(prefix)).some((name) => name.endsWith('_SUCCESS'))).toBe(false);
  });
});
