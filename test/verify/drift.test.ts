// A lake whose columns change by date: sound by all checks that apply, and what is wrong with a version is named.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { OPTIONAL_KINDS } from '../../src/config/mess-levels.ts';
import { CHECKS_OF_COLUMN } from '../../src/config/suspended-checks.ts';
import { gatherFigures } from '../../src/report/gather-figures.ts';
import { formatManifest, parseManifest } from '../../src/parquet/manifest.ts';
import { driftableColumns } from '../pipeline/driftable-columns.ts';
import { driftedSchema } from '../../src/tables/drift.ts';
import { fileSchema } from '../../src/tables/file-schema.ts';
import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../../src/tables/index.ts';
import { verifyLake, type VerifyReport } from '../../src/verify/verify-lake.ts';
import { DRIFT, LAST, makeDriftingShop, openDriftingShop } from '../pipeline/drifting-shop.ts';
import { effects, makeTempFolder, TinyShop } from '../pipeline/tiny-shop.ts';
import { partitionsOf, readManifest, readRows, rewriteRows, writeManifest, type Part, type Row } from './damage.ts';
import { faultLines } from './mini-lake.ts';

let shop: TinyShop;
beforeAll(async () => {
  shop = await makeDriftingShop();
});

interface Lake {
  readonly root: string;
  readonly artifactRoot: string;
  readonly truthRoot: string;
}

function copyLake(): Lake {
  const folder = makeTempFolder();
  cpSync(join(shop.folder, 'output'), folder, { recursive: true });
  cpSync(join(shop.artifacts, 'lake.json'), join(folder, 'artifacts/lake.json'));
  return { root: join(folder, 'raw'), artifactRoot: join(folder, 'artifacts'), truthRoot: join(folder, 'truth') };
}

const verify = (lake: Lake, deep = false): Promise<VerifyReport> => verifyLake({ ...lake, deep }, effects());

describe('a lake with drift', () => {
  it('is sound, quick and deep, its key too; checks that read a removed column say that they were not run', async () => {
    const lake = { root: shop.raw, artifactRoot: shop.artifacts, truthRoot: join(shop.folder, 'output/truth') };
    expect(faultLines(await verify(lake))).toEqual([]);
    const report = await verify(lake, true);
    expect(faultLines(report)).toEqual([]);
    const removed = report.checks.flatMap(({ name, detail }) => (detail?.includes(' is removed on ') ? [[name, detail]] : []));
    expect(removed).toEqual([
      ['catalogue', 'skipped: return_items.category is removed on 2020-01-15'],
      ['CLV buckets', 'skipped: orders.clv_bucket is removed on 2020-01-11'],
      ['words', 'skipped: orders.clv_bucket is removed on 2020-01-11'],
      ['mess: return reasons', 'skipped: return_items.category is removed on 2020-01-15'],
    ]);
  });

  it('is sound without lake.json, as far as its manifests tell', async () => {
    const lake = copyLake();
    rmSync(join(lake.artifactRoot, 'lake.json'));
    expect(faultLines(await verify(lake))).toEqual([]);
  });

  it('has a report, with and without lake.json', async () => {
    const lake = copyLake();
    const { funnel, orderTiers, sizes, planted } = await gatherFigures({ ...lake, deep: false }, effects());
    const rows = (table: string): number => sizes.find((own) => own.table === table)!.rows;
    expect(funnel).toMatchObject({ carts: rows('shopping_carts'), orders: rows('orders'), otherStates: 0 });
    expect(orderTiers.reduce((sum, { orders }) => sum + orders, 0)).toBe(rows('orders'));
    expect(planted!.map(({ column }) => column)).toContain('shipping_speed');
    rmSync(join(lake.artifactRoot, 'lake.json'));
    expect((await gatherFigures({ ...lake, deep: false }, effects())).funnel).toEqual(funnel);
  });
});

describe('a lake that loses every column that it may lose', () => {
  it('is sound, whatever else is planted in it', async () => {
    const drift = TRANSACTION_TABLES.flatMap((table) =>
      driftableColumns(table).map((column) => ({ date: '2020-01-08', table, remove: column })),
    );
    const kinds = Object.fromEntries(OPTIONAL_KINDS.map((kind) => [kind, { rate: 0.1 }]));
    const bare = await openDriftingShop(drift, { medium_mess: kinds });
    await bare.backlog({ direct: true, 'end-date': LAST });
    const report = await verify({ root: bare.raw, artifactRoot: bare.artifacts, truthRoot: join(bare.folder, 'output/truth') }, true);
    expect(faultLines(report)).toEqual([]);
    const skipped = report.checks.flatMap(({ name, detail }) => (/ is (removed|planted) /.test(detail ?? '') ? [name] : []));
    expect(skipped.toSorted()).toEqual([...new Set(Object.values(CHECKS_OF_COLUMN).flat())].toSorted());
  });
});

describe('what is wrong with it', () => {
  const order: Part = { table: 'orders', partition: 'ingest_dt=2020-01-06' };
  const early: Part = { table: 'orders', partition: 'ingest_dt=2020-01-02' };

  it('is named: versions, columns of another date, what the key says of columns', async () => {
    const lake = copyLake();
    const keyRoot = join(lake.truthRoot, 'defects');
    const { table_schema_version: _, ...without } = readManifest(lake.root, order);
    writeManifest(lake.root, order, without);
    writeManifest(lake.root, early, { ...readManifest(lake.root, early), table_schema_version: 3 });
    for (const file of ['part-0000.parquet', '_MANIFEST.json'])
      cpSync(join(lake.root, 'orders/ingest_dt=2020-01-09', file), join(lake.root, 'orders/ingest_dt=2020-01-08', file));
    const path = join(keyRoot, 'table=orders/ingest_dt=2020-01-07/_MANIFEST.json');
    const key = parseManifest(readFileSync(path, 'utf8'), path);
    const columns = key.lake_columns!.map((column) => (column.name === 'shipping_method' ? { ...column, of: 'email' } : column));
    writeFileSync(path, formatManifest({ ...key, lake_columns: columns }));
    const lines = faultLines(await verify(lake));
    const about = (name: string): string[] => lines.filter((line) => line.includes(name));
    expect(about('2020-01-06')).toEqual([
      'manifests: orders/ingest_dt=2020-01-06/_MANIFEST.json: table_schema_version is missing, and should be 2',
    ]);
    expect(about('2020-01-02')).toEqual([
      'manifests: orders/ingest_dt=2020-01-02/_MANIFEST.json: table_schema_version is 3, and should be 1',
    ]);
    expect(about('2020-01-08')).toEqual(
      expect.arrayContaining([
        'manifests: orders/ingest_dt=2020-01-08/_MANIFEST.json: table_schema_version is 4, and should be 3',
        'footers: orders/ingest_dt=2020-01-08/part-0000.parquet: column 2 is total_items float64, and should be total_items int64',
      ]),
    );
    expect(about('2020-01-07')).toEqual([expect.stringContaining('shipping_method string of email')]);
  });

  it('is named: cells of added columns that are not as drawn', async () => {
    const lake = copyLake();
    const rewrite = (table: TransactionTable, date: string, change: (row: Row, index: number) => void): void => {
      const { columns } = driftedSchema(fileSchema(TABLES[table]), DRIFT, table, date);
      rewriteRows(lake.root, { table, partition: `ingest_dt=${date}` }, (rows) => (rows.forEach(change), rows), columns);
    };
    const other = { north: 'south', south: 'west', west: 'north' };
    rewrite('orders', '2020-01-06', () => {});
    rewrite('orders', '2020-01-10', (row, index) => {
      if (index === 2) row['sales_region'] = other[row['sales_region'] as keyof typeof other];
    });
    rewrite('orders', '2020-01-14', (row) => (row['region'] = null));
    const noted = partitionsOf(lake.root, 'return_items').findLast((part) => readRows(lake.root, part).length > 0)!;
    const noteDay = noted.partition.slice('ingest_dt='.length);
    expect(noteDay > '2020-01-14').toBe(true);
    rewrite('return_items', noteDay, (row, index) => {
      if (index === 0) row['note'] = 'north';
    });
    const { checks } = await verify(lake, true);
    const faults = checks.find(({ name }) => name === 'added columns')!.faults.map(({ place, message }) => `${place}: ${message}`);
    expect(faults).toEqual([
      expect.stringMatching(
        /^orders\/ingest_dt=2020-01-10\/part-0000\.parquet: order_id ORD-\d{8}: sales_region is not what its event_id draws$/,
      ),
      expect.stringMatching(
        /^orders\/ingest_dt=2020-01-14\/part-0000\.parquet: \d+ rows whose region is not what its event_id draws, such as order_id ORD-\d{8}$/,
      ),
      expect.stringMatching(
        /^return_items\/ingest_dt=2020-01-\d\d\/part-0000\.parquet: return_item_id \d+: note is not what its event_id draws$/,
      ),
    ]);
  });

  it('is named in a lake without drift too', async () => {
    const lake = copyLake();
    const path = join(lake.artifactRoot, 'lake.json');
    const file = JSON.parse(readFileSync(path, 'utf8')) as { config: { mess: { drift: unknown[] } } };
    file.config.mess.drift = [];
    writeFileSync(path, JSON.stringify(file));
    expect(faultLines(await verify(lake))).toContain(
      'manifests: orders/ingest_dt=2020-01-02/_MANIFEST.json: table_schema_version is 1, and should be left out',
    );
  });
});
