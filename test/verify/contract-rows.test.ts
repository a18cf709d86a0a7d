// Files of different columns read as one table of the contract's.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PartitionWriter } from '../../src/parquet/partition.ts';
import { fileSchema, writtenTable, type FileSchema } from '../../src/tables/file-schema.ts';
import { TABLES } from '../../src/tables/index.ts';
import { contractRows } from '../../src/verify/deep/contract-rows.ts';
import { duck } from '../parquet/duck.ts';
import { batchOf, plainRow, type Value } from '../csv/sample-rows.ts';
import { makeTempFolder } from '../pipeline/tiny-shop.ts';

test('a text that is a number is one, any other is null, and files without the change come with them', async () => {
  const root = makeTempFolder();
  const table = TABLES.order_items;
  const texts = ['quantity', 'unit_price'];
  const write = (partitionValue: string, schema: FileSchema, texts: string[], rows: Record<string, Value>[]) => {
    const { dir, manifest } = new PartitionWriter().write({
      table,
      partitionValue,
      schema,
      batch: batchOf(
        writtenTable(table, texts),
        rows.map((row, i) => ({ ...plainRow('order_items', { product_id: BigInt(i) }), ...row })),
      ),
      batchId: 'backlog-1',
      ingestionTs: '2020-03-02T02:00:00+00:00',
      sourcePrefix: 'ecom/raw',
      stagingRoot: root,
      targetSizeBytes: 96e6,
    });
    expect(manifest.columns).toEqual(schema.columns.map(({ name, type }) => ({ name, type })));
    return { path: join(dir, 'part-0000.parquet'), schema };
  };
  const amounts = ['1234.50', '-12.50', '$1,234.50', '1.234,50 $', '1 234,50', 'USD 12.50', '-$12.50', '12,50', '12,50 $'];
  const counts = ['3', '12', '3 pcs', 'x3', '3,00', '12 pcs', 'x12', '12,00', '0'];
  const rows = amounts.map((unit_price, i) => ({ unit_price, quantity: counts[i]! }));
  const files = [
    write('2020-03-01', fileSchema(table), [], [{ unit_price: 7.25, quantity: 2n }]),
    write('2020-03-02', { ...fileSchema(table, texts), version: 2 }, texts, rows),
  ];
  const found = await duck(
    `SELECT typeof(unit_price) AS type, unit_price, quantity FROM ${contractRows('order_items', files)} ORDER BY filename, product_id`,
  );
  expect(new Set(found.map(({ type }) => type))).toEqual(new Set(['DOUBLE']));
  expect(found.map(({ unit_price }) => unit_price)).toEqual([7.25, 1234.5, -12.5, null, null, null, null, null, null, null]);
  expect(found.map(({ quantity }) => quantity)).toEqual([2n, 3n, 12n, null, null, null, null, null, null, 0n]);
});
