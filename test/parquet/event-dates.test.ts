// A partition's first and last date: of its rows where they say so, else its own.

import { expect, test } from 'vitest';
import { eventDates } from '../../src/parquet/event-dates.ts';
import { TABLES } from '../../src/tables/index.ts';
import { sampleBatch } from './sample-batch.ts';
import { BatchBuilder, FloatBuilder, IntBuilder, TextBuilder } from '../../src/tables/column-builders.ts';

const CLEAN = '2020-03-01T13:59:50.717';

/** Min and max of orders with these dates in the partition of 2020-03-01. */
function datesOf(...dates: string[]): (string | null)[] {
  const batch = new BatchBuilder(TABLES.orders.columns);
  batch.reset(dates.length);
  for (const date of dates) {
    for (const [index, { name }] of TABLES.orders.columns.entries()) {
      const builder = batch.builders[index]!;
      if (builder instanceof TextBuilder) builder.pushText(name === 'order_date' ? date : 'x');
      else if (builder instanceof IntBuilder || builder instanceof FloatBuilder) builder.push(1);
      else builder.push(true);
    }
  }
  const { min, max } = eventDates(TABLES.orders, '2020-03-01', batch.finish());
  return [min, max];
}

test.each([
  '03/01/2020 01:59:50 PM',
  '01.03.2020 13:59:50',
  '2020-02-29T20:30:00.000-05:00',
  '2020-03-02T01:30:00.000+05:30',
  '1583071190717',
  '0000-00-00',
  'N/A',
  '-',
  '2020-13-01T00:00:00.000',
])('"%s" says nothing of another date', (text) => {
  expect(datesOf(text)).toEqual(['2020-03-01', '2020-03-01']);
  expect(datesOf(CLEAN, text, CLEAN)).toEqual(['2020-03-01', '2020-03-01']);
});

test('a timestamp of another date is told of, whatever stands beside it', () => {
  expect(datesOf('2020-02-28T10:00:00.000', 'N/A')).toEqual(['2020-02-28', '2020-03-01']);
  expect(datesOf(CLEAN, '2020-03-05 10:00:00')).toEqual(['2020-03-01', '2020-03-05']);
  expect(datesOf('2020-03-05', '2020-03-07')).toEqual(['2020-03-05', '2020-03-07']);
});

test('no rows, no date', () => {
  expect(datesOf()).toEqual([null, null]);
  expect(eventDates(TABLES.product_catalog, 'Toys', sampleBatch(TABLES.product_catalog, 3))).toEqual({ min: null, max: null });
});
