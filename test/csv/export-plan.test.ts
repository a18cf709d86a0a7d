import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planExport, type ExportPlan, type ExportRequest } from '../../src/csv/export-plan.ts';
import { readPartition } from '../../src/csv/read-partition.ts';
import { RUN_FILE, verifyExtents, type RunFile } from '../../src/csv/run-file.ts';
import { CsvEncoder } from '../../src/csv/write.ts';
import { UserError } from '../../src/lib/errors.ts';
import { TABLES, type TableName, type TableSpec } from '../../src/tables/index.ts';
import { batchOf, plainRow, rowsOf, type Row } from './sample-rows.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csv-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pathOf = (name: TableName) => join(folder, `${name}.csv`);

function encodeRows(name: TableName, rows: readonly Row[]): string {
  return new TextDecoder().decode(new CsvEncoder(TABLES[name]).encode(batchOf(TABLES[name], rows)));
}

const headerOf = (name: TableName) => `${TABLES[name].columns.map((column) => column.name).join(',')}\n`;

function writeTable(name: TableName, rows: readonly Row[]): void {
  writeFileSync(pathOf(name), headerOf(name) + encodeRows(name, rows));
}

const cart = (id: number, date: string, values: Row = {}) =>
  plainRow('shopping_carts', { cart_id: `CART-${String(id).padStart(8, '0')}`, created_at: `${date}T10:00:00.000`, ...values });
const item = (id: number, cartId: number, values: Row = {}) =>
  plainRow('cart_items', { cart_item_id: BigInt(id), cart_id: `CART-${String(cartId).padStart(8, '0')}`, ...values });

/** Every partition's rows, by table and value. */
function partitionsOf(plan: ExportPlan): Record<string, Row[]> {
  return Object.fromEntries(
    [...plan.tables].flatMap(([name, table]) =>
      table.values.map((value) => {
        const { batch } = readPartition(table.partition(value));
        expect(batch.numRows).toBe(table.rowsOf(value));
        return [`${name} ${value}`, rowsOf(batch)];
      }),
    ),
  );
}

async function errorOf(request?: ExportRequest): Promise<UserError> {
  const error = await planExport(folder, request)
    .then(partitionsOf)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

const DATES = ['2020-01-01', '2020-01-02', '2020-01-03'];
const strange = fc.constantFrom('plain', 'a,b', 'two\nlines', 'say "hi"', '', '\r\n', 'é', 'x'.repeat(300));

/** Carts on a few dates and their items, in the order of their keys. */
const family = fc
  .array(fc.record({ date: fc.constantFrom(...DATES), items: fc.integer({ min: 0, max: 3 }), text: strange }), { maxLength: 25 })
  .map((drawn) => {
    const carts = drawn
      .toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
      .map((entry, i) => ({ ...entry, id: i + 99_999_990 }));
    const items = carts.flatMap(({ id, items: count, text }) => Array.from({ length: count }, () => ({ id, text })));
    return {
      carts: carts.map(({ id, date, text }) => cart(id, date, { status: text, customer_id: text })),
      items: items.map(({ id, text }, i) => item(i + 1, id, { product_name: text, added_at: text })),
    };
  });

describe('a scan', () => {
  test('finds the same extents whatever the size of its blocks', async () => {
    await fc.assert(
      fc.asyncProperty(
        family,
        fc.integer({ min: 1, max: 600 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        async ({ carts, items }, blockBytes, lineEnd, isEnded) => {
          for (const [name, rows] of [
            ['shopping_carts', carts],
            ['cart_items', items],
          ] as const) {
            const lines = [headerOf(name).trim(), ...rows.map((row) => encodeRows(name, [row]).slice(0, -1))];
            if (rows.length > 3) lines.splice(2, 0, '', '');
            writeFileSync(pathOf(name), lines.join(lineEnd) + (isEnded ? lineEnd : ''));
          }
          const whole = await planExport(folder);
          const blocks = await planExport(folder, { blockBytes });
          expect(blocks.dates).toEqual(whole.dates);
          for (const name of ['shopping_carts', 'cart_items'] as const) {
            for (const value of DATES) expect(blocks.tables.get(name)!.partition(value)).toEqual(whole.tables.get(name)!.partition(value));
          }
          const found = partitionsOf(blocks);
          expect(DATES.flatMap((date) => found[`shopping_carts ${date}`] ?? [])).toEqual(carts);
          expect(DATES.flatMap((date) => found[`cart_items ${date}`] ?? [])).toEqual(items);
        },
      ),
      { numRuns: 120 },
    );
  });

  test('of a sorted file has one extent a date, with its first line', async () => {
    writeTable('shopping_carts', [cart(1, DATES[0]!, { status: 'a\nb' }), cart(2, DATES[0]!), cart(3, DATES[2]!)]);
    writeTable('cart_items', [item(1, 1), item(2, 1), item(3, 3)]);
    const plan = await planExport(folder);
    expect(plan.dates).toEqual([DATES[0], DATES[2]]);
    expect(plan.tables.get('shopping_carts')!.partition(DATES[0]!)).toMatchObject({ rows: 2, extents: [{ rows: 2, firstLine: 2 }] });
    expect(plan.tables.get('shopping_carts')!.partition(DATES[2]!)).toMatchObject({ rows: 1, extents: [{ rows: 1, firstLine: 5 }] });
    expect(plan.tables.get('cart_items')!.partition(DATES[2]!)).toMatchObject({ rows: 1, extents: [{ rows: 1, firstLine: 4 }] });
    expect(plan.tables.get('cart_items')!.partition(DATES[1]!)).toMatchObject({ rows: 0, extents: [] });
    expect(readPartition(plan.tables.get('cart_items')!.partition(DATES[1]!)).batch.numRows).toBe(0);
  });

  test('of shuffled files leads to the partitions of the sorted ones', async () => {
    await fc.assert(
      fc.asyncProperty(family, fc.infiniteStream(fc.nat()), async ({ carts, items }, random) => {
        const shuffle = <T>(rows: readonly T[]) =>
          rows
            .map((row) => [row, random.next().value] as const)
            .toSorted((a, b) => a[1] - b[1])
            .map(([row]) => row);
        writeTable('shopping_carts', carts);
        writeTable('cart_items', items);
        const sorted = partitionsOf(await planExport(folder));
        writeTable('shopping_carts', shuffle(carts));
        writeTable('cart_items', shuffle(items));
        expect(partitionsOf(await planExport(folder))).toEqual(sorted);
      }),
      { numRuns: 80 },
    );
  });

  test('keeps to the dates and tables asked for', async () => {
    writeTable('shopping_carts', [cart(1, DATES[0]!), cart(2, DATES[1]!), cart(3, DATES[0]!)]);
    writeTable('cart_items', [item(1, 1), item(2, 2), item(3, 3)]);
    writeTable('product_catalog', [
      plainRow('product_catalog', { product_id: 2n, category: 'Toys' }),
      plainRow('product_catalog', { product_id: 1n, category: 'Home & Garden' }),
    ]);
    const plan = await planExport(folder, { dates: new Set([DATES[0]!]) });
    expect(Object.entries(partitionsOf(plan)).map(([key, rows]) => [key, rows.length])).toEqual([
      ['product_catalog Home & Garden', 1],
      ['product_catalog Toys', 1],
      [`shopping_carts ${DATES[0]}`, 2],
      [`cart_items ${DATES[0]}`, 2],
    ]);
    expect(plan.tables.get('cart_items')!.totalRows).toBe(2);
    expect([...(await planExport(folder, { tables: ['cart_items'] })).tables.keys()]).toEqual(['cart_items']);
  });

  test('joins on keys with quotes in them', async () => {
    const key = 'say "a,\nb"';
    writeTable('shopping_carts', [cart(1, DATES[1]!), cart(2, DATES[0]!, { cart_id: key })]);
    writeTable('cart_items', [item(1, 1, { cart_id: key }), item(2, 1)]);
    expect(partitionsOf(await planExport(folder, { blockBytes: 16 }))[`cart_items ${DATES[0]}`]).toMatchObject([
      { cart_item_id: 1n, cart_id: key },
    ]);
  });
});

describe('rows of a partition come in the order of their keys', () => {
  const keysOf = async (name: TableName, column: string) =>
    Object.values(partitionsOf(await planExport(folder))).flatMap((rows) =>
      rows.filter((row) => column in row && TABLES[name].columns.length === Object.keys(row).length).map((row) => row[column]),
    );

  test('IDs by their numbers', async () => {
    writeTable(
      'shopping_carts',
      ['CART-100000000', 'CART-99999999', 'CART-00000002'].map((id) => cart(0, DATES[0]!, { cart_id: id })),
    );
    expect(await keysOf('shopping_carts', 'cart_id')).toEqual(['CART-00000002', 'CART-99999999', 'CART-100000000']);
  });

  test('customers before guests, each by number', async () => {
    const ids = ['GUEST-000002', 'CUST-1000000', 'GUEST-000001', 'CUST-999999'];
    writeTable(
      'customers',
      ids.map((id) =>
        plainRow('customers', { customer_id: id, first_name: id.startsWith('G') ? null : 'x', age: null, is_guest: id.startsWith('G') }),
      ),
    );
    expect(await keysOf('customers', 'customer_id')).toEqual(['CUST-999999', 'CUST-1000000', 'GUEST-000001', 'GUEST-000002']);
    expect(await keysOf('customers', 'is_guest')).toEqual([false, false, true, true]);
    expect(await keysOf('customers', 'first_name')).toEqual(['x', 'x', null, null]);
  });

  test('other texts by their bytes', async () => {
    writeTable(
      'shopping_carts',
      ['b10', 'b9', 'a7f', 'a7', 'prefix-b', 'prefix-a'].map((id) => cart(0, DATES[0]!, { cart_id: id })),
    );
    expect(await keysOf('shopping_carts', 'cart_id')).toEqual(['a7', 'a7f', 'b10', 'b9', 'prefix-a', 'prefix-b']);
  });

  test('compound keys by their parts, integers by value', async () => {
    const order = plainRow('orders', { order_id: 'ORD-9', order_date: DATES[0]! });
    writeTable('orders', [order, { ...order, order_id: 'ORD-10' }]);
    const keys = [
      ['ORD-10', 2n],
      ['ORD-9', 2n ** 62n + 1n],
      ['ORD-9', 2n ** 62n],
      ['ORD-9', -5n],
    ] as const;
    writeTable(
      'order_items',
      keys.map(([order_id, product_id]) => plainRow('order_items', { order_id, product_id })),
    );
    expect(await keysOf('order_items', 'product_id')).toEqual([-5n, 2n ** 62n, 2n ** 62n + 1n, 2n]);
  });

  test('two rows of one key are refused', async () => {
    writeTable('shopping_carts', [cart(1, DATES[0]!), cart(2, DATES[0]!), cart(1, DATES[0]!)]);
    expect((await errorOf()).message).toBe(
      `${pathOf('shopping_carts')}: two rows of ingest_dt=${DATES[0]} have the same key "CART-00000001"`,
    );
  });
});

describe('a scan refuses', () => {
  test('children without a parent, with the first five of them', async () => {
    writeTable('shopping_carts', [cart(1, DATES[0]!)]);
    writeTable('cart_items', [item(1, 1), ...[2, 3, 4, 5, 6, 7].map((id) => item(id, id))]);
    const error = await errorOf();
    expect(error.message).toBe(
      `${pathOf('cart_items')}, line 3: 6 rows have a cart_id that is not in ${pathOf('shopping_carts')}: ` +
        '"CART-00000002" (line 3), "CART-00000003" (line 4), "CART-00000004" (line 5), "CART-00000005" (line 6), "CART-00000006" (line 7), ...',
    );
    expect(error.exitCode).toBe(2);
  });

  test('a parent that comes twice, with both lines', async () => {
    writeTable('shopping_carts', [cart(1, DATES[0]!, { status: 'a\nb' }), cart(2, DATES[0]!), cart(2, DATES[1]!)]);
    writeTable('cart_items', [item(1, 1)]);
    expect((await errorOf({ blockBytes: 32 })).message).toBe(
      `${pathOf('shopping_carts')}, line 5: cart_id "CART-00000002" stands in line 4 already`,
    );
  });

  test('a date that is not one', async () => {
    writeTable('shopping_carts', [cart(1, DATES[0]!), cart(2, '2020-13-01')]);
    expect((await errorOf()).message).toBe(
      `${pathOf('shopping_carts')}, line 3: column "created_at": "2020-13-01T10:00:00.000" cannot name a partition`,
    );
    writeTable('shopping_carts', [cart(1, '', { created_at: '' })]);
    expect((await errorOf()).message).toBe(`${pathOf('shopping_carts')}, line 2: column "created_at": the value is missing`);
  });

  test('a category that cannot name a folder', async () => {
    writeTable('product_catalog', [plainRow('product_catalog', { category: '../Toys' })]);
    expect((await errorOf()).message).toBe(`${pathOf('product_catalog')}, line 2: column "category": "../Toys" cannot name a partition`);
  });

  test('rows that end too early and quotes that never end', async () => {
    writeTable('shopping_carts', [cart(1, DATES[0]!, { status: 'a\nb' })]);
    appendFileSync(pathOf('shopping_carts'), 'CART-2\n');
    expect((await errorOf({ blockBytes: 20 })).message).toBe(`${pathOf('shopping_carts')}, line 4: 1 field instead of 6: "CART-2"`);
    for (const cells of ['"CART-2,x,2020-01-01,,1,y\n', 'CART-2,x,2020-01-01,,1,"y\n\n']) {
      writeTable('shopping_carts', [cart(1, DATES[0]!, { status: 'a\nb' })]);
      appendFileSync(pathOf('shopping_carts'), cells);
      expect((await errorOf({ blockBytes: 20 })).message).toContain(
        `${pathOf('shopping_carts')}, line 4: a quote is opened in this row and never closed: "`,
      );
    }
  });

  test('folders without the files it needs', async () => {
    expect((await errorOf()).message).toBe(`${folder}: no CSV of any table`);
    writeTable('cart_items', [item(1, 1)]);
    expect((await errorOf()).message).toBe(`${pathOf('shopping_carts')}: not found`);
    expect((await errorOf({ tables: ['returns'] })).message).toBe(`${pathOf('returns')}: cannot be read`);
  });
});

describe('the index of a run', () => {
  const carts = DATES.map((date, i) => [date, i === 1 ? [] : [cart(i * 2 + 1, date), cart(i * 2 + 2, date, { status: 'a\nb' })]] as const);
  const items = DATES.map((date, i) => [date, i === 1 ? [] : [item(i * 2 + 1, i * 2 + 1), item(i * 2 + 2, i * 2 + 2)]] as const);

  function writeIndexed(name: TableName, days: readonly (readonly [string, readonly Row[]])[]): NonNullable<RunFile['tables'][TableName]> {
    let text = headerOf(name);
    const index = days.map(([value, rows]) => {
      const bytes = encodeRows(name, rows);
      const day = {
        value,
        offset: text.length,
        bytes: bytes.length,
        rows: rows.length,
        first_line: text.split('\n').length,
        crc32c: crc32c(bytes),
      };
      text += bytes;
      return day;
    });
    writeFileSync(pathOf(name), text);
    return { file: `${name}.csv`, bytes: text.length, rows: days.flatMap(([, rows]) => rows).length, days: index };
  }

  let run: RunFile;
  beforeEach(() => {
    run = {
      version: 1,
      batch_id: 'backlog-1',
      tables: { shopping_carts: writeIndexed('shopping_carts', carts), cart_items: writeIndexed('cart_items', items) },
    };
    writeFileSync(join(folder, RUN_FILE), JSON.stringify(run));
  });

  const indexed = (plan: ExportPlan) => [...plan.tables].filter(([, table]) => table.isIndexed).map(([name]) => name);

  test('gives what a scan gives, and days without rows besides', async () => {
    const plan = await planExport(folder);
    expect(indexed(plan)).toEqual(['shopping_carts', 'cart_items']);
    expect(plan.dates).toEqual(DATES);
    expect(plan.run?.['batch_id']).toBe('backlog-1');
    rmSync(join(folder, RUN_FILE));
    const scanned = await planExport(folder);
    expect(indexed(scanned)).toEqual([]);
    for (const [name, table] of plan.tables) {
      for (const date of DATES) expect(table.partition(date)).toEqual({ ...scanned.tables.get(name)!.partition(date), isIndexed: true });
      expect(table.totalRows).toBe(scanned.tables.get(name)!.totalRows);
    }
    writeFileSync(join(folder, RUN_FILE), JSON.stringify(run));
    expect((await planExport(folder, { dates: new Set([DATES[0]!]) })).dates).toEqual([DATES[0]]);
  });

  test('places rows whose dates are none; without it they are refused', async () => {
    const dirty = carts.map(([date, rows]) => [date, rows.map((row) => ({ ...row, created_at: '01.03.2020 13:59:50' }))] as const);
    run.tables.shopping_carts = writeIndexed('shopping_carts', dirty);
    writeFileSync(join(folder, RUN_FILE), JSON.stringify(run));
    const plan = await planExport(folder);
    expect(indexed(plan)).toEqual(['shopping_carts', 'cart_items']);
    expect(partitionsOf(plan)[`shopping_carts ${DATES[0]}`]).toMatchObject([
      { cart_id: 'CART-00000001', created_at: '01.03.2020 13:59:50' },
      { cart_id: 'CART-00000002', created_at: '01.03.2020 13:59:50' },
    ]);
    rmSync(join(folder, RUN_FILE));
    expect((await errorOf()).message).toBe(
      `${pathOf('shopping_carts')}, line 2: column "created_at": "01.03.2020 13:59:50" cannot name a partition`,
    );
  });

  test('says which numbers are text, and an edited file is read as it says', async () => {
    const texts = { ...run, tables: { shopping_carts: { ...run.tables.shopping_carts, text_columns: ['cart_total'] } } };
    writeFileSync(join(folder, RUN_FILE), JSON.stringify(texts));
    writeFileSync(
      pathOf('shopping_carts'),
      readFileSync(pathOf('shopping_carts'), 'utf8').replace(/(,)[\d.]+(,[^,\n]*\n)/, '$1"1.234,50 $"$2'),
    );
    const plan = await planExport(folder, { tables: ['shopping_carts'] });
    expect(indexed(plan)).toEqual([]);
    const totals = (partitionsOf(plan)[`shopping_carts ${DATES[0]}`] ?? []).map(({ cart_total }) => cart_total);
    expect(totals).toEqual(['1.234,50 $', expect.stringMatching(/^\d+\.\d\d$/)]);
    rmSync(join(folder, RUN_FILE));
    expect((await errorOf({ tables: ['shopping_carts'] })).message).toContain('column "cart_total": "1.234,50 $" is not a number');
  });

  test('is not used for a child that was edited and its parent, which it must stay with, nor for the child of a parent that was', async () => {
    const edit = (name: TableName, from: string, to: string) =>
      writeFileSync(pathOf(name), readFileSync(pathOf(name), 'utf8').replace(from, to));
    edit('cart_items', 'some category', 'same category');
    const plan = await planExport(folder);
    expect(indexed(plan)).toEqual([]);
    expect(plan.notes).toEqual([`${pathOf('cart_items')}: not as ${RUN_FILE} describes it, so it is read from scratch`]);
    writeIndexed('cart_items', items);
    edit('shopping_carts', `${DATES[0]}T`, '2019-12-31T');
    const moved = await planExport(folder);
    expect(indexed(moved)).toEqual([]);
    expect(partitionsOf(moved)['cart_items 2019-12-31']).toMatchObject([{ cart_id: 'CART-00000001' }]);
  });

  test('is not used when columns were renamed', async () => {
    writeFileSync(
      pathOf('shopping_carts'),
      readFileSync(pathOf('shopping_carts'), 'utf8').replace('created_at,updated_at', 'updated_at,created_at'),
    );
    expect(indexed(await planExport(folder, { tables: ['shopping_carts'] }))).toEqual([]);
  });

  test('is checked byte for byte', async () => {
    const index = run.tables.shopping_carts!;
    const text = readFileSync(pathOf('shopping_carts'));
    expect(await verifyExtents(pathOf('shopping_carts'), index)).toBe(true);
    expect(await verifyExtents(join(folder, 'other.csv'), index)).toBe(false);
    for (let at = index.days[0]!.offset; at < text.length; at += 7) {
      const changed = Buffer.from(text);
      changed[at]! ^= 1;
      writeFileSync(pathOf('shopping_carts'), changed);
      expect(await verifyExtents(pathOf('shopping_carts'), index)).toBe(false);
    }
    for (const other of [text.subarray(0, -1), Buffer.concat([text, Buffer.from('x')])]) {
      writeFileSync(pathOf('shopping_carts'), other);
      expect(await verifyExtents(pathOf('shopping_carts'), index)).toBe(false);
    }
    writeFileSync(pathOf('shopping_carts'), text);
    expect(await verifyExtents(pathOf('shopping_carts'), { ...index, days: index.days.slice(1) })).toBe(true);
    expect(await verifyExtents(pathOf('shopping_carts'), { ...index, days: index.days.toSpliced(0, 2) })).toBe(true);
    expect(await verifyExtents(pathOf('shopping_carts'), { ...index, days: index.days.slice(0, 2) })).toBe(false);
  });

  test('must be one', async () => {
    writeFileSync(join(folder, RUN_FILE), '{');
    expect((await errorOf()).message).toBe(`${join(folder, RUN_FILE)}: is not JSON`);
    writeFileSync(join(folder, RUN_FILE), JSON.stringify({ ...run, tables: { orders: { file: 'orders.csv', bytes: -1 } } }));
    expect((await errorOf()).message).toContain('tables.orders.bytes');
  });

  test('a file that changes after the plan is noticed', async () => {
    const plan = await planExport(folder);
    const source = plan.tables.get('cart_items')!.partition(DATES[2]!);
    writeFileSync(pathOf('cart_items'), readFileSync(pathOf('cart_items'), 'utf8').slice(0, -10));
    expect(() => readPartition(source)).toThrow('changed while it was exported');
  });
});

test('an unended last line lies in whichever partition it belongs to', async () => {
  writeTable('shopping_carts', [cart(3, DATES[0]!), cart(1, DATES[1]!), cart(2, DATES[0]!)]);
  writeFileSync(pathOf('shopping_carts'), readFileSync(pathOf('shopping_carts'), 'utf8').trimEnd());
  const table: TableSpec = TABLES.shopping_carts;
  expect(table.idPrefix).toBe('CART-');
  expect(partitionsOf(await planExport(folder))[`shopping_carts ${DATES[0]}`]!.map((row) => row['cart_id'])).toEqual([
    'CART-00000002',
    'CART-00000003',
  ]);
});
