// The quick checks: a sound lake passes, and each way of damaging files is named with its place.

import { appendFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/lib/errors.ts';
import { verifyLake, type VerifyReport } from '../../src/verify/verify-lake.ts';
import { effects, makeTempFolder } from '../pipeline/tiny-shop.ts';
import { placeOf, readManifest, rewriteRows, writeManifest, type Part } from './damage.ts';
import { copyLake, expectFault, faultLines, faultsElsewhere, verify, type MiniLake } from './mini-lake.ts';

const part = (table: Part['table'], date: string): Part => ({ table, partition: `ingest_dt=${date}` });

describe('a sound lake', () => {
  let lake: MiniLake;
  let report: VerifyReport;
  beforeAll(async () => {
    lake = await copyLake();
    report = await verify(lake);
  });

  it('passes every check', () => {
    expect(faultLines(report)).toEqual([]);
    expect(report).toMatchObject({ ok: true, complete: true });
    expect(report.checks.map(({ name }) => name)).toEqual([
      'partitions',
      'files',
      'manifests',
      'sums',
      'footers',
      'event dates',
      'row counts',
    ]);
  });

  it('is counted table by table', () => {
    const { tables } = JSON.parse(readFileSync(join(lake.artifactRoot, 'lake.json'), 'utf8')) as { tables: Record<string, object> };
    expect(Object.fromEntries(report.tables.map(({ table, rows, partitions }) => [table, { rows, partitions }]))).toEqual(tables);
  });

  it('has the identity that find, sort and sha256sum give', () => {
    const command = String.raw`find . -type f -printf '%P\n' | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum | sha256sum`;
    expect(execFileSync('bash', ['-c', command], { cwd: lake.root, encoding: 'utf8' })).toBe(`${report.identity}  -\n`);
  });
});

/** What is done, and the one fault it must lead to: check, place, and a part of the message. */
const DAMAGE: [what: string, damage: (root: string) => void, check: string, place: string, says: string][] = [
  [
    'a flipped bit',
    (root) => {
      const path = join(root, placeOf(part('orders', '2020-01-05')));
      const bytes = readFileSync(path);
      bytes[100]! ^= 1;
      writeFileSync(path, bytes);
    },
    'sums',
    'orders/ingest_dt=2020-01-05/part-0000.parquet',
    'its SHA-256 is',
  ],
  [
    'a truncated part',
    (root) => truncateSync(join(root, placeOf(part('cart_items', '2020-01-06'))), 1000),
    'sums',
    'cart_items/ingest_dt=2020-01-06/part-0000.parquet',
    'has 1,000 bytes',
  ],
  [
    'the same part, as far as its footer goes',
    () => undefined,
    'footers',
    'cart_items/ingest_dt=2020-01-06/part-0000.parquet',
    'it does not end as a Parquet file',
  ],
  [
    'a missing part',
    (root) => rmSync(join(root, placeOf(part('returns', '2020-02-07')))),
    'files',
    'returns/ingest_dt=2020-02-07/part-0000.parquet',
    'is missing',
  ],
  [
    'a part too many',
    (root) => cpSync(join(root, placeOf(part('orders', '2020-01-08'))), join(root, 'orders/ingest_dt=2020-01-08/part-0001.parquet')),
    'files',
    'orders/ingest_dt=2020-01-08/part-0001.parquet',
    'is not in the manifest',
  ],
  [
    'a stray file in a partition',
    (root) => writeFileSync(join(root, 'orders/ingest_dt=2020-01-07/notes.txt'), 'x'),
    'files',
    'orders/ingest_dt=2020-01-07/notes.txt',
    'does not belong',
  ],
  ['a stray folder in a table', (root) => mkdirSync(join(root, 'orders/.tmp')), 'files', 'orders/.tmp', 'does not belong'],
  ['an unknown table', (root) => mkdirSync(join(root, 'payments')), 'files', 'payments', 'does not belong'],
  [
    'a missing marker',
    (root) => rmSync(join(root, 'orders/ingest_dt=2020-01-09/_SUCCESS')),
    'files',
    'orders/ingest_dt=2020-01-09/_SUCCESS',
    'is missing',
  ],
  [
    'a marker with content',
    (root) => appendFileSync(join(root, 'orders/ingest_dt=2020-01-16/_SUCCESS'), 'ok'),
    'files',
    'orders/ingest_dt=2020-01-16/_SUCCESS',
    'must be empty',
  ],
  [
    'a missing manifest',
    (root) => rmSync(join(root, 'orders/ingest_dt=2020-01-10/_MANIFEST.json')),
    'manifests',
    'orders/ingest_dt=2020-01-10/_MANIFEST.json',
    'is missing',
  ],
  [
    'a broken manifest',
    (root) => truncateSync(join(root, 'orders/ingest_dt=2020-01-17/_MANIFEST.json'), 50),
    'manifests',
    'orders/ingest_dt=2020-01-17/_MANIFEST.json',
    'it is not JSON',
  ],
  [
    'a manifest with another batch',
    (root) => editManifest(root, part('orders', '2020-01-11'), { batch_id: 'backlog-other' }),
    'manifests',
    'orders/ingest_dt=2020-01-11/_MANIFEST.json',
    'batch_id is backlog-other',
  ],
  [
    'a manifest with another clock',
    (root) => editManifest(root, part('orders', '2020-01-18'), { created_at: '2020-01-18T02:00:00+00:00' }),
    'manifests',
    'orders/ingest_dt=2020-01-18/_MANIFEST.json',
    'created_at is 2020-01-18T02:00:00+00:00, and should be 2020-01-19T02:00:00+00:00',
  ],
  [
    'a manifest with other dates',
    (root) => editManifest(root, part('orders', '2020-01-20'), { min_event_dt: '2020-01-10' }),
    'event dates',
    'orders/ingest_dt=2020-01-20/_MANIFEST.json',
    'min_event_dt is 2020-01-10',
  ],
  [
    'a manifest with another CRC32C',
    (root) => {
      const edited = part('orders', '2020-01-21');
      editManifest(root, edited, { files: readManifest(root, edited).files.map((file) => ({ ...file, crc32c: 'AAAAAA==' })) });
    },
    'sums',
    'orders/ingest_dt=2020-01-21/part-0000.parquet',
    'its CRC32C is',
  ],
  [
    'a manifest with another row count',
    (root) => {
      const edited = part('shopping_carts', '2020-01-22');
      const manifest = readManifest(root, edited);
      const rows = manifest.total_rows + 1;
      editManifest(root, edited, { total_rows: rows, files: manifest.files.map((file) => ({ ...file, rows })) });
    },
    'footers',
    'shopping_carts/ingest_dt=2020-01-22/part-0000.parquet',
    'the manifest says',
  ],
  [
    'the columns of another table',
    (root) => {
      const [from, to] = [part('returns', '2020-02-12'), part('orders', '2020-02-12')];
      cpSync(join(root, placeOf(from)), join(root, placeOf(to)));
    },
    'footers',
    'orders/ingest_dt=2020-02-12/part-0000.parquet',
    'column 1 is return_id string, and should be order_id string',
  ],
  [
    'a missing partition',
    (root) => rmSync(join(root, 'orders/ingest_dt=2020-01-13'), { recursive: true }),
    'partitions',
    'orders/ingest_dt=2020-01-13',
    'is missing',
  ],
  [
    'a partition beyond the end',
    (root) => cpSync(join(root, 'orders/ingest_dt=2020-01-14'), join(root, 'orders/ingest_dt=2020-03-11'), { recursive: true }),
    'partitions',
    'orders/ingest_dt=2020-03-11',
    "beyond the lake's last date 2020-03-10",
  ],
  [
    'a partition under another name',
    (root) => renameSync(join(root, 'product_catalog/category=Toys'), join(root, 'product_catalog/category=Tools')),
    'manifests',
    'product_catalog/category=Tools/_MANIFEST.json',
    'partition is category=Toys, and should be category=Tools',
  ],
  [
    'a dropped row, manifest and all',
    (root) => rewriteRows(root, part('orders', '2020-01-15'), (rows) => rows.slice(1)),
    'row counts',
    'orders',
    'lake.json says',
  ],
];

function editManifest(root: string, edited: Part, change: Partial<ReturnType<typeof readManifest>>): void {
  writeManifest(root, edited, { ...readManifest(root, edited), ...change });
}

describe('a damaged lake', () => {
  let report: VerifyReport;
  beforeAll(async () => {
    const lake = await copyLake();
    for (const [, damage] of DAMAGE) damage(lake.root);
    report = await verify(lake, true);
  });

  it.each(DAMAGE)('names %s', (_, __, check, place, says) => expectFault(report, check, place, says));

  it('names nothing else', () => {
    const places = DAMAGE.map(([, , , place]) => place);
    // The folder that was renamed, and the row that a manifest has too many.
    expect(faultsElsewhere(report, places)).toEqual([
      'partitions: product_catalog/category=Toys: is missing',
      'row counts: shopping_carts: has n rows, lake.json says n',
    ]);
  });

  it('is neither sound nor complete', () => {
    expect(report).toMatchObject({ ok: false, complete: false });
  });

  it('is not checked row by row', () => {
    expect(report.checks.find(({ name }) => name === 'keys')).toMatchObject({
      ok: true,
      detail: 'skipped: first put right: partitions, files, sums, footers',
    });
  });
});

describe('without what it needs', () => {
  it.each([
    ['nowhere', 'does not exist'],
    ['.', 'has no partitions in it'],
  ])('%s: a plain error', async (root, says) => {
    const folder = makeTempFolder();
    const failed = verifyLake({ root: join(folder, root), artifactRoot: folder, deep: false }, effects());
    await expect(failed).rejects.toThrow(says);
    await expect(failed).rejects.toBeInstanceOf(UserError);
  });

  it('checks a lake without lake.json by its manifests alone, and says so', async () => {
    const lake = await copyLake();
    rmSync(join(lake.artifactRoot, 'lake.json'));
    rmSync(join(lake.root, placeOf(part('orders', '2020-01-05'))));
    const fx = effects();
    const report = await verifyLake({ ...lake, deep: false }, fx);
    expect(faultLines(report)).toEqual(['files: orders/ingest_dt=2020-01-05/part-0000.parquet: is missing']);
    expect(report.complete).toBe(false);
    expect(report.checks.find(({ name }) => name === 'partitions')?.detail).toContain('skipped');
    expect(fx.events).toContainEqual({ type: 'note', message: expect.stringContaining('lake.json') as string });
    await expect(verifyLake({ ...lake, deep: true }, effects())).rejects.toThrow('lake.json');
  });

  it('stops when told to', async () => {
    const lake = await copyLake();
    await expect(verifyLake({ ...lake, deep: false }, effects(AbortSignal.abort()))).rejects.toMatchObject({ exitCode: 3 });
  });
});
