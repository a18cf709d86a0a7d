// The checks of the answer key: a sound one passes, and each way of damaging it is named with its place.

import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodePart } from '../../src/parquet/encode.ts';
import { formatManifest, parseManifest } from '../../src/parquet/manifest.ts';
import { crc32cBase64, sha256Hex } from '../../src/parquet/partition.ts';
import { BatchBuilder } from '../../src/tables/column-builders.ts';
import { DEFECT_COLUMNS } from '../../src/tables/defects.ts';
import { verifyLake, type VerifyReport } from '../../src/verify/verify-lake.ts';
import { effects, TinyShop } from '../pipeline/tiny-shop.ts';
import { expectFault, faultLines } from './mini-lake.ts';

type Defect = Record<string, string | null>;

let shop: TinyShop;
const keyOf = (of: TinyShop): string => join(of.folder, 'output/truth/defects');

function verify(of: TinyShop, deep = false): Promise<VerifyReport> {
  const { targetRoot: root, truthRoot, artifactRoot } = of.resolve().settings;
  return verifyLake({ root, truthRoot, artifactRoot, deep }, effects());
}

/** Writes other defects, and a manifest that is true of them: only who compares them with the lake can tell. */
function rewrite(place: string, change: (defects: Defect[]) => Defect[]): void {
  const path = join(keyOf(shop), place, 'part-0000.parquet');
  const rows = tableFromIPC(readParquet(readFileSync(path)).intoIPCStream()).toArray() as { toJSON(): Defect }[];
  const changed = change(rows.map((row) => row.toJSON()));
  const batch = new BatchBuilder(DEFECT_COLUMNS);
  batch.reset(changed.length);
  for (const defect of changed) {
    for (const { name } of DEFECT_COLUMNS) {
      const value = defect[name] ?? null;
      if (value === null) batch.text(name).pushNull();
      else batch.text(name).pushText(value);
    }
  }
  const bytes = encodePart(DEFECT_COLUMNS, batch.finish());
  writeFileSync(path, bytes);
  const manifestPath = join(keyOf(shop), place, '_MANIFEST.json');
  const manifest = parseManifest(readFileSync(manifestPath, 'utf8'), manifestPath);
  const file = {
    path: 'part-0000.parquet',
    rows: changed.length,
    bytes: bytes.length,
    sha256: sha256Hex(bytes),
    crc32c: crc32cBase64(bytes),
  };
  writeFileSync(manifestPath, formatManifest({ ...manifest, total_rows: changed.length, files: [file] }));
}

beforeAll(async () => {
  shop = await TinyShop.open();
  await shop.backlog({ direct: true });
});

it('a sound key passes every check', async () => {
  const report = await verify(shop, true);
  expect(faultLines(report)).toEqual([]);
  const own = report.checks.filter(({ name }) => name.startsWith('key: '));
  expect(own.map(({ name }) => name)).toEqual(
    ['partitions', 'files', 'manifests', 'sums', 'footers', 'event dates', 'values'].map((name) => `key: ${name}`),
  );
  expect(own.at(-1)!.detail).toMatch(/^[\d,]{5,} defects$/);
});

it('a lake without its key passes, and says that it has none', async () => {
  renameSync(join(shop.folder, 'output/truth'), join(shop.folder, 'output/elsewhere'));
  const report = await verify(shop);
  renameSync(join(shop.folder, 'output/elsewhere'), join(shop.folder, 'output/truth'));
  expect(report.ok).toBe(true);
  expect(report.checks.at(-1)).toMatchObject({
    name: 'key: partitions',
    detail: expect.stringMatching(/^skipped: there is no .*defects$/) as string,
  });
});

it('a key beside a clean lake is a fault', async () => {
  const clean = await TinyShop.open();
  await clean.backlog({ direct: true, 'messiness-level': 'none', 'end-date': '2020-01-05' });
  expect((await verify(clean)).checks.at(-1)).toMatchObject({ name: 'key: partitions', ok: true });
  cpSync(keyOf(shop), keyOf(clean), { recursive: true });
  expectFault(await verify(clean), 'key: partitions', keyOf(clean), 'nothing was planted');
});

/** What is done, and the fault it must lead to: check, place, and a part of the message. */
const DAMAGE: [what: string, damage: (root: string) => void, check: string, place: string, says: string][] = [
  [
    'a flipped bit',
    (root) => {
      const path = join(root, 'table=orders/ingest_dt=2020-01-05/part-0000.parquet');
      const bytes = readFileSync(path);
      bytes[60]! ^= 1;
      writeFileSync(path, bytes);
    },
    'sums',
    'table=orders/ingest_dt=2020-01-05/part-0000.parquet',
    'its SHA-256 is',
  ],
  [
    'a truncated part',
    (root) => truncateSync(join(root, 'table=cart_items/ingest_dt=2020-01-06/part-0000.parquet'), 300),
    'sums',
    'table=cart_items/ingest_dt=2020-01-06/part-0000.parquet',
    'has 300 bytes',
  ],
  [
    'a missing partition',
    (root) => rmSync(join(root, 'table=returns/ingest_dt=2020-02-07'), { recursive: true }),
    'partitions',
    'table=returns/ingest_dt=2020-02-07',
    'is missing',
  ],
  [
    'a partition too many',
    (root) => cpSync(join(root, 'table=orders/ingest_dt=2020-01-08'), join(root, 'table=orders/ingest_dt=2021-01-08'), { recursive: true }),
    'partitions',
    'table=orders/ingest_dt=2021-01-08',
    'lies beyond',
  ],
  [
    'a partition under another date',
    (root) => {
      rmSync(join(root, 'table=orders/ingest_dt=2020-01-10'), { recursive: true });
      cpSync(join(root, 'table=orders/ingest_dt=2020-01-11'), join(root, 'table=orders/ingest_dt=2020-01-10'), { recursive: true });
    },
    'manifests',
    'table=orders/ingest_dt=2020-01-10/_MANIFEST.json',
    'partition is table=orders/ingest_dt=2020-01-11, and should be table=orders/ingest_dt=2020-01-10',
  ],
  [
    'a missing marker',
    (root) => rmSync(join(root, 'table=orders/ingest_dt=2020-01-09/_SUCCESS')),
    'files',
    'table=orders/ingest_dt=2020-01-09/_SUCCESS',
    'is missing',
  ],
  ['a stray folder', (root) => mkdirSync(join(root, 'table=payments')), 'files', 'table=payments', 'does not belong'],
];

describe('damage to files', () => {
  it('is named, each with its place, and nothing else', async () => {
    const damaged = await TinyShop.open();
    cpSync(shop.folder, damaged.folder, { recursive: true });
    for (const [, damage] of DAMAGE) damage(keyOf(damaged));
    const report = await verify(damaged);
    expect(report.ok).toBe(false);
    for (const [, , check, place, says] of DAMAGE) expectFault(report, `key: ${check}`, place, says);
    const partitionOf = (place: string): string => place.split('/').slice(0, 2).join('/');
    const damagedPlaces = new Set(DAMAGE.map(([, , , place]) => partitionOf(place)));
    expect(report.checks.flatMap(({ faults }) => faults.filter(({ place }) => !damagedPlaces.has(partitionOf(place))))).toEqual([]);
  });
});

it('defects that are not those of the lake are named', async () => {
  rewrite('table=cart_items/ingest_dt=2020-01-12', ([first, ...rest]) => [{ ...first, dirty_value: 'another' }, ...rest]);
  rewrite('table=cart_items/ingest_dt=2020-01-13', ([first, ...rest]) => [{ ...first, event_id: 'evt_0' }, ...rest]);
  rewrite('table=cart_items/ingest_dt=2020-01-14', (defects) => [...defects, defects[0]!]);
  rewrite('table=cart_items/ingest_dt=2020-01-15', ([first, ...rest]) => [{ ...first, clean_value: first!['dirty_value']! }, ...rest]);
  rewrite('table=cart_items/ingest_dt=2020-01-16', ([first, ...rest]) => [{ ...first, column: 'colour' }, ...rest]);
  const report = await verify(shop, true);
  const expectValue = (day: string, says: string) => expectFault(report, 'key: values', `table=cart_items/ingest_dt=2020-01-${day}`, says);
  expectValue('12', '1 defect whose dirty value is not what the lake has');
  expectValue('13', '1 defect of a row that the partition does not have');
  expectValue('14', '1 defect of a cell that is listed already');
  expectValue('15', '1 defect whose dirty value is not what the lake has');
  expectValue('16', '1 defect whose dirty value is not what the lake has');
  expect(faultLines(report)).toHaveLength(5);
});
