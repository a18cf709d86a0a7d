// The deep checks: a sound lake passes all of them, and wrong rows are named though manifests vouch for them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PipelineEvent } from '../../src/events.ts';
import { crc32cBase64, sha256Hex } from '../../src/parquet/partition.ts';
import { verifyLake, type VerifyReport } from '../../src/verify/verify-lake.ts';
import { effects } from '../pipeline/tiny-shop.ts';
import { number, partitionsOf, placeOf, readManifest, readRows, rewriteRows, text, writeManifest, type Part, type Row } from './damage.ts';
import { copyLake, faultLines, verify, type MiniLake } from './mini-lake.ts';

describe('a sound lake', () => {
  let report: VerifyReport;
  beforeAll(async () => {
    report = await verify(await copyLake(), true);
  });

  it('passes every check, rows and figures too', () => {
    expect(faultLines(report)).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.checks.length).toBeGreaterThan(50);
  });

  it('says what such a short window cannot show', () => {
    const skipped = report.checks.filter(({ detail }) => detail?.startsWith('skipped') === true).map(({ name }) => name);
    expect(skipped).toEqual([
      'added columns',
      'volume',
      'months',
      'seams',
      'orders with a return',
      'return delays',
      'repeat visits',
      'reactivation',
    ]);
  });
});

const part = (table: Part['table'], date: string): Part => ({
  table,
  partition: `${table === 'customers' ? 'signup_date' : 'ingest_dt'}=${date}`,
});

/** Changes one row, the first that `wanted` accepts. */
function changeRow(root: string, changed: Part, change: (row: Row) => void, wanted: (row: Row) => boolean = () => true): void {
  rewriteRows(root, changed, (rows) => {
    change(rows.find(wanted)!);
    return rows;
  });
}

interface Damage {
  readonly what: string;
  readonly at: Part;
  damage(root: string, at: Part): void;
  readonly check: string;
  readonly says: RegExp;
}

/** Each on a day of its own. */
const DAMAGE: readonly Damage[] = [
  {
    what: 'a dropped cart item',
    at: part('cart_items', '2020-01-03'),
    damage: (root, at) => rewriteRows(root, at, (rows) => rows.toSpliced(5, 1)),
    check: 'keys',
    says: /stands where number \d+ should/,
  },
  {
    what: 'the cart that lost it',
    at: part('shopping_carts', '2020-01-03'),
    damage: () => undefined,
    check: 'cart totals',
    says: /cart_total is [\d.]+, its items sum to [\d.]+/,
  },
  {
    what: 'a doubled cart',
    at: part('shopping_carts', '2020-01-04'),
    damage: (root, at) => rewriteRows(root, at, (rows) => [...rows.slice(0, 3), ...rows.slice(2)]),
    check: 'keys',
    says: /stands where number/,
  },
  {
    what: 'swapped orders',
    at: part('orders', '2020-01-05'),
    damage: (root, at) => rewriteRows(root, at, ([first, second, ...rest]) => [second!, first!, ...rest]),
    check: 'keys',
    says: /stands where number/,
  },
  {
    what: 'swapped order items',
    at: part('order_items', '2020-01-06'),
    damage: (root, at) => rewriteRows(root, at, (rows) => rows.toReversed()),
    check: 'keys',
    says: /comes after ORD-/,
  },
  {
    what: 'a badly written key',
    at: part('shopping_carts', '2020-01-07'),
    damage: (root, at) => changeRow(root, at, (row) => (row['cart_id'] = text(row, 'cart_id').replace('-', '_'))),
    check: 'keys',
    says: /the key is not CART- and at least eight digits/,
  },
  {
    what: 'a gap between two days',
    at: part('cart_items', '2020-01-09'),
    damage: (root, at) => {
      const last = { ...at, partition: 'ingest_dt=2020-01-08' };
      rewriteRows(root, last, (rows) => rows.slice(0, -1));
    },
    check: 'keys',
    says: /its first number is \d+, and should be \d+/,
  },
  {
    what: 'an item of an unknown cart',
    at: part('cart_items', '2020-01-10'),
    damage: (root, at) => changeRow(root, at, (row) => (row['cart_id'] = 'CART-99999999')),
    check: 'children',
    says: /its cart is not in the lake on that day/,
  },
  {
    what: 'a cart in the wrong partition',
    at: part('shopping_carts', '2020-01-12'),
    damage: (root, at) => {
      const moved = readRows(root, { ...at, partition: 'ingest_dt=2020-01-11' }).at(-1)!;
      rewriteRows(root, at, (rows) => [
        { ...moved, ingestion_ts: text(rows[0], 'ingestion_ts'), source_file: text(rows[0], 'source_file') },
        ...rows,
      ]);
      rewriteRows(root, { ...at, partition: 'ingest_dt=2020-01-11' }, (rows) => rows.slice(0, -1));
    },
    check: 'partition dates',
    says: /created_at is on 2020-01-11/,
  },
  {
    what: 'its items',
    at: part('cart_items', '2020-01-11'),
    damage: () => undefined,
    check: 'children',
    says: /its cart lies in another partition/,
  },
  {
    what: 'a wrong total',
    at: part('shopping_carts', '2020-01-13'),
    damage: (root, at) => changeRow(root, at, (row) => (row['cart_total'] = number(row, 'cart_total') + 0.01)),
    check: 'cart totals',
    says: /^CART-\d{8}: cart_total is/,
  },
  {
    what: 'half cents',
    at: part('orders', '2020-01-14'),
    damage: (root, at) => changeRow(root, at, (row) => (row['gross_total'] = number(row, 'gross_total') + 0.001)),
    check: 'cents',
    says: /gross_total [\d.]+ is not an amount in whole cents/,
  },
  {
    what: 'a wrong net total',
    at: part('orders', '2020-01-15'),
    damage: (root, at) => changeRow(root, at, (row) => (row['net_total'] = number(row, 'net_total') + 1)),
    check: 'order totals',
    says: /net_total is [\d.]+, and should be/,
  },
  {
    what: 'a customer nobody knows',
    at: part('orders', '2020-01-16'),
    damage: (root, at) => changeRow(root, at, (row) => (row['customer_id'] = 'CUST-999999')),
    check: 'customers of rows',
    says: /customer_id CUST-999999 is not among the customers/,
  },
  {
    what: 'another product name',
    at: part('order_items', '2020-01-17'),
    damage: (root, at) => changeRow(root, at, (row) => (row['product_name'] = 'Another Thing')),
    check: 'catalogue',
    says: /product_name is not that of the catalogue/,
  },
  {
    what: 'another price',
    at: part('cart_items', '2020-01-18'),
    damage: (root, at) => changeRow(root, at, (row) => (row['unit_price'] = number(row, 'unit_price') + 1)),
    check: 'catalogue',
    says: /unit_price is not that of the catalogue/,
  },
  {
    what: 'a wrong tier',
    at: part('orders', '2020-01-19'),
    damage: (root, at) =>
      changeRow(
        root,
        at,
        (row) => (row['customer_tier'] = 'Bronze'),
        (row) => row['customer_tier'] !== 'Bronze',
      ),
    check: 'tiers',
    says: /customer_tier is Bronze, /,
  },
  {
    what: 'a wrong CLV bucket',
    at: part('orders', '2020-01-20'),
    damage: (root, at) =>
      changeRow(
        root,
        at,
        (row) => (row['clv_bucket'] = 'Low'),
        (row) => text(row, 'clv_bucket').trim().toLowerCase() !== 'low',
      ),
    check: 'CLV buckets',
    says: /clv_bucket is Low, /,
  },
  {
    what: 'a timestamp of another kind',
    at: part('shopping_carts', '2020-01-21'),
    damage: (root, at) => changeRow(root, at, (row) => (row['created_at'] = text(row, 'created_at').replace('T', ' '))),
    check: 'timestamps',
    says: /created_at is no timestamp/,
  },
  {
    what: 'a cart changed before it was created',
    at: part('shopping_carts', '2020-01-22'),
    damage: (root, at) => changeRow(root, at, (row) => (row['updated_at'] = '2020-01-01T00:00:00.000')),
    check: 'time order',
    says: /updated_at is before created_at/,
  },
  {
    what: 'an emptied cart with a total',
    at: part('shopping_carts', '2020-01-23'),
    damage: (root, at) =>
      changeRow(
        root,
        at,
        (row) => (row['cart_total'] = 9.99),
        (row) => text(row, 'status').trim().toLowerCase() === 'emptied',
      ),
    check: 'emptied carts',
    says: /it is emptied and its total is 9.99/,
  },
  {
    what: 'a converted cart without an order',
    at: part('shopping_carts', '2020-01-24'),
    damage: (root, at) =>
      changeRow(
        root,
        at,
        (row) => (row['status'] = 'converted'),
        (row) => text(row, 'status').trim().toLowerCase() === 'abandoned',
      ),
    check: 'carts and orders',
    says: /^cart number \d+: it is converted and has no order$/,
  },
  {
    what: 'an expedited order with Standard shipping',
    at: part('orders', '2020-01-25'),
    damage: (root, at) =>
      changeRow(
        root,
        at,
        (row) => (row['shipping_speed'] = 'Standard'),
        (row) => row['is_expedited'] === true,
      ),
    check: 'expedited',
    says: /it is expedited with Standard shipping/,
  },
  {
    what: 'a payment method that the channel does not allow',
    at: part('orders', '2020-01-26'),
    damage: (root, at) =>
      changeRow(
        root,
        at,
        (row) => (row['payment_method'] = 'Ebay'),
        (row) => row['order_channel'] === 'Web',
      ),
    check: 'payments',
    says: /payment_method Ebay is not allowed for Web/,
  },
  {
    what: 'an agent for an order on the web',
    at: part('orders', '2020-01-27'),
    damage: (root, at) =>
      changeRow(
        root,
        at,
        (row) => (row['agent_id'] = 'CSR-0001'),
        (row) => row['order_channel'] === 'Web',
      ),
    check: 'agents',
    says: /agent_id CSR-0001 does not go with Web/,
  },
  {
    what: 'a word of no vocabulary',
    at: part('orders', '2020-01-28'),
    damage: (root, at) => changeRow(root, at, (row) => (row['order_channel'] = 'Fax')),
    check: 'words',
    says: /order_channel is "Fax"/,
  },
  {
    what: 'another event_id',
    at: part('order_items', '2020-01-29'),
    damage: (root, at) => changeRow(root, at, (row) => (row['event_id'] = `evt_${'0'.repeat(32)}`)),
    check: 'event_id',
    says: /event_id is not the hash of its key/,
  },
  {
    what: 'another source_file',
    at: part('cart_items', '2020-01-30'),
    damage: (root, at) => changeRow(root, at, (row) => (row['source_file'] = 'elsewhere')),
    check: 'lineage',
    says: /batch_id, ingestion_ts or source_file is another/,
  },
  {
    what: 'too many items counted',
    at: part('orders', '2020-01-31'),
    damage: (root, at) => changeRow(root, at, (row) => (row['total_items'] = 99)),
    check: 'total_items',
    says: /total_items is 99, its cart has \d+ lines/,
  },
  {
    what: 'a cart before the sign-up',
    at: part('shopping_carts', '2020-01-02'),
    damage: (root, at) => {
      const [late] = readRows(root, part('customers', '2020-01-09'));
      changeRow(root, at, (row) => (row['customer_id'] = text(late, 'customer_id')));
    },
    check: 'sign-up first',
    says: /it was created before its customer signed up on 2020-01-09/,
  },
  {
    what: 'an order of nobody',
    at: part('orders', '2020-02-05'),
    damage: (root, at) => {
      const others = new Set(readRows(root, at).map((row) => text(row, 'customer_id')));
      const [late] = readRows(root, part('customers', '2020-01-08')).filter((row) => !others.has(text(row, 'customer_id')));
      changeRow(root, at, (row) => (row['customer_id'] = text(late, 'customer_id')));
    },
    check: 'carts and orders',
    says: /^order number \d+: (it has no converted cart|cart number \d+ has an order already|it does not go with)/,
  },
  {
    what: 'a guest with a name',
    at: part('customers', '2020-01-10'),
    damage: (root, at) =>
      changeRow(
        root,
        at,
        (row) => (row['first_name'] = 'Somebody'),
        (row) => row['is_guest'] === true,
      ),
    check: 'guests',
    says: /first_name is given for a guest/,
  },
];

/** The first return of the lake with more than one piece of a line, and where it lies. */
function findReturn(root: string): { part: Part; row: Row } {
  for (const at of partitionsOf(root, 'return_items')) {
    const row = readRows(root, at)[0];
    if (row !== undefined) return { part: at, row };
  }
  throw new Error('the lake has no return');
}

describe('a lake with wrong rows', () => {
  let lake: MiniLake;
  let report: VerifyReport;
  let sentBack: ReturnType<typeof findReturn>;
  beforeAll(async () => {
    lake = await copyLake();
    for (const { damage, at } of DAMAGE) damage(lake.root, at);
    sentBack = findReturn(lake.root);
    changeRow(lake.root, sentBack.part, (row) => {
      row['quantity_returned'] = 1000;
      row['refunded_amount'] = 100_000;
    });
    report = await verify(lake, true);
  });

  const faultsOf = (name: string) => report.checks.find((check) => check.name === name)!.faults;

  it.each(DAMAGE)('names $what', ({ at, check, says }) => {
    const found = faultsOf(check).filter(({ place }) => place === placeOf(at));
    expect(found.map(({ message }) => message).join('\n'), faultLines(report).join('\n')).toMatch(says);
  });

  it('names a refund beyond what was paid, at the line and at the return', () => {
    const { row: order } = sentBack;
    const messages = faultsOf('refunds')
      .map(({ place, message }) => `${place}: ${message}`)
      .join('\n');
    expect(messages).toMatch(
      new RegExp(`order_items/.*${text(order, 'order_id')}, product_id ${number(order, 'product_id')}: 1000 pieces came back of`),
    );
    expect(messages).toMatch(
      new RegExp(
        `${placeOf({ ...sentBack.part, table: 'returns' })}: .*${text(order, 'return_id')}: refunded_amount is .*, its items sum to`,
      ),
    );
  });
});

it('stops between two rules when told to', async () => {
  const control = new AbortController();
  const fx = effects(control.signal);
  const emit = (event: PipelineEvent): void => (event.type === 'progress' ? control.abort() : undefined);
  const lake = await copyLake();
  await expect(verifyLake({ ...lake, deep: true }, { ...fx, emit })).rejects.toMatchObject({ exitCode: 3 });
});

it('a part whose manifest vouches for bytes that cannot be read is named', async () => {
  const lake = await copyLake();
  const at = part('orders', '2020-01-05');
  const path = join(lake.root, placeOf(at));
  const bytes = readFileSync(path);
  bytes.fill(0xff, 4, 400);
  writeFileSync(path, bytes);
  const manifest = readManifest(lake.root, at);
  writeManifest(lake.root, at, { ...manifest, files: [{ ...manifest.files[0]!, sha256: sha256Hex(bytes), crc32c: crc32cBase64(bytes) }] });
  const report = await verify(lake, true);
  expect(faultLines(report)).toEqual([
    expect.stringMatching(/^readable: orders\/ingest_dt=2020-01-05\/part-0000.parquet: cannot be read: /),
  ]);
});
