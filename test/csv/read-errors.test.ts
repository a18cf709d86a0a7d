import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHeader } from '../../src/csv/header.ts';
import { parseCsv } from '../../src/csv/read.ts';
import { UserError } from '../../src/lib/errors.ts';
import { TABLES, type TableSpec } from '../../src/tables/index.ts';
import { rowsOf } from './sample-rows.ts';

const CARTS = TABLES.shopping_carts;
const HEADER = 'cart_id,customer_id,created_at,updated_at,cart_total,status\n';
const GOOD = 'CART-1,CUST-1,2020-02-29T13:59:50.717,,12.50,converted\n';

function errorOf(text: string | Uint8Array, table: TableSpec = CARTS): UserError {
  try {
    parseCsv(typeof text === 'string' ? new TextEncoder().encode(text) : text, table, 'dir/file.csv');
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('no error');
}

const row = (...cells: string[]) => `${cells.join(',')}\n`;

test.each<[what: string, rows: string, message: string]>([
  ['a word for a number', row('CART-2', 'C', '2020-01-01', '', 'much', 'x'), 'line 3: column "cart_total": "much" is not a number'],
  ['a currency', row('CART-2', 'C', '2020-01-01', '', '$1', 'x'), 'line 3: column "cart_total": "$1" is not a number'],
  ['infinity', row('CART-2', 'C', '2020-01-01', '', '1e999', 'x'), 'line 3: column "cart_total": "1e999" is not a number'],
  ['hexadecimal', row('CART-2', 'C', '2020-01-01', '', '0x10', 'x'), 'line 3: column "cart_total": "0x10" is not a number'],
  ['a space in a number', row('CART-2', 'C', '2020-01-01', '', ' 1', 'x'), 'line 3: column "cart_total": " 1" is not a number'],
  ['nothing for a number', row('CART-2', 'C', '2020-01-01', '', '', 'x'), 'line 3: column "cart_total": the value is missing'],
  ['nothing for a text', row('', 'C', '2020-01-01', '', '1', 'x'), 'line 3: column "cart_id": the value is missing'],
  ['nothing in the last column', row('CART-2', 'C', '2020-01-01', '', '1', ''), 'line 3: column "status": the value is missing'],
  ['no date', row('CART-2', 'C', 'yesterday', '', '1', 'x'), 'line 3: column "created_at": "yesterday" is not a timestamp'],
  ['a day that is not', row('CART-2', 'C', '2021-02-29', '', '1', 'x'), 'line 3: column "created_at": "2021-02-29" is not a timestamp'],
  [
    'a date run together with more',
    row('CART-2', 'C', '2020-02-290', '', '1', 'x'),
    'line 3: column "created_at": "2020-02-290" is not a timestamp',
  ],
  ['too few fields', 'CART-2,C,2020-01-01\n', 'line 3: 3 fields instead of 6: "CART-2,C,2020-01-01"'],
  ['one field', 'CART-2\n', 'line 3: 1 field instead of 6: "CART-2"'],
  ['too many fields', row('CART-2', 'C', '2020-01-01', '', '1', 'x', 'y'), 'line 3: 7 fields instead of 6: "CART-2,C,2020-01-01,,1,x,y"'],
  [
    'values that slipped',
    row('CART-2', 'Doe', 'Jane', '2020-01-01', '', '1', 'x'),
    'line 3: 7 fields instead of 6: "CART-2,Doe,Jane,2020-01-01,,1,x"',
  ],
  [
    'a quote inside',
    row('CART-2', 'C"C', '2020-01-01', '', '1', 'x'),
    'line 3: column "customer_id": a quote in a field that is not quoted: "C\\"C,2020-01-01,,1,x"',
  ],
  [
    'text after the quote',
    row('CART-2', '"C"C', '2020-01-01', '', '1', 'x'),
    'line 3: column "customer_id": text follows the closing quote: "\\"C\\"C,2020-01-01,,1,x"',
  ],
  [
    'a quote never closed',
    row('CART-2', '"C', '2020-01-01', '', '1', 'x'),
    'line 3: column "customer_id": a quote is opened here and never closed',
  ],
  [
    'a carriage return inside',
    row('CART-2', 'C\rC', '2020-01-01', '', '1', 'x'),
    'line 3: column "customer_id": a carriage return in a field that is not quoted: "C\\rC,2020-01-01,,1,x"',
  ],
  [
    'lines inside quotes before',
    `"a\nb\n\n",C,2020-01-01,,1,"x\n"\n${row('CART-2', 'C', '2020-01-01', '', 'much', 'x')}`,
    'line 8: column "cart_total": "much" is not a number',
  ],
  ['lines inside quotes in the row', `"a\nb",C,2020-01-01,,much,x\n`, 'line 4: column "cart_total": "much" is not a number'],
  [
    'blank lines before',
    `\n\r\n${row('CART-2', 'C', '2020-01-01', '', 'much', 'x')}`,
    'line 5: column "cart_total": "much" is not a number',
  ],
  [
    'a long text',
    row('CART-2', 'C', '2020-01-01', '', 'z'.repeat(100), 'x'),
    `line 3: column "cart_total": "${'z'.repeat(40)}..." is not a number`,
  ],
])('%s', (_, rows, message) => {
  for (const end of ['\n', '\r\n']) {
    const error = errorOf((HEADER + GOOD + rows).replaceAll(/(?<!\r)\n/g, end));
    expect(error.message).toBe(`dir/file.csv, ${message}`);
    expect(error.exitCode).toBe(2);
    expect(error.hint).toMatch(/^[A-Z].*\.$/);
  }
});

test('the first wrong row is the one reported, far into a file', () => {
  const rows = GOOD.repeat(7000).replaceAll('CART-1,CUST', 'CART-1,"a\nb",CUST').replaceAll(',CUST-1', '');
  expect(errorOf(`${HEADER}${rows}${GOOD.replace('12.50', 'x')}${GOOD.replace('CART-1', '')}`).message).toBe(
    'dir/file.csv, line 14002: column "cart_total": "x" is not a number',
  );
});

test('integers and booleans', () => {
  const items = 'order_id,product_id,product_name,category,quantity,unit_price,discount_amount,cost_price\n';
  const item = (id: string) => `${items}O,${id},p,c,1,1,0,1\n`;
  for (const id of ['1.0', '1e3', '9223372036854775808', '-9223372036854775809', '--1', '1 ', '٣']) {
    expect(errorOf(item(id), TABLES.order_items).message).toBe(`dir/file.csv, line 2: column "product_id": "${id}" is not a whole number`);
  }
  const orders = TABLES.orders.columns.map((column) => column.name).join(',');
  const order = (flag: string) => `${orders}\nO,1,2020-01-01,C,e,Web,${flag},,1,1,0,p,s,1,,1,1,a,b,,true\n`;
  for (const flag of ['yes', 'tRUE', 't', '2', 'truefalse']) {
    expect(errorOf(order(flag), TABLES.orders).message).toBe(`dir/file.csv, line 2: column "is_expedited": "${flag}" is not true or false`);
  }
  for (const [flag, value] of [
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['1', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
    ['0', false],
  ] as const) {
    expect(rowsOf(parseCsv(new TextEncoder().encode(order(flag)), TABLES.orders, 'f'))[0]!['is_expedited']).toBe(value);
  }
});

test('bytes that are not UTF-8', () => {
  const bytes = Buffer.concat([Buffer.from(HEADER + GOOD), Buffer.from(GOOD.replace('CUST-1', 'Jos\u00e9'), 'latin1'), Buffer.from(GOOD)]);
  expect(errorOf(bytes).message).toBe('dir/file.csv, line 3: the line is not valid UTF-8');
});

test('headers', () => {
  expect(errorOf('').message).toBe('dir/file.csv: the file is empty, without even a header');
  expect(errorOf('\ufeff').message).toBe('dir/file.csv: the file is empty, without even a header');
  const missing = errorOf('CartID,customer_id,created at,updated_at,cart_totl\n');
  expect(missing.message).toBe(
    'dir/file.csv, line 1: columns "cart_id" (the file has "CartID"), "created_at" (the file has "created at"), ' +
      '"cart_total" (the file has "cart_totl"), "status" missing from the header',
  );
  expect(missing.hint).toContain(CARTS.columns.map((column) => column.name).join(', '));
  expect(errorOf(HEADER.replace('status', 'cart_id')).message).toBe('dir/file.csv, line 1: column "cart_id" stands in the header twice');
  expect(errorOf('"cart_id,customer_id\n').message).toBe('dir/file.csv, line 1: the header line has broken quoting or no end');
  expect(errorOf(Buffer.from(`\ufeff${HEADER}`, 'utf16le')).message).toBe('dir/file.csv, line 1: this is not text in UTF-8');
  expect(errorOf(HEADER.replaceAll(',', ';')).message).toContain('missing from the header');
});

test('files without rows', () => {
  for (const text of [HEADER, HEADER.trim(), `${HEADER}\n\r\n`]) {
    expect(parseCsv(new TextEncoder().encode(text), CARTS, 'f').numRows).toBe(0);
  }
});

test('headers of files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'csv-'));
  const file = join(folder, 'f.csv');
  expect(() => readHeader(file, CARTS)).toThrow(`${file}: cannot be read`);
  expect(() => readHeader(folder, CARTS)).toThrow(`${folder}: cannot be read`);
  const wide = Array.from({ length: 20_000 }, (_, i) => `extra_${i}`).join(',');
  writeFileSync(file, `${wide},${HEADER}${GOOD.repeat(10_000)}`);
  const header = readHeader(file, CARTS);
  expect(header.bytes).toBe(wide.length + 1 + HEADER.length);
  expect([...header.columns.subarray(20_000)]).toEqual([0, 1, 2, 3, 4, 5]);
  expect(header.notes).toHaveLength(1);
  writeFileSync(file, 'x'.repeat(2 << 20));
  expect(() => readHeader(file, CARTS)).toThrow(`${file}, line 1: the header line has broken quoting or no end`);
  rmSync(folder, { recursive: true });
});
