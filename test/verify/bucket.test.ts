// A lake in a bucket: what listings and manifests can tell, and what only its parts can, against a real server.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli.ts';
import { UserError } from '../../src/lib/errors.ts';
import { formatManifest, MANIFEST_NAME } from '../../src/parquet/manifest.ts';
import { crc32cBase64 } from '../../src/parquet/partition.ts';
import { BucketClient } from '../../src/store/bucket-client.ts';
import { requireRoom } from '../../src/verify/download-lake.ts';
import { verifyBucket } from '../../src/verify/verify-bucket.ts';
import type { VerifyReport } from '../../src/verify/verify-lake.ts';
import { FakeOutput } from '../lib/fake-output.ts';
import { effects, makeTempFolder } from '../pipeline/tiny-shop.ts';
import { describeWithGcs } from '../store/describe-with-gcs.ts';
import { startFakeGcs, type FakeGcs } from '../store/fake-gcs-server.ts';
import { BucketLake, PREFIX } from './bucket-lake.ts';
import { number, placeOf, readManifest, rewriteRows, type Part } from './damage.ts';
import { copyLake, expectFault, faultLines, faultsElsewhere, verify, type MiniLake } from './mini-lake.ts';

const BUCKETS = ['sound', 'damaged', 'edited', 'strange', 'empty'] as const;
type Bucket = (typeof BUCKETS)[number];

const RACED = `orders/ingest_dt=2020-01-05/${MANIFEST_NAME}`;
const part = (table: Part['table'], date: string): Part => ({ table, partition: `ingest_dt=${date}` });

describeWithGcs('a lake in a bucket', () => {
  let server: FakeGcs;
  let local: MiniLake;
  const lakeIn = (bucket: Bucket): BucketLake => new BucketLake(server.url, bucket);
  beforeAll(async () => {
    server = await startFakeGcs({ backend: 'memory', buckets: BUCKETS });
    local = await copyLake();
  });
  afterAll(() => server.close());

  describe('that is sound', () => {
    let lake: BucketLake;
    let locally: VerifyReport;
    beforeAll(async () => {
      lake = lakeIn('sound');
      await lake.upload(local);
      locally = await verify(local);
    });

    afterEach(async () => {
      await lake.write('_state/lake.json', readFileSync(join(local.artifactRoot, 'lake.json')));
      await lake.write(RACED, readLocal(RACED));
    });

    it('passes without a part being read, and has the identity of the local one', async () => {
      const reads: string[] = [];
      class Watched extends BucketClient {
        override read(name: string): Promise<Buffer | undefined> {
          reads.push(name);
          return super.read(name);
        }
      }
      const fx = effects();
      const client = new Watched({ bucket: 'sound', endpoint: server.url, requestTimeoutMs: 10_000, budgetMs: 0, signal: fx.signal });
      const report = await verifyBucket({ client, prefix: PREFIX, deep: false }, fx);
      expect(faultLines(report)).toEqual([]);
      expect(report).toMatchObject({ ok: true, complete: true, root: 'gs://sound/ecom/raw', identity: locally.identity });
      expect(report.tables).toEqual(locally.tables);
      expect(reads.filter((name) => !name.endsWith('.json'))).toEqual([]);
      expect(report.checks.map(({ name, detail }) => [name, detail])).toEqual([
        ['partitions', undefined],
        ['files', undefined],
        ['manifests', undefined],
        ['sums', expect.stringContaining('size and CRC32C only') as string],
        ['footers', 'skipped: the parts were not read'],
        ['event dates', undefined],
        ['row counts', undefined],
        ['key: partitions', 'skipped: not looked at; --publish-truth checks it too'],
      ]);
    });

    it('passes row by row, and leaves nothing of the download behind', async () => {
      const scratch = makeTempFolder();
      const report = await lake.verify(true, effects(), scratch);
      expect(faultLines(report)).toEqual([]);
      expect(report).toMatchObject({ ok: true, complete: true, root: 'gs://sound/ecom/raw', identity: locally.identity });
      expect(report.checks.length).toBeGreaterThan(30);
      expect(report.checks.find(({ name }) => name === 'footers')).not.toHaveProperty('detail');
      expect(readdirSync(scratch)).toEqual([]);
    });

    it.each([false, true])('stops when told to (deep: %s), and leaves nothing behind', async (deep) => {
      const stop = new AbortController();
      const scratch = makeTempFolder();
      const fx = effects(stop.signal);
      const emit: typeof fx.emit = (event) => {
        if (event.type === 'phase' && /^(downloading|reading) /.test(event.name)) setTimeout(() => stop.abort(), 20);
      };
      const stopping = lake.verify(deep, { ...fx, emit }, scratch);
      await expect(stopping).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining('not checked to its end') as string });
      expect(readdirSync(scratch)).toEqual([]);
    });

    it.each([false, true])('does not judge what changes meanwhile (deep: %s)', async (deep) => {
      class Racing extends BucketClient {
        override async read(name: string): Promise<Buffer | undefined> {
          if (name.endsWith(RACED)) await lake.write(RACED, '{}');
          return super.read(name);
        }
      }
      const fx = effects();
      const client = new Racing({ bucket: 'sound', endpoint: server.url, requestTimeoutMs: 10_000, budgetMs: 0, signal: fx.signal });
      const scratch = makeTempFolder();
      const failed = verifyBucket({ client, prefix: PREFIX, deep, scratchRoot: scratch }, fx);
      await expect(failed).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining(`${RACED} was changed while`) as string });
      expect(readdirSync(scratch)).toEqual([]);
    });

    it('is another batch when lake.json says so', async () => {
      const text = readFileSync(join(local.artifactRoot, 'lake.json'), 'utf8');
      await lake.write('_state/lake.json', text.replace(/"batch_id": "[^"]*"/, '"batch_id": "backlog-other"'));
      const report = await lake.verify();
      const partitions = report.tables.reduce((total, table) => total + table.partitions, 0);
      expect(report.checks.flatMap(({ faults }) => faults)).toHaveLength(partitions);
      expect(faultLines(report)).toContainEqual(expect.stringContaining('batch_id is backlog-'));
      expect(report.ok).toBe(false);
    });

    it('cannot be checked when lake.json is none: that names the object', async () => {
      await lake.write('_state/lake.json', '{"version": 1}');
      await expect(lake.verify()).rejects.toThrow('gs://sound/ecom/raw/_state/lake.json is not a valid lake description');
    });

    it('is checked by its manifests alone without lake.json, and says so', async () => {
      await lake.remove('_state/lake.json');
      const fx = effects();
      const report = await lake.verify(false, fx);
      expect(report).toMatchObject({ ok: true, complete: false, identity: locally.identity });
      expect(report.checks.find(({ name }) => name === 'partitions')?.detail).toContain('skipped');
      expect(fx.events).toContainEqual({
        type: 'note',
        message: expect.stringContaining('gs://sound/ecom/raw/_state/lake.json') as string,
      });
      await expect(lake.verify(true)).rejects.toThrow('nothing says what the rows should be');
    });

    it.each([
      [['--bucket', 'sound'], {}, 'Sound: 6 checks, 2 skipped in '],
      [[], { BUCKET: 'sound' }, 'gs://sound/ecom/raw'],
      [['--source', 'LOCAL'], { BUCKET: 'sound' }, 'Lake:      /'],
    ])('is what the command %j with %j checks', async (args, environment, says) => {
      const lakeArgs = args.map((word) => (word === 'LOCAL' ? local.root : word));
      // Not what a lake made in the working directory has left there.
      const own = { STORAGE_EMULATOR_HOST: server.url, ARTIFACT_ROOT: local.artifactRoot };
      const { code, stdout } = await cli(['verify', ...lakeArgs], { ...own, ...environment });
      expect(stdout).toContain(says);
      expect(code).toBe(0);
    });

    it('is damaged where the answer key that is asked for is not there', async () => {
      const { code, stdout } = await cli(['verify', '--bucket', 'sound', '--storage-endpoint', server.url, '--publish-truth']);
      expect(stdout).toContain('gs://sound/ecom/truth/defects: has no answer key');
      expect(code).toBe(4);
    });
  });

  /** What is done, and the one fault it must lead to: check, place, and a part of the message. */
  const DAMAGE: [what: string, damage: (lake: BucketLake) => Promise<void>, check: string, place: string, says: string][] = [
    [
      'a missing part',
      (lake) => lake.remove('returns/ingest_dt=2020-02-07/part-0000.parquet'),
      'files',
      'returns/ingest_dt=2020-02-07/part-0000.parquet',
      'is missing',
    ],
    [
      'a part too many',
      (lake) => lake.write('orders/ingest_dt=2020-01-08/part-0001.parquet', 'x'),
      'files',
      'orders/ingest_dt=2020-01-08/part-0001.parquet',
      'is not in the manifest',
    ],
    [
      'a missing marker',
      (lake) => lake.remove('orders/ingest_dt=2020-01-09/_SUCCESS'),
      'files',
      'orders/ingest_dt=2020-01-09/_SUCCESS',
      'is missing',
    ],
    [
      'a marker with content',
      (lake) => lake.write('orders/ingest_dt=2020-01-16/_SUCCESS', 'ok'),
      'files',
      'orders/ingest_dt=2020-01-16/_SUCCESS',
      'has 2 bytes, and must be empty',
    ],
    [
      'a missing manifest',
      (lake) => lake.remove('orders/ingest_dt=2020-01-10/_MANIFEST.json'),
      'manifests',
      'orders/ingest_dt=2020-01-10/_MANIFEST.json',
      'is missing',
    ],
    [
      'a broken manifest',
      (lake) => lake.write('orders/ingest_dt=2020-01-17/_MANIFEST.json', '{"schema'),
      'manifests',
      'orders/ingest_dt=2020-01-17/_MANIFEST.json',
      'it is not JSON',
    ],
    [
      'an edited manifest',
      (lake) => editManifest(lake, part('orders', '2020-01-20'), { min_event_dt: '2020-01-10' }),
      'event dates',
      'orders/ingest_dt=2020-01-20/_MANIFEST.json',
      'min_event_dt is 2020-01-10',
    ],
    [
      'a part of other bytes and the same size',
      (lake) => lake.write(placeOf(part('orders', '2020-01-05')), flipBit(placeOf(part('orders', '2020-01-05')))),
      'sums',
      'orders/ingest_dt=2020-01-05/part-0000.parquet',
      'its CRC32C is',
    ],
    [
      'a part of another size',
      (lake) =>
        lake.write(placeOf(part('cart_items', '2020-01-06')), readLocal(placeOf(part('cart_items', '2020-01-06'))).subarray(0, 1000)),
      'sums',
      'cart_items/ingest_dt=2020-01-06/part-0000.parquet',
      'has 1,000 bytes',
    ],
    [
      'a stray object in a partition',
      (lake) => lake.write('orders/ingest_dt=2020-01-07/notes.txt', 'x'),
      'files',
      'orders/ingest_dt=2020-01-07/notes.txt',
      'does not belong',
    ],
    ['a stray object in a table', (lake) => lake.write('orders/notes.txt', 'x'), 'files', 'orders/notes.txt', 'does not belong'],
    ['a stray object before the tables', (lake) => lake.write('README.md', 'x'), 'files', 'README.md', 'does not belong'],
    ['an unknown table', (lake) => lake.write('payments/a=1/b.parquet', 'x'), 'files', 'payments/a=1/b.parquet', 'does not belong'],
    ['a stray object behind the tables', (lake) => lake.write('zebra', 'x'), 'files', 'zebra', 'does not belong'],
    ['a stray object in _state', (lake) => lake.write('_state/lake.json.bak', 'x'), 'files', '_state/lake.json.bak', 'does not belong'],
    [
      'a missing partition',
      (lake) => lake.removeAll('orders/ingest_dt=2020-01-13/'),
      'partitions',
      'orders/ingest_dt=2020-01-13',
      'is missing',
    ],
    [
      'a partition beyond the end',
      (lake) => copyPartition(lake, 'orders/ingest_dt=2020-01-14', 'orders/ingest_dt=2020-03-11'),
      'partitions',
      'orders/ingest_dt=2020-03-11',
      "beyond the lake's last date 2020-03-10",
    ],
    [
      'a partition too many',
      (lake) => copyPartition(lake, 'product_catalog/category=Toys', 'product_catalog/category=Tools'),
      'partitions',
      'product_catalog/category=Tools',
      'is no partition of this lake',
    ],
  ];

  const readLocal = (path: string): Buffer<ArrayBuffer> => readFileSync(join(local.root, path));

  function flipBit(path: string): Buffer<ArrayBuffer> {
    const bytes = readLocal(path);
    bytes[100]! ^= 1;
    return bytes;
  }

  async function editManifest(lake: BucketLake, edited: Part, change: Partial<ReturnType<typeof readManifest>>): Promise<void> {
    const path = `${edited.table}/${edited.partition}/${MANIFEST_NAME}`;
    await lake.write(path, formatManifest({ ...readManifest(local.root, edited), ...change }));
  }

  async function copyPartition(lake: BucketLake, from: string, to: string): Promise<void> {
    for (const name of readdirSync(join(local.root, from))) await lake.write(`${to}/${name}`, readLocal(`${from}/${name}`));
  }

  describe('that is damaged', () => {
    let lake: BucketLake;
    let report: VerifyReport;
    beforeAll(async () => {
      lake = lakeIn('damaged');
      await lake.upload(local);
      for (const [, damage] of DAMAGE) await damage(lake);
      report = await lake.verify();
    });

    it.each(DAMAGE)('names %s', (_, __, check, place, says) => expectFault(report, check, place, says));

    it('names nothing else', () => {
      const places = DAMAGE.map(([, , , place]) => place);
      expect(faultsElsewhere(report, places)).toEqual([
        'row counts: product_catalog: has n rows, lake.json says n',
        'row counts: orders: has n rows, lake.json says n',
      ]);
    });

    it('is neither sound nor complete', async () => {
      expect(report).toMatchObject({ ok: false, complete: false });
      expect(report.identity).not.toBe((await verify(local)).identity);
    });

    it('is named alike when it is read back, and not checked row by row', async () => {
      const deep = await lake.verify(true);
      const own = (lines: string[]): string[] => lines.filter((line) => !/^(sums|footers): /.test(line));
      expect(own(faultLines(deep))).toEqual(own(faultLines(report)));
      expect(faultLines(deep)).toContainEqual(
        expect.stringContaining('sums: orders/ingest_dt=2020-01-05/part-0000.parquet: its SHA-256 is') as string,
      );
      expect(deep.checks.find(({ name }) => name === 'keys')?.detail).toContain('skipped: first put right');
      expect(deep.complete).toBe(false);
    });

    it('ends the command with 4', async () => {
      const { code, stdout } = await cli(['verify', '--bucket', 'damaged', '--storage-endpoint', server.url]);
      expect(stdout).toContain('(of what is there)');
      expect(stdout).toMatch(/Damaged: 6 of 8 checks failed/);
      expect(code).toBe(4);
    });
  });

  describe('with little wrong', () => {
    let lake: BucketLake;
    let changed: MiniLake;
    beforeAll(async () => {
      lake = lakeIn('edited');
      changed = await copyLake();
      await lake.upload(changed);
    });

    it('nothing else wrong than a stray object: no sum of it without a download', async () => {
      const [path, sound] = ['orders/ingest_dt=2020-01-07/notes.txt', (await verify(changed)).identity];
      await lake.write(path, 'x');
      writeFileSync(join(changed.root, path), 'x');
      expect(await lake.verify()).toMatchObject({ ok: false, complete: false, identity: sound });
      expect(await lake.verify(true)).toMatchObject({ ok: false, complete: true, identity: (await verify(changed)).identity });
      await lake.remove(path);
      rmSync(join(changed.root, path));
    });

    it('nothing else wrong than the bytes of a part: its sum in the manifest is not believed', async () => {
      const path = placeOf(part('orders', '2020-01-07'));
      await lake.write(path, flipBit(path));
      const report = await lake.verify();
      expect(report).toMatchObject({ ok: false, complete: false });
      expect(report.identity).not.toBe((await verify(changed)).identity);
      await lake.write(path, readLocal(path));
    });

    it('a row changed, manifest and all: only the rows tell', async () => {
      const edited = part('orders', '2020-01-15');
      rewriteRows(changed.root, edited, ([first, ...rows]) => [{ ...first!, net_total: number(first, 'net_total') + 1 }, ...rows]);
      for (const name of readdirSync(join(changed.root, edited.table, edited.partition))) {
        const path = `${edited.table}/${edited.partition}/${name}`;
        await lake.write(path, readFileSync(join(changed.root, path)));
      }
      expect(await lake.verify()).toMatchObject({ ok: true, complete: true, identity: (await verify(changed)).identity });
      const deep = await lake.verify(true);
      expect(deep.ok).toBe(false);
      expect(faultLines(deep)).toContainEqual(expect.stringContaining(placeOf(edited)) as string);
    });

    it('a flipped bit with its CRC32C in the manifest: the SHA-256 tells', async () => {
      const edited = part('orders', '2020-01-16');
      const bytes = flipBit(placeOf(edited));
      await lake.write(placeOf(edited), bytes);
      const [file] = readManifest(local.root, edited).files;
      await editManifest(lake, edited, { files: [{ ...file!, crc32c: crc32cBase64(bytes) }] });
      expect((await lake.verify()).ok).toBe(true);
      expect(faultLines(await lake.verify(true))).toContainEqual(
        expect.stringContaining(`sums: ${placeOf(edited)}: its SHA-256 is`) as string,
      );
    });
  });

  it('names objects that no file could be, and puts none outside its folder', async () => {
    const lake = lakeIn('strange');
    const names = [
      '../../outside.txt',
      'orders/',
      'orders/ingest_dt=2020-01-05//twice.parquet',
      'orders/ingest_dt=2020-01-05/back\\slash.parquet',
      `orders/ingest_dt=2020-01-05/${'x'.repeat(300)}.parquet`,
      `orders/ingest_dt=${'x'.repeat(300)}/part-0000.parquet`,
      'orders/ingest_dt=2020-01-05/deeper/part-0000.parquet',
    ];
    await copyPartition(lake, 'orders/ingest_dt=2020-01-05', 'orders/ingest_dt=2020-01-05');
    await lake.write('_state/lake.json', readFileSync(join(local.artifactRoot, 'lake.json')));
    for (const name of names) await lake.write(name, 'x');
    const scratch = makeTempFolder();
    for (const report of [await lake.verify(), await lake.verify(true, effects(), scratch)]) {
      const { faults } = report.checks.find(({ name }) => name === 'files')!;
      expect(faults.map(({ place }) => place)).toEqual(names.toSorted());
    }
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('is not there: a plain error that names the address', async () => {
    const lake = lakeIn('empty');
    await expect(lake.verify()).rejects.toThrow('gs://empty/ecom/raw: there is no lake here: it has no objects');
    await expect(lake.verify()).rejects.toBeInstanceOf(UserError);
    await expect(lake.verify()).rejects.toMatchObject({ exitCode: 2, hint: expect.stringContaining('--bucket empty') as string });
    await lake.write('notes.txt', 'x');
    await expect(lake.verify()).rejects.toThrow('it has no partitions in it');
    await expect(new BucketLake(server.url, 'nowhere').verify()).rejects.toMatchObject({ exitCode: 3 });
  });
});

it.each([
  [['--source', 'here', '--bucket', 'there'], 'Name one of them'],
  [['--prefix', 'ecom/raw'], '--prefix ecom/raw is a path in a bucket'],
  [['--source', 'here', '--prefix', 'ecom/raw'], '--prefix ecom/raw is a path in a bucket'],
  [['--truth-prefix', 'ecom/truth'], '--truth-prefix ecom/truth is a path in a bucket'],
])('verify %j is wrong usage', async (args, says) => {
  const { code, stderr } = await cli(['verify', ...args]);
  expect(stderr).toContain(says);
  expect(code).toBe(2);
});

it('a download needs room, and says how much there is', async () => {
  const folder = makeTempFolder();
  await expect(requireRoom(folder, 1)).resolves.toBeUndefined();
  await expect(requireRoom(folder, 5e15)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/needs 5\.0 PB there, and [\d.]+ [KMGT]B are free/) as string,
  });
});

async function cli(argv: readonly string[], given: Record<string, string> = {}) {
  const environment = { ...given, RETRY_BUDGET: '0', REQUEST_TIMEOUT: '30' };
  const stdout = new FakeOutput({ isTTY: false });
  const stderr = new FakeOutput({ isTTY: false });
  const code = await run(argv, { stdout, stderr, environment, signal: new AbortController().signal, clock: () => new Date() });
  return { code, stdout: stdout.written, stderr: stderr.written };
}
