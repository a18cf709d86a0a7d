// Footers: as DuckDB reads them, and an error for whatever is none.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodePart } from '../../src/parquet/encode.ts';
import { TABLE_NAMES, TABLES } from '../../src/tables/index.ts';
import { FOOTER_TAIL_BYTES, footerLength, parseFooter, type ParquetFooter } from '../../src/verify/parquet-footer.ts';
import { duck } from '../parquet/duck.ts';
import { makeTempFolder } from '../pipeline/tiny-shop.ts';
import { sampleBatch } from '../parquet/sample-batch.ts';

function readFooter(file: Buffer): ParquetFooter {
  const end = file.length - FOOTER_TAIL_BYTES;
  return parseFooter(file.subarray(end - footerLength(file.subarray(end)), end));
}

function encode(table: (typeof TABLE_NAMES)[number], rows: number): Buffer {
  const spec = TABLES[table];
  return Buffer.from(encodePart(spec.columns, sampleBatch(spec, rows)));
}

it.each(TABLE_NAMES)('%s: rows, names, types and nulls are those of the table', (table) => {
  const footer = readFooter(encode(table, 37));
  expect(footer.rows).toBe(37);
  expect(footer.columns).toEqual(TABLES[table].columns.map(({ name, type, nullable }) => ({ name, type, nullable })));
});

it('reads what another writer wrote', async () => {
  const path = join(makeTempFolder(), 'other.parquet');
  await duck(
    `COPY (SELECT 1::BIGINT AS a, 1::UBIGINT AS u, 2::DOUBLE AS b, 'x' AS c, true AS d, 3::INTEGER AS e, DATE '2020-01-01' AS f, TIMESTAMP '2020-01-01' AS g, [1] AS h) TO '${path}'`,
  );
  const { rows, columns } = readFooter(readFileSync(path));
  expect(rows).toBe(1);
  expect(columns.slice(0, 8).map(({ name, type }) => [name, type])).toEqual([
    ['a', 'int64'],
    ['u', undefined],
    ['b', 'float64'],
    ['c', 'string'],
    ['d', 'bool'],
    ['e', undefined],
    ['f', undefined],
    ['g', undefined],
  ]);
});

it('reads a lake of DuckDB as it is', async () => {
  const path = join(makeTempFolder(), 'part.parquet');
  writeFileSync(path, encode('orders', 5));
  const found = await duck(`SELECT name FROM parquet_schema('${path}') OFFSET 1`);
  expect(readFooter(readFileSync(path)).columns.map(({ name }) => ({ name }))).toEqual(found);
});

it('never fails but with an error, whatever the bytes', () => {
  const file = encode('returns', 3);
  const damaged = fc.record({ at: fc.nat(file.length - 1), byte: fc.nat(255), cut: fc.nat(file.length) });
  fc.assert(
    fc.property(damaged, ({ at, byte, cut }) => {
      const bytes = Buffer.from(file);
      bytes[at] = byte;
      for (const piece of [bytes, bytes.subarray(0, cut), bytes.subarray(cut)]) {
        try {
          readFooter(piece);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(RangeError);
          expect(error).not.toBeInstanceOf(TypeError);
        }
      }
    }),
    { numRuns: 500 },
  );
});
