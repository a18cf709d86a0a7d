import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addConstantColumns } from '../../src/parquet/constant-columns.ts';
import { encodePart } from '../../src/parquet/encode.ts';
import { readStruct, writeStruct, type ThriftValue } from '../../src/parquet/thrift.ts';
import { makeBatch } from '../../src/tables/column-builders.ts';
import { TABLES } from '../../src/tables/index.ts';
import { duck } from './duck.ts';
import { sampleBatch } from './sample-batch.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ecomlake-constants-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const COLUMNS = ['cart_id', 'cart_item_id', 'quantity'].map((name) => TABLES.cart_items.columns.find((column) => column.name === name)!);

/** A file of three columns as the encoder writes it. */
function encodedRows(rows: number): Uint8Array {
  const batch = sampleBatch(TABLES.cart_items, rows);
  return encodePart(
    COLUMNS,
    makeBatch(
      COLUMNS,
      COLUMNS.map(({ name }) => batch.data.children[batch.schema.names.indexOf(name)]!),
    ),
  );
}

function footerOf(file: Uint8Array): Uint8Array {
  const size = Buffer.from(file).readUInt32LE(file.length - 8);
  return file.subarray(file.length - 8 - size, file.length - 8);
}

describe('constant columns', () => {
  // Either side of one, two and three bytes of a run's length; the last is a second row group.
  test.each([0, 1, 63, 64, 8191, 8192, 1_048_577])('%i rows', async (rows) => {
    const names = ['first', 'cart_id', 'cart_item_id', 'between', 'quantity', 'last'];
    const values = new Map([
      ['first', 'Café, "crème"'],
      ['between', ''],
      ['last', 'x'.repeat(300)],
    ]);
    const path = join(root, `${rows}.parquet`);
    const plain = join(root, `${rows}-plain.parquet`);
    const file = encodedRows(rows);
    await writeFile(plain, file);
    await writeFile(path, addConstantColumns(file, names, values, 'cart_id'));
    const described = await duck(`DESCRIBE SELECT * FROM '${path}'`);
    expect(described.map((column) => column['column_name'])).toEqual(names);
    const counted = await duck(`SELECT first, "between", last, count(*)::INT AS n FROM '${path}' GROUP BY ALL`);
    expect(counted).toEqual(rows === 0 ? [] : [{ ...Object.fromEntries(values), n: rows }]);
    const sums = (from: string) => duck(`SELECT sum(hash(cart_id, cart_item_id, quantity))::VARCHAR AS sums FROM '${from}'`);
    expect(await sums(path)).toEqual(await sums(plain));
  });

  test('the footer counts what was added', async () => {
    const path = join(root, 'sizes.parquet');
    await writeFile(
      path,
      addConstantColumns(encodedRows(500), ['cart_id', 'cart_item_id', 'quantity', 'added'], new Map([['added', 'word']]), 'cart_id'),
    );
    const [sizes] = await duck(`
      SELECT max(row_group_bytes)::INT AS all, max(row_group_compressed_bytes)::INT AS compressed,
             sum(total_uncompressed_size)::INT AS columns, sum(total_compressed_size)::INT AS columns_compressed
      FROM parquet_metadata('${path}')`);
    expect(sizes).toMatchObject({ all: sizes!['columns'], compressed: sizes!['columns_compressed'] });
  });
});

describe('Thrift', () => {
  test('a footer is written as it was read', () => {
    const footer = footerOf(encodedRows(1000));
    expect(Buffer.from(writeStruct(readStruct(footer))).equals(footer)).toBe(true);
  });

  test('any struct is read as it was written', () => {
    const { struct } = fc.letrec<{
      value: { type: number; value: ThriftValue };
      struct: Map<number, { type: number; value: ThriftValue }>;
    }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.integer({ min: -(2 ** 52), max: 2 ** 52 }).map((value) => ({ type: 6, value })),
        fc.boolean().map((value) => ({ type: 1, value })),
        fc.uint8Array({ maxLength: 200 }).map((value) => ({ type: 8, value })),
        fc.array(fc.integer(), { maxLength: 40 }).map((items) => ({ type: 9, value: { elementType: 5, items } })),
        tie('struct').map((value) => ({ type: 12, value })),
      ),
      struct: fc
        .dictionary(fc.integer({ min: 1, max: 40 }).map(String), tie('value'), { maxKeys: 5 })
        .map((fields) => new Map(Object.entries(fields).map(([id, field]) => [Number(id), field]))),
    }));
    fc.assert(
      fc.property(struct, (value) => {
        expect(readStruct(writeStruct(value))).toEqual(value);
      }),
    );
  });

  test('a footer cut short is an error', () => {
    const footer = footerOf(encodedRows(10));
    expect(() => readStruct(footer.subarray(0, footer.length - 5))).toThrow('ends too early');
  });
});
