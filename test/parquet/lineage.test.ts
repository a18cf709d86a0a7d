import { Int64, Utf8, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillEventIds } from '../../src/parquet/event-id.ts';
import { logicalIngestionTs, PartEncoder } from '../../src/parquet/lineage.ts';
import { murmur128 } from '../../src/parquet/murmur128.ts';
import { makeBatch, TextBuilder } from '../../src/tables/column-builders.ts';
import { TABLES, type TableName, type TableSpec } from '../../src/tables/index.ts';
import { sampleBatch } from './sample-batch.ts';

// From Python's mmh3 5: f"evt_{mmh3.hash128(f'{table}|{key}', x64arch=False):032x}".
const VECTORS: [table: TableName, key: string, eventId: string][] = [
  ['cart_items', '17', 'evt_543a3417981ad372d20dcaaeab1975c5'],
  ['cart_items', '0', 'evt_f035e1d7c43b0fd36725ab5b1a438f45'],
  ['shopping_carts', 'CART-00000001', 'evt_ec8836ddcc4952202861950d00e77153'],
  ['order_items', 'ORD-00000001|23', 'evt_030be13967fee74b9bc340d00f9d194d'],
  ['order_items', 'ORD-123456789|-5', 'evt_be574648610a6163d0268b848fc6470e'],
  ['cart_items', '9007199254740991', 'evt_ea11db5b742dcf461ffe1a8424880971'],
  ['cart_items', '9223372036854775807', 'evt_068ab482711fcdb984da82e7c812affc'],
  ['cart_items', '2147483647', 'evt_e475aee3e3240a92cd273c046eaee0e5'],
  ['cart_items', '2147483648', 'evt_6c8f0fe3fb87e3dcda9bb49a70c18f91'],
  ['customers', 'GUEST-000001', 'evt_0d0960f56dbcf4e607ea8fcad2302131'],
  ['customers', 'é'.repeat(200), 'evt_8e41cb70e90cb2b7a33f2182fe39043a'],
];

function keyBatch(table: TableSpec, keys: string[][]) {
  const columns = table.key.map((name) => table.columns.find((column) => column.name === name)!);
  return makeBatch(
    columns,
    columns.map((column, index) => {
      const texts = keys.map((key) => key[index]!);
      return column.type === 'int64'
        ? vectorFromArray(texts.map(BigInt), new Int64()).data[0]!
        : vectorFromArray(texts, new Utf8()).data[0]!;
    }),
  );
}

function eventIds(table: TableSpec, keys: string[][]): string[] {
  const target = new TextBuilder();
  fillEventIds(table, keyBatch(table, keys), target);
  return keys.map((_, row) => Buffer.from(target.bytes.subarray(target.offsets[row], target.offsets[row + 1])).toString());
}

describe('event_id', () => {
  test.each(VECTORS)('%s %s', (name, key, eventId) => {
    expect(eventIds(TABLES[name], [key.split('|')])).toEqual([eventId]);
  });

  test('hashes the text of table and key, whatever the key and its row', () => {
    const expected = (text: string): string => {
      const out = new Uint32Array(4);
      const bytes = Buffer.from(text);
      murmur128(bytes, 0, bytes.length, 0, out);
      return `evt_${Array.from(out.toReversed(), (word) => word.toString(16).padStart(8, '0')).join('')}`;
    };
    const key = fc.tuple(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 40 }), (keys) => {
        const texts = keys.map(([text, number]) => [text, number.toString()]);
        expect(eventIds(TABLES.order_items, texts)).toEqual(texts.map((parts) => expected(`order_items|${parts.join('|')}`)));
      }),
    );
  });

  test('is the same for a slice of the rows', () => {
    const table = TABLES.shopping_carts;
    const whole = sampleBatch(table, 100);
    const ids = (batch = whole): string[] => {
      const target = new TextBuilder();
      fillEventIds(table, batch, target);
      const text = Buffer.from(target.bytes.subarray(0, target.end)).toString();
      return text.match(/.{36}/g)!;
    };
    expect(ids(whole.slice(37, 80))).toEqual(ids().slice(37, 80));
  });
});

describe('lineage', () => {
  test('memory is used again without traces of the part before', () => {
    const encoder = new PartEncoder();
    const lineage = { batchId: 'b', ingestionTs: 't', sourceFile: 's' };
    const alone = new PartEncoder().encode(TABLES.returns, sampleBatch(TABLES.returns, 2), lineage);
    encoder.encode(TABLES.orders, sampleBatch(TABLES.orders, 500), lineage);
    expect(encoder.encode(TABLES.returns, sampleBatch(TABLES.returns, 2), lineage)).toEqual(alone);
  });

  test('the logical clock stands at two in the morning of the next day', () => {
    expect(logicalIngestionTs('2020-03-01')).toBe('2020-03-02T02:00:00+00:00');
    expect(logicalIngestionTs('2019-12-31')).toBe('2020-01-01T02:00:00+00:00');
  });
});
