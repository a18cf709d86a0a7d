// The backlog with a bucket: the same lake as without, one writer, resumed from the bucket's state.

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Flags } from '../../src/config/settings.ts';
import type { PipelineEvent } from '../../src/events.ts';
import { EXIT } from '../../src/lib/errors.ts';
import { listUpload, uploadRaw } from '../../src/pipeline/index.ts';
import { verifyBucket } from '../../src/verify/verify-bucket.ts';
import { describeWithGcs } from '../store/describe-with-gcs.ts';
import { startTestBucket, type TestBucket } from '../store/bucket.ts';
import { deleteObject, listObjects, readObject, writeObject } from '../store/fake-gcs-server.ts';
import { expectFault, faultLines } from '../verify/mini-lake.ts';
import { effects, sums, TinyShop } from './tiny-shop.ts';

/** Three chunks of five days and one day more. */
const END = '2020-01-16';
const BUCKETS = Array.from({ length: 40 }, (_, i) => `lake-${i + 1}`);

describeWithGcs('a lake in a bucket', () => {
  let server: TestBucket;
  let expected: string;
  beforeAll(async () => {
    server = await startTestBucket(BUCKETS);
    const shop = await TinyShop.open();
    expected = (await shop.backlog({ 'end-date': END, direct: true })).identity!;
  });

  let places = 0;
  /** Flags for a bucket of its own. */
  const place = (change: Flags = {}) => ({
    bucket: BUCKETS[places++]!,
    prefix: 'ecom/raw',
    'end-date': END,
    'chunk-size': 5,
    direct: true,
    'storage-endpoint': server.gcs.url,
    'request-timeout': 20,
    'retry-budget': 20,
    ...change,
  });
  const objects = (bucket: string) => listObjects(server.gcs.url, bucket, 'ecom/raw/');
  const state = (bucket: string) => listObjects(server.gcs.url, bucket, 'ecom/raw/_state/');
  const readState = async (bucket: string, name: string) => String(await readObject(server.gcs.url, bucket, `ecom/raw/_state/${name}`));
  const notesOf = (events: readonly PipelineEvent[]): string =>
    events.flatMap((event) => (event.type === 'note' ? [event.message] : [])).join('\n');

  it('is the local lake, and nothing of it stays on disk', async () => {
    const shop = await TinyShop.open();
    const flags = place();
    const summary = await shop.backlog({ ...flags, direct: false });
    expect(summary.identity).toBe(expected);
    expect(summary.root).toBe(`gs://${flags.bucket}/ecom/raw`);
    expect(sums(shop.raw)).toEqual([]);
    expect(shop.besideLake()).toEqual([]);
    expect((await state(flags.bucket)).map(({ name }) => name.split('/').at(-1))).toEqual([
      'backlog_checkpoint',
      'id_state.json',
      'lake.json',
    ]);
    const again = await shop.backlog(flags);
    expect(again.note).toContain('nothing to do');
    expect(again.identity).toBe(summary.identity);
  });

  const keyObjects = (bucket: string) => listObjects(server.gcs.url, bucket, 'ecom/truth/');
  /** What is local of the key, as objects. */
  const keyOf = (shop: TinyShop) =>
    sums(join(shop.folder, 'output/truth'))
      .map(({ path }) => `ecom/truth/${path}`)
      .toSorted();
  const verifyKey = async (flags: Flags & { bucket: string }) => {
    const fx = effects();
    const client = server.client({ bucket: flags.bucket, signal: fx.signal });
    return verifyBucket({ client, prefix: 'ecom/raw', truthPrefix: 'ecom/truth', deep: false }, fx);
  };

  it('has its answer key beside it when asked, and only then', async () => {
    const flags = place();
    const shop = await TinyShop.open();
    await shop.backlog({ ...flags, 'end-date': '2020-01-05' });
    expect(await keyObjects(flags.bucket)).toEqual([]);
    const fx = effects();
    await shop.backlog({ ...flags, 'publish-truth': true }, fx);
    const names = (await keyObjects(flags.bucket)).map(({ name }) => name).toSorted();
    expect(names).toEqual(keyOf(shop).filter((name) => /ingest_dt=2020-01-(0[6-9]|1\d)/.test(name)));
    expect(keyOf(shop).length).toBeGreaterThan(names.length);
    expect((await objects(flags.bucket)).some(({ name }) => name.includes('defects'))).toBe(false);
    expect(notesOf(fx.events)).toContain(
      `gs://${flags.bucket}/ecom/truth/defects lacks 5 days of the lake there (2020-01-01, 2020-01-02, 2020-01-03, 2020-01-04, 2020-01-05)`,
    );
    const report = await verifyKey(flags);
    expect(report.checks.flatMap(({ faults }) => faults)).toHaveLength(5 * 6);
    expectFault(report, 'key: partitions', 'table=orders/ingest_dt=2020-01-03', 'is missing');
  });

  it('takes the answer key of what is no longer here', async () => {
    const flags = place();
    const shop = await TinyShop.open();
    await shop.backlog(flags);
    expect(sums(shop.raw)).toEqual([]);
    const { settings } = shop.resolve({ ...flags, 'publish-truth': true });
    const days = { settings, dates: new Set(['2020-01-03', '2020-01-04']), tables: undefined };
    const fx = effects();
    expect(await uploadRaw(days, fx)).toMatchObject({ partitions: 0, key: { partitions: 12 }, sent: { objects: 36 } });
    expect(notesOf(fx.events)).toBe('');
    await expect(uploadRaw({ ...days, dates: new Set(['2020-01-17']) }, effects())).rejects.toThrow('there is no answer key to publish');
    await expect(uploadRaw({ ...days, dates: new Set(['2020-01-03', '2020-01-17']) }, effects())).rejects.toThrow(
      'no partition of 2020-01-17',
    );

    rmSync(join(shop.folder, 'output/truth/defects/table=returns/ingest_dt=2020-01-09'), { recursive: true });
    await uploadRaw({ settings, dates: undefined, tables: undefined }, fx);
    expect((await keyObjects(flags.bucket)).map(({ name }) => name).toSorted()).toEqual(keyOf(shop));
    expect(notesOf(fx.events)).toMatch(/^the answer key in \S+ lacks 1 day of the lake there \(2020-01-09\): [^\n]*$/);
    expect((await shop.backlog(flags)).note).toContain('nothing to do');

    // A lake that is nowhere has no key to publish.
    const { settings: nowhere } = shop.resolve({ ...flags, prefix: 'other/raw', 'publish-truth': true });
    await expect(uploadRaw({ settings: nowhere, dates: undefined, tables: undefined }, effects())).rejects.toMatchObject({
      exitCode: EXIT.usage,
      message: `there is no lake in ${shop.raw}, and none in gs://${flags.bucket}/other/raw`,
    });
    expect(await listObjects(server.gcs.url, flags.bucket, 'other/')).toEqual([]);
  });

  it('never has a chunk without its answer key: that goes first', async () => {
    const times = async (bucket: string, days: RegExp) => {
      const of = (all: Awaited<ReturnType<typeof listObjects>>): bigint[] =>
        all.filter(({ name }) => days.test(name)).map(({ generation }) => BigInt(generation));
      return { key: of(await keyObjects(bucket)), lake: of(await objects(bucket)) };
    };
    const expectKeyFirst = ({ key, lake }: { key: bigint[]; lake: bigint[] }): void => {
      expect(key).toHaveLength(5 * 18);
      expect(lake).toHaveLength(5 * 18);
      expect(key.every((time) => lake.every((later) => time < later))).toBe(true);
    };
    const made = place({ 'publish-truth': true, 'end-date': '2020-01-10' });
    await (await TinyShop.open()).backlog(made);
    for (const chunk of [/ingest_dt=2020-01-0[1-5]/, /ingest_dt=2020-01-(0[6-9]|10)/]) expectKeyFirst(await times(made.bucket, chunk));
    expect((await verifyKey(made)).ok).toBe(true);
    const [part, marker] = ['table=orders/ingest_dt=2020-01-03/part-0000.parquet', 'table=orders/ingest_dt=2020-01-04/_SUCCESS'];
    const bytes = Uint8Array.from(await readObject(server.gcs.url, made.bucket, `ecom/truth/defects/${part}`));
    bytes[60]! ^= 1;
    await writeObject(server.gcs.url, made.bucket, `ecom/truth/defects/${part}`, bytes);
    await deleteObject(server.gcs.url, made.bucket, `ecom/truth/defects/${marker}`);
    const report = await verifyKey(made);
    expectFault(report, 'key: sums', part, 'its CRC32C is');
    expectFault(report, 'key: files', marker, 'is missing');
    expect(faultLines(report)).toHaveLength(2);

    const sent = place({ 'publish-truth': true, 'end-date': '2020-01-05' });
    const shop = await TinyShop.open();
    await shop.backlog({ 'end-date': '2020-01-05', direct: true });
    await uploadRaw({ settings: shop.resolve(sent).settings, dates: undefined, tables: undefined }, effects());
    expectKeyFirst(await times(sent.bucket, /ingest_dt=/));
  });

  it('upload-raw sends the answer key of the chosen partitions when asked, and lists it', async () => {
    const flags = place();
    const shop = await TinyShop.open();
    await shop.backlog({ 'end-date': END, direct: true });
    const { settings } = shop.resolve({ ...flags, 'publish-truth': true });
    // Dimensions have no key.
    const dimension = { settings, dates: undefined, tables: ['product_catalog' as const] };
    expect(await uploadRaw(dimension, effects())).toMatchObject({ partitions: 5, key: undefined, sent: { objects: 15 } });
    expect(await keyObjects(flags.bucket)).toEqual([]);

    const chosen = { settings, dates: new Set(['2020-01-03']), tables: ['orders' as const] };
    const key = ['part-0000.parquet', '_MANIFEST.json', '_SUCCESS'].map(
      (name) => `ecom/truth/defects/table=orders/ingest_dt=2020-01-03/${name}`,
    );
    const { objects: listed } = await listUpload(chosen, effects());
    expect(listed.slice(0, 3).map(({ address, state }) => [address, state])).toEqual(
      key.map((name) => [`gs://${flags.bucket}/${name}`, 'new']),
    );
    expect(await uploadRaw(chosen, effects())).toMatchObject({ partitions: 1, key: { partitions: 1 }, sent: { objects: 6 } });
    expect((await keyObjects(flags.bucket)).map(({ name }) => name).toSorted()).toEqual(key.toSorted());
    rmSync(join(shop.folder, 'output/truth'), { recursive: true });
    await expect(uploadRaw({ ...chosen, dates: undefined }, effects())).rejects.toThrow('there is no answer key to publish');
  });

  it("whose truth prefix holds another lake's answer key is left alone", async () => {
    const flags = place({ 'publish-truth': true, 'end-date': '2020-01-02' });
    await (await TinyShop.open()).backlog(flags);
    const all = () => listObjects(server.gcs.url, flags.bucket);
    const before = await all();
    const other = await TinyShop.open();
    rmSync(join(other.artifacts, 'static_lookups'), { recursive: true });
    const beside = { ...flags, seed: 43, prefix: 'other/raw', 'truth-prefix': 'ecom/truth' };
    const refusal = {
      exitCode: EXIT.usage,
      message: expect.stringMatching(
        /ecom\/truth\/defects holds another lake's answer key: \S+ has batch backlog-\w+, this run is backlog-/,
      ) as string,
    };
    await expect(other.backlog(beside)).rejects.toMatchObject(refusal);
    expect(await all()).toEqual(before);
    await other.backlog({ seed: 43, 'end-date': '2020-01-02', direct: true });
    const { settings } = other.resolve(beside);
    await expect(uploadRaw({ settings, dates: undefined, tables: undefined }, effects())).rejects.toMatchObject(refusal);
    expect(await all()).toEqual(before);
  });

  it('another machine with the same config carries on', async () => {
    const flags = place();
    const first = await TinyShop.open();
    await first.backlog({ ...flags, 'end-date': '2020-01-05' });
    const second = await TinyShop.open();
    const fx = effects();
    const { identity } = await second.backlog(flags, fx);
    expect(identity).toBe(expected);
    expect(notesOf(fx.events)).toContain('going on after 2020-01-05');
    // The first machine is behind now, by more than a kill explains.
    await expect(first.backlog(flags)).rejects.toMatchObject({
      exitCode: EXIT.usage,
      message: expect.stringContaining('2020-01-05') as string,
    });
    for (const name of ['.id_state.json', '.backlog_checkpoint', 'lake.json']) rmSync(join(first.artifacts, name));
    expect((await first.backlog(flags)).identity).toBe(identity);
  });

  describe('a kill between two steps of the commit', () => {
    const LOCAL = ['.id_state.json', 'lake.json', '.backlog_checkpoint'];

    it.each([
      ['parts uploaded, nothing else', ['there: id_state.json', 'there: lake.json', 'there: backlog_checkpoint', ...LOCAL]],
      ['ID state in the bucket', ['there: lake.json', 'there: backlog_checkpoint', ...LOCAL]],
      ['lake.json in the bucket', ['there: backlog_checkpoint', ...LOCAL]],
      ['checkpoint in the bucket', LOCAL],
      ['ID state here', LOCAL.slice(1)],
      ['lake.json here', LOCAL.slice(2)],
      ['checkpoint here, partitions still on disk', []],
    ])('%s', async (_, older) => {
      const flags = place();
      const shop = await TinyShop.open();
      await shop.backlog({ ...flags, 'end-date': '2020-01-05' });
      const files = new Map(LOCAL.map((name) => [name, readFileSync(join(shop.artifacts, name))]));
      const there = new Map<string, Buffer>();
      for (const { name } of await state(flags.bucket)) there.set(name, await readObject(server.gcs.url, flags.bucket, name));
      await shop.backlog({ ...flags, 'end-date': '2020-01-10' });
      for (const name of older) {
        const object = `ecom/raw/_state/${name.replace('there: ', '')}`;
        if (name.startsWith('there: ')) await writeObject(server.gcs.url, flags.bucket, object, new Uint8Array(there.get(object)!));
        else writeFileSync(join(shop.artifacts, name), files.get(name)!);
      }
      // What the chunk's local partitions were before they were cleaned up.
      const copy = await TinyShop.open();
      await copy.backlog({ 'end-date': '2020-01-10', direct: true });
      for (const table of ['orders', 'returns']) {
        for (const day of ['06', '10']) copyPartition(copy, shop, `${table}/ingest_dt=2020-01-${day}`);
      }
      const { identity } = await shop.backlog(flags);
      expect(identity).toBe(expected);
      expect(sums(shop.raw)).toEqual([]);
    });
  });

  it('whose prefix holds another lake is left alone', async () => {
    const flags = place();
    const shop = await TinyShop.open();
    await shop.backlog({ ...flags, 'end-date': '2020-01-03' });
    const before = await objects(flags.bucket);
    const other = await TinyShop.open();
    await expect(other.backlog({ ...flags, seed: 43 })).rejects.toMatchObject({
      exitCode: EXIT.usage,
      message: expect.stringContaining('seed 42') as string,
    });
    // Without a state it is still somebody's.
    for (const { name } of await state(flags.bucket)) await deleteObject(server.gcs.url, flags.bucket, name);
    rmSync(join(other.artifacts, 'static_lookups'), { recursive: true });
    await expect(other.backlog({ ...flags, seed: 43 })).rejects.toMatchObject({
      exitCode: EXIT.usage,
      message: expect.stringContaining('holds another lake') as string,
    });
    const lake = (all: typeof before) => all.filter(({ name }) => !name.includes('/_state/'));
    expect(lake(await objects(flags.bucket))).toEqual(lake(before));
  });

  it('that is already local is refused until it is uploaded; then the backlog goes on', async () => {
    const flags = place();
    const shop = await TinyShop.open();
    await shop.backlog({ 'end-date': '2020-01-10', direct: true });
    await expect(shop.backlog(flags)).rejects.toMatchObject({
      exitCode: EXIT.usage,
      hint: expect.stringContaining('upload-raw --all') as string,
    });
    const { settings } = shop.resolve(flags);
    const summary = await uploadRaw({ settings, dates: undefined, tables: undefined }, effects());
    expect(summary).toMatchObject({ isStatePublished: true, same: { objects: 0 } });
    expect((await shop.backlog(flags)).identity).toBe(expected);
  });

  it('has no more chunks on disk than it may', async () => {
    for (const most of [1, 2, 3]) {
      const shop = await TinyShop.open();
      let seen = 0;
      const fx = effects();
      const watch = { ...fx, emit: () => (seen = Math.max(seen, chunksOnDisk(shop, 3))) };
      await shop.backlog(place({ 'chunk-size': 3, 'max-staged-chunks': most }), watch);
      expect(seen, `--max-staged-chunks ${most}`).toBeLessThanOrEqual(most);
      expect(seen).toBeGreaterThan(0);
    }
  });

  it('is given up by a run whose lease was taken, and finished by the next', async () => {
    const flags = place();
    const shop = await TinyShop.open();
    const fx = effects();
    let isTaken = false;
    const lease = `ecom/raw/_state/lease.json`;
    const thief = {
      ...fx,
      emit: (event: PipelineEvent) => {
        if (event.type !== 'chunk' || isTaken) return;
        isTaken = true;
        void writeObject(server.gcs.url, flags.bucket, lease, JSON.stringify({ stolen: true }));
      },
    };
    await expect(shop.backlog({ ...flags, 'chunk-size': 3 }, thief)).rejects.toMatchObject({
      exitCode: EXIT.incomplete,
      message: expect.stringContaining('was taken by') as string,
    });
    expect(await readState(flags.bucket, 'lease.json')).toContain('stolen');
    await deleteObject(server.gcs.url, flags.bucket, lease);
    expect((await shop.backlog(flags)).identity).toBe(expected);
  });

  it('keeps the state that another run has written meanwhile', async () => {
    const flags = place();
    const shop = await TinyShop.open();
    const fx = effects();
    let isDone = false;
    const rival = {
      ...fx,
      emit: (event: PipelineEvent) => {
        if (event.type !== 'chunk' || isDone) return;
        isDone = true;
        void writeObject(server.gcs.url, flags.bucket, 'ecom/raw/_state/id_state.json', 'theirs');
      },
    };
    await expect(shop.backlog({ ...flags, 'chunk-size': 3 }, rival)).rejects.toMatchObject({
      exitCode: EXIT.incomplete,
      message: expect.stringContaining('id_state.json was changed by somebody else') as string,
    });
    expect(await readState(flags.bucket, 'id_state.json')).toBe('theirs');
    expect(await readState(flags.bucket, 'backlog_checkpoint')).toBe('2020-01-03\n');
  });

  it('that cannot be reached leaves finished chunks in place, and is resumed', async () => {
    const flags = place({ 'storage-endpoint': server.proxy.url });
    const shop = await TinyShop.open();
    const fx = effects();
    const cut = {
      ...fx,
      emit: (event: PipelineEvent) => {
        if (event.type === 'chunk' && event.chunk === 2) server.proxy.setFaults({ seed: 1, rate: 1, kinds: ['status-503'] });
      },
    };
    await expect(shop.backlog({ ...flags, 'retry-budget': 1 }, cut)).rejects.toMatchObject({
      exitCode: EXIT.incomplete,
    });
    server.proxy.setFaults();
    // The run is over, but not this process: its lease would be waited for.
    await deleteObject(server.gcs.url, flags.bucket, 'ecom/raw/_state/lease.json');
    expect(await readState(flags.bucket, 'backlog_checkpoint')).toBe('2020-01-10\n');
    expect((await shop.backlog(flags)).identity).toBe(expected);
    expect(sums(shop.raw)).toEqual([]);
  });

  describe('upload-raw', () => {
    it('sends what is chosen, once', async () => {
      const flags = place();
      const shop = await TinyShop.open();
      await shop.backlog({ direct: true, 'end-date': '2020-01-04' });
      const { settings } = shop.resolve(flags);
      const folders = async (): Promise<string[]> => [
        ...new Set(
          (await objects(flags.bucket)).map(({ name }) =>
            name
              .slice('ecom/raw'.length + 1)
              .split('/')
              .slice(0, 2)
              .join('/'),
          ),
        ),
      ];
      await uploadRaw({ settings, dates: new Set(['2020-01-02']), tables: ['orders'] }, effects());
      expect(await folders()).toEqual(['orders/ingest_dt=2020-01-02']);
      await uploadRaw({ settings, dates: new Set(['2020-01-02', '2020-01-03']), tables: undefined }, effects());
      expect(await folders()).toHaveLength(12);
      await uploadRaw({ settings, dates: new Set(['2020-01-02']), tables: ['product_catalog'] }, effects());
      expect(await folders()).toHaveLength(17);
      const fx = effects();
      const first = await uploadRaw({ settings, dates: undefined, tables: undefined }, fx);
      expect(first.sent.objects + first.same.objects).toBe(sums(shop.raw).length);
      expect(fx.events.findLast((event) => event.type === 'upload')).toMatchObject({
        objects: first.sent.objects,
        totalObjects: first.sent.objects,
      });
      const second = await uploadRaw({ settings, dates: undefined, tables: undefined }, effects());
      expect(second).toMatchObject({ sent: { objects: 0, bytes: 0 }, isStatePublished: true });
      await expect(uploadRaw({ settings, dates: new Set(['2021-01-01']), tables: undefined }, effects())).rejects.toThrow(
        /no partition of 2021-01-01/,
      );
      rmSync(join(shop.raw, 'orders/ingest_dt=2020-01-02/_SUCCESS'));
      await expect(uploadRaw({ settings, dates: undefined, tables: undefined }, effects())).rejects.toThrow(
        /not finished: orders\/ingest_dt=2020-01-02/,
      );
    });

    it('--dry-run names every object, its size and its state, and changes nothing', async () => {
      const flags = place();
      const shop = await TinyShop.open();
      await shop.backlog({ direct: true, 'end-date': '2020-01-03' });
      const { settings } = shop.resolve(flags);
      await uploadRaw({ settings, dates: new Set(['2020-01-02']), tables: undefined }, effects());
      const part = `ecom/raw/orders/ingest_dt=2020-01-02/part-0000.parquet`;
      await writeObject(server.gcs.url, flags.bucket, part, 'other');
      const before = await objects(flags.bucket);
      const snapshot = shop.snapshot();
      const listing = await listUpload({ settings, dates: undefined, tables: undefined }, effects());
      expect(listing.notCompared).toBeUndefined();
      const local = sums(shop.raw).map(({ path }) => `gs://${flags.bucket}/ecom/raw/${path}`);
      expect(listing.objects.map(({ address }) => address).toSorted()).toEqual(local.toSorted());
      expect(listing.objects.filter(({ state }) => state === 'different').map(({ address }) => address)).toEqual([
        `gs://${flags.bucket}/${part}`,
      ]);
      expect(listing.objects.filter(({ state }) => state === 'same')).toHaveLength(17);
      expect(await objects(flags.bucket)).toEqual(before);
      expect(shop.snapshot()).toEqual(snapshot);
    });

    it('--dry-run lists offline too, and says that it could not compare', async () => {
      const shop = await TinyShop.open();
      await shop.backlog({ direct: true, 'end-date': '2020-01-02' });
      const offline = { ...place(), 'storage-endpoint': 'http://127.0.0.1:9', 'retry-budget': 0.1 };
      for (const flags of [{}, offline]) {
        const { settings } = shop.resolve(flags);
        const listing = await listUpload({ settings, dates: undefined, tables: undefined }, effects());
        expect(listing.notCompared).toBeDefined();
        expect(listing.objects).toHaveLength(sums(shop.raw).length);
        expect(listing.objects.every(({ state }) => state === undefined)).toBe(true);
      }
    });
  });
});

function copyPartition(from: TinyShop, to: TinyShop, partition: string): void {
  cpSync(join(from.raw, partition), join(to.raw, partition), { recursive: true });
}

/** Days that lie in the lake or beside it, as chunks of so many days from 2020-01-01. */
function chunksOnDisk(shop: TinyShop, size: number): number {
  const chunks = new Set<number>();
  const output = join(shop.folder, 'output');
  if (!existsSync(output)) return 0;
  for (const name of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
    const date = /ingest_dt=(\d{4}-\d{2}-\d{2})/.exec(name)?.[1];
    // The answer key stays.
    if (date !== undefined && !name.startsWith('truth/'))
      chunks.add(Math.floor((Date.parse(date) - Date.parse('2020-01-01')) / 86_400_000 / size));
  }
  return chunks.size;
}
