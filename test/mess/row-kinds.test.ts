// Kinds that act on rows: how often, on which, and where they stand.

import { describe, expect, it } from 'vitest';
import { MOST_DAYS_LATE } from '../../src/config/planted-values.ts';
import { LateRows } from '../../src/plan/late-rows.ts';
import { DayRows } from '../../src/rows/day-rows.ts';
import { PARENT_TABLES, TABLES, TRANSACTION_TABLES, type TableSpec } from '../../src/tables/index.ts';
import { MessMaker } from '../../src/mess/apply-mess.ts';
import { configOf, tolerance } from '../plan/small-world.ts';
import { rowsOf } from '../rows/mini-lake.ts';
import { lake } from './messy-lake.ts';

const { mess } = configOf({
  mess: {
    heavy_mess: { late_rows: { rate: 0.2 }, redelivered_rows: { rate: 0.1, tables: ['cart_items', 'orders'] }, corrections: { rate: 0 } },
  },
});
const config = { ...lake.world.config, mess };
const DAYS = 100;
const keyOf = (table: TableSpec, row: Record<string, unknown>): string => table.key.map((name) => String(row[name])).join('|');

describe('late rows', () => {
  const late = LateRows.planted(config, 'heavy_mess')!;
  const rows = new DayRows(config, lake.world.lookups, lake.plan, late);
  const days = lake.days.slice(0, DAYS).map((_, day) => {
    const batches = rows.make(day);
    return {
      rows: Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, rowsOf(batches[table])])),
      ranges: Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, rows.lateRanges(table)])),
    };
  });

  it('come once, 1 to 7 days after their event, each as likely; what is on time stays where it is', () => {
    for (const table of TRANSACTION_TABLES) {
      const arrivals = new Map(
        days.flatMap((day, i) => day.rows[table]!.map((row) => [keyOf(TABLES[table], row), { row, day: i }] as const)),
      );
      const delays = Array.from({ length: MOST_DAYS_LATE + 1 }, () => 0);
      lake.days.slice(0, DAYS).forEach((day, event) => {
        for (const row of day[table] as unknown as Record<string, unknown>[]) {
          const arrival = arrivals.get(keyOf(TABLES[table], row));
          if (event + MOST_DAYS_LATE < DAYS) expect(arrival?.row, table).toEqual(row);
          if (arrival !== undefined) delays[arrival.day - event]!++;
        }
      });
      const n = delays.reduce((sum, count) => sum + count, 0);
      expect(arrivals.size).toBe(n);
      // Items of one parent are late together: theirs spreads more.
      for (const [days, count] of delays.entries()) expect(count / n, `${table} ${days}`).toBeCloseTo(days === 0 ? 0.8 : 0.2 / 7, 1);
    }
  });

  it('stand first, in the order of their keys, where the ranges say', () => {
    for (const [i, day] of days.entries()) {
      for (const table of PARENT_TABLES) {
        const { dateColumn, key }: TableSpec = TABLES[table];
        const found = day.rows[table]!;
        const events = found.map((row) => String(row[dateColumn!]).slice(0, 10));
        const late = events.filter((date) => date < lake.days[i]!.date).length;
        expect(day.ranges[table]!.at(-1)?.to ?? 0).toBe(late);
        for (const { day: event, from, to } of day.ranges[table]!) {
          expect(new Set(events.slice(from, to))).toEqual(new Set([lake.days[event]!.date]));
        }
        const keys = found.map((row) => String(row[key[0]!]));
        expect(keys).toEqual(keys.toSorted());
      }
    }
  });

  it('have their items with them', () => {
    for (const day of days) {
      for (const table of ['cart_items', 'order_items', 'return_items'] as const) {
        const { table: parent, column } = TABLES[table].parent!;
        const parents = new Set(day.rows[parent]!.map((row) => row[column]));
        expect(day.rows[table]!.filter((row) => !parents.has(row[column]))).toEqual([]);
      }
    }
  });

  it('are counted by the day they come', () => {
    const arrivals = late.countArrivals(lake.plan);
    for (const table of TRANSACTION_TABLES) {
      expect(days.map((_, i) => arrivals[table][i + 1]! - arrivals[table][i]!)).toEqual(days.map((day) => day.rows[table]!.length));
    }
  });

  it('are none where no level plants them', () => {
    expect(LateRows.planted(config, 'medium_mess')).toBeUndefined();
    expect(LateRows.planted(config, undefined)).toBeUndefined();
  });
});

describe('redelivered rows', () => {
  it('stand right behind the first, the same in every cell, as often as the rate says', () => {
    const maker = new MessMaker(config, 'heavy_mess');
    for (const table of TRANSACTION_TABLES) {
      let again = 0;
      let n = 0;
      for (let day = 0; day < DAYS; day++) {
        const { batches, repeated } = maker.apply(lake.rows.make(day));
        const found = rowsOf(batches[table]);
        const copies = found.flatMap((row, i) => (i > 0 && keyOf(TABLES[table], row) === keyOf(TABLES[table], found[i - 1]!) ? [i] : []));
        expect(copies.map((i) => found[i])).toEqual(copies.map((i) => found[i - 1]));
        expect(copies).toEqual(repeated[table].map(({ row }, before) => row + before + 1));
        again += copies.length;
        n += found.length - copies.length;
      }
      const isPlanted = table === 'cart_items' || table === 'orders';
      if (isPlanted) expect(Math.abs(again / n - 0.1)).toBeLessThan(tolerance(0.1, n));
      else expect(again).toBe(0);
    }
  });
});
