import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCsv } from '../../src/csv/read.ts';
import { CsvEncoder } from '../../src/csv/write.ts';
import { TABLE_NAMES, TABLES, type TableSpec } from '../../src/tables/index.ts';
import { anyRows, batchOf, plainRow, rowsOf, type Row } from './sample-rows.ts';

const join2 = (a: Uint8Array, b: Uint8Array) => new Uint8Array(Buffer.concat([a, b]));

function encode(table: TableSpec, rows: Row[]): Uint8Array {
  const encoder = new CsvEncoder(table);
  return join2(encoder.header(), encoder.encode(batchOf(table, rows)));
}

const textOf = (table: TableSpec, rows: Row[]) => new TextDecoder().decode(encode(table, rows));

describe.each(TABLE_NAMES)('%s', (name) => {
  const table: TableSpec = TABLES[name];

  test('what is written reads back the same', () => {
    fc.assert(
      fc.property(anyRows(table), (rows) => {
        expect(rowsOf(parseCsv(encode(table, rows), table, 'file.csv'))).toEqual(rows);
      }),
      { numRuns: 150 },
    );
  });

  test('a slice of a batch is written as its rows', () => {
    fc.assert(
      fc.property(anyRows(table), fc.nat(20), fc.nat(20), (rows, a, b) => {
        const [from, to] = [Math.min(a, b, rows.length), Math.min(Math.max(a, b), rows.length)];
        const encoder = new CsvEncoder(table);
        const slice = new Uint8Array(encoder.encode(batchOf(table, rows).slice(from, to)));
        expect(Buffer.from(slice).equals(encoder.encode(batchOf(table, rows.slice(from, to))))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('columns in any order, further ones among them, CRLF and a byte order mark read the same', () => {
    fc.assert(
      fc.property(
        anyRows(table, 8),
        fc.shuffledSubarray([...table.columns.map((column) => column.name), 'extra', 'other'], { minLength: table.columns.length + 2 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.boolean(),
        (rows, names, lineEnd, hasMark, isEnded) => {
          const cells = (row: Row) => names.map((column) => cell(table, column, row)).join(',');
          const text = [names.join(','), ...rows.map(cells)].join(lineEnd) + (isEnded ? lineEnd : '');
          const bytes = new TextEncoder().encode((hasMark ? '\ufeff' : '') + text);
          expect(rowsOf(parseCsv(bytes, table, 'file.csv'))).toEqual(rows);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('DuckDB reads the same values', async () => {
    // DuckDB's own rules for carriage returns and for characters below the space are not ours to test.
    const isReadable = (value: unknown) => typeof value !== 'string' || !/[^\P{Cc}\n]/u.test(value);
    const rows = fc
      .sample(anyRows(table), 40)
      .flat()
      .filter((row) => Object.values(row).every(isReadable));
    const folder = mkdtempSync(join(tmpdir(), 'csv-'));
    const file = join(folder, 'table.csv');
    writeFileSync(file, encode(table, rows));
    const types = { int64: 'BIGINT', float64: 'DOUBLE', bool: 'BOOLEAN', string: 'VARCHAR' };
    const columns = table.columns.map((column) => `'${column.name}': '${types[column.type]}'`).join(', ');
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(
      `SELECT * FROM read_csv('${file}', header=true, auto_detect=false, delim=',', quote='"', escape='"', nullstr='', allow_quoted_nulls=false, parallel=false, columns={${columns}})`,
    );
    expect(reader.getRowObjectsJS()).toEqual(rows);
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true });
  });
});

/** A cell in the most quoted form, so that quoted numbers and booleans are read too. */
function cell(table: TableSpec, column: string, row: Row): string {
  const value = row[column];
  if (column === 'extra') return 'more';
  if (column === 'other') return '"with, a\nline ""break"""';
  if (value === null || value === undefined) return '';
  const line = textOf({ ...table, columns: table.columns.filter(({ name }) => name === column) }, [row]);
  const text = line.slice(column.length + 1, -1);
  return text.startsWith('"') ? text : `"${text}"`;
}

test('the text of a row', () => {
  const rows = [
    plainRow('customers', {
      customer_id: 'GUEST-000001',
      first_name: null,
      last_name: '',
      age: 34,
      is_guest: false,
      email: ' a, "b"\r\n',
      gender: 'é',
    }),
  ];
  const [header, ...text] = textOf(TABLES.customers, rows).split('\n');
  expect(header).toBe(TABLES.customers.columns.map((column) => column.name).join(','));
  expect(text.join('\n')).toBe(
    'GUEST-000001,,""," a, ""b""\r\n",some phone_number,2020-02-29,é,34.0,false,some customer_status,some signup_channel,' +
      'some loyalty_tier,some initial_loyalty_tier,true,true,some mailing_address,some billing_address,2020-02-29,some clv_bucket\n',
  );
});

test.each([
  [0, '0.00'],
  [-0, '-0.00'],
  [12.5, '12.50'],
  [0.07, '0.07'],
  [-3.1, '-3.10'],
  [1.005, '1.005'],
  [21_474_836.48, '21474836.48'],
  [9_999_999_999.99, '9999999999.99'],
  [1e13, '10000000000000.00'],
  [1e21, '1e+21'],
  [0.1 + 0.2, '0.30000000000000004'],
])('money %d is written as %s', (value, text) => {
  const line = textOf(TABLES.shopping_carts, [plainRow('shopping_carts', { cart_total: value })]).split('\n')[1]!;
  expect(line.split(',')[4]).toBe(text);
});

test.each([
  [34, '34.0'],
  [-0, '-0.0'],
  [-7, '-7.0'],
  [0.1, '0.1'],
  [2 ** 31, '2147483648.0'],
  [1e20, '100000000000000000000.0'],
  [1e21, '1e+21'],
])('a float %d is written as %s', (value, text) => {
  const line = textOf(TABLES.customers, [plainRow('customers', { age: value })]).split('\n')[1]!;
  expect(line.split(',')[7]).toBe(text);
});

test('every number of cents is read as the double it is written from', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999_999 }), (value) => {
      const rows = [plainRow('shopping_carts', { cart_total: value / 100 })];
      expect(rowsOf(parseCsv(encode(TABLES.shopping_carts, rows), TABLES.shopping_carts, 'file.csv'))).toEqual(rows);
    }),
    { numRuns: 1000 },
  );
});

test('batches far larger than a slice of the parser', () => {
  const rows = Array.from({ length: 5000 }, (_, i) =>
    plainRow('order_items', {
      order_id: `ORD-${i}`,
      product_name: i % 7 === 0 ? `a "${'x\n'.repeat(i % 500)}` : 'plain',
      product_id: BigInt(i),
    }),
  );
  expect(rowsOf(parseCsv(encode(TABLES.order_items, rows), TABLES.order_items, 'file.csv'))).toEqual(rows);
});
