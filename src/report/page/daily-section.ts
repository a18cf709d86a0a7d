// Rows a day of every table, and sign-ups a day.

import { formatCount } from '../../lib/numbers.ts';
import { parseDay, MS_PER_DAY } from '../../lib/days.ts';
import { TRANSACTION_TABLES } from '../../tables/index.ts';
import type { DayRows, Figures } from '../figures.ts';
import { drawChart, drawPanel, type ChartSpec } from './draw.ts';
import { figure, nothingYet, section, type DataTable } from './figure.ts';
import { html, type Html } from './html.ts';
import { COUNT_LABELS, PALETTE } from './theme.ts';

/** Four whole weeks: weekdays cancel out. */
const MEAN_DAYS = 28;
/** Of longer lakes only the years are marked. */
const MONTHS_SHOWN_DAYS = 500;

export async function dailySection({ daily }: Figures): Promise<Html> {
  const tables = TRANSACTION_TABLES.filter((table) => (daily[table] ?? []).length > 0);
  const signups = daily.customers ?? [];
  return section(
    'days',
    'Rows a day',
    tables.length === 0
      ? nothingYet('rows-a-day', 'Rows a day', 'There is no partition of a transaction table here yet.')
      : figure({
          id: 'rows-a-day',
          title: 'Rows a day, by table',
          key: `Thin: each day. Thick: the mean of the ${MEAN_DAYS} days around it. Each table has a scale of its own.`,
          drawing: html`<div class="panels">
            ${await Promise.all(
              tables.map(async (table, i) => {
                const drawing = await drawPanel(seriesSpec(daily[table]!, PALETTE[i]!, 120), `${table}: rows a day`);
                return html`<div>
                  <h4>${table}</h4>
                  ${drawing}
                </div>`;
              }),
            )}
          </div>`,
          reading: describeBusiest(tables[0]!, daily[tables[0]!]!),
          table: dayTable(Object.fromEntries(tables.map((table) => [table, daily[table]!]))),
        }),
    signups.length === 0
      ? nothingYet('signups-a-day', 'Sign-ups a day', 'There is no partition of customers here.')
      : figure({
          id: 'signups-a-day',
          title: 'Sign-ups a day',
          key: `Thin: each day. Thick: the mean of the ${MEAN_DAYS} days around it.`,
          drawing: await drawChart(seriesSpec(signups, PALETTE[0], 180), 'customers: sign-ups a day'),
          reading: describeBusiest('customers', signups),
          table: dayTable({ customers: signups }),
        }),
  );
}

function seriesSpec(days: readonly DayRows[], color: string, height: number): ChartSpec {
  const values = withMeans(days);
  const isLong = days.length > MONTHS_SHOWN_DAYS;
  return (device, width) => ({
    width,
    height: device === 'phone' ? 120 : height,
    data: { values },
    encoding: {
      x: {
        field: 'time',
        type: 'temporal',
        scale: { type: 'utc' },
        title: null,
        axis: isLong
          ? { format: '%Y', tickCount: { interval: 'year', step: 1 }, grid: false, labelFlush: false }
          : { format: '%e %b', tickCount: device === 'phone' ? 4 : 8, grid: false, labelFlush: true },
      },
    },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 0.7, opacity: days.length > MEAN_DAYS ? 0.5 : 1, color, point: days.length === 1 },
        encoding: {
          y: {
            field: 'rows',
            type: 'quantitative',
            title: null,
            scale: { zero: true },
            axis: { ...COUNT_LABELS, tickCount: 4, minExtent: 38 },
          },
        },
      },
      {
        mark: { type: 'line', strokeWidth: 2, color },
        encoding: { y: { field: 'mean', type: 'quantitative' } },
      },
    ],
  });
}

interface Point {
  readonly time: number;
  readonly rows: number;
  readonly mean: number | null;
}

/** The mean is that of the days around, where all of them are there. */
function withMeans(days: readonly DayRows[]): Point[] {
  const before = MEAN_DAYS / 2;
  let sum = 0;
  const sums = [0, ...days.map(({ rows }) => (sum += rows))];
  return days.map(({ date, rows }, i) => {
    const from = i - before;
    const to = from + MEAN_DAYS;
    const mean = from >= 0 && to <= days.length ? (sums[to]! - sums[from]!) / MEAN_DAYS : null;
    return { time: parseDay(date) * MS_PER_DAY, rows, mean };
  });
}

function describeBusiest(table: string, days: readonly DayRows[]): string {
  const total = days.reduce((sum, { rows }) => sum + rows, 0);
  const busiest = days.reduce((best, day) => (day.rows > best.rows ? day : best));
  const mean = total / days.length;
  return `${table} has ${mean < 10 ? mean.toFixed(1) : formatCount(mean)} rows on an average day, and most on ${busiest.date}: ${formatCount(busiest.rows)}.`;
}

function dayTable(series: Readonly<Record<string, readonly DayRows[]>>): DataTable {
  const byDate = new Map<string, Map<string, number>>();
  for (const [table, days] of Object.entries(series)) {
    for (const { date, rows } of days) {
      const row = byDate.get(date) ?? new Map<string, number>();
      byDate.set(date, row.set(table, rows));
    }
  }
  const tables = Object.keys(series);
  return {
    columns: [{ title: 'date' }, ...tables.map((title) => ({ title, isNumber: true }))],
    rows: [...byDate]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([date, rows]) => [date, ...tables.map((table) => (rows.has(table) ? formatCount(rows.get(table)!) : 'none'))]),
  };
}
