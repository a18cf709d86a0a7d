// Months against the rest of the year.

import type { Figures, MonthFactor } from '../figures.ts';
import { drawChart, type ChartSpec } from './draw.ts';
import { figure, nothingYet, section } from './figure.ts';
import type { Html } from './html.ts';
import { INK, PALETTE } from './theme.ts';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const TITLE = 'Carts a day, month against an ordinary month';

export async function seasonsSection({ seasons }: Figures): Promise<Html> {
  if (seasons === undefined) {
    const why = 'A lake shows its seasons once it holds each of the twelve months in full.';
    return section('seasons', 'Seasons', nothingYet('season-factors', TITLE, why));
  }
  const isConfigured = seasons.some(({ configured }) => configured !== undefined);
  const years = [...new Set(seasons.flatMap((month) => month.years.map(({ year }) => year)))].toSorted((a, b) => a - b);
  return section(
    'seasons',
    'Seasons',
    figure({
      id: 'season-factors',
      title: TITLE,
      key: `Bar: all years together, growth removed; the median month is 1. Dots: each year.${isConfigured ? ' Line: what the config asks for.' : ''}`,
      drawing: await drawChart(seasonsSpec(seasons), TITLE),
      reading: describeSeasons(seasons),
      table: {
        columns: [
          { title: 'month' },
          { title: 'factor', isNumber: true },
          ...(isConfigured ? [{ title: 'config', isNumber: true }] : []),
          ...years.map((year) => ({ title: String(year), isNumber: true })),
        ],
        rows: seasons.map(({ month, factor, configured, years: own }) => [
          MONTHS[month - 1]!,
          factor.toFixed(3),
          ...(isConfigured ? [String(configured ?? '')] : []),
          ...years.map((year) => own.find((one) => one.year === year)?.factor.toFixed(3) ?? ''),
        ]),
      },
    }),
  );
}

function seasonsSpec(seasons: readonly MonthFactor[]): ChartSpec {
  const name = (month: number): string => MONTHS[month - 1]!.slice(0, 3);
  const rows = seasons.map(({ month, factor, configured }) => ({ month: name(month), factor, configured }));
  const dots = seasons.flatMap(({ month, years }) => years.map(({ factor }) => ({ month: name(month), factor })));
  return (device, width) => ({
    width,
    height: device === 'phone' ? 190 : 260,
    encoding: {
      x: { field: 'month', type: 'ordinal', sort: null, title: null, axis: { labelAngle: 0, labelPadding: 6, grid: false, ticks: false } },
    },
    layer: [
      {
        data: { values: rows },
        mark: { type: 'bar', color: PALETTE[0], width: { band: 0.72 } },
        encoding: {
          y: { field: 'factor', type: 'quantitative', title: null, axis: { tickCount: 5, format: '.1f' } },
        },
      },
      {
        data: { values: dots },
        mark: { type: 'point', filled: true, color: PALETTE[1], size: device === 'phone' ? 14 : 26, opacity: 1 },
        encoding: { y: { field: 'factor', type: 'quantitative' } },
      },
      {
        data: { values: rows.filter(({ configured }) => configured !== undefined) },
        mark: { type: 'tick', color: INK, thickness: 2, width: { band: 0.9 } },
        encoding: { y: { field: 'configured', type: 'quantitative' } },
      },
    ],
  });
}

function describeSeasons(seasons: readonly MonthFactor[]): string {
  const busy = seasons.toSorted((a, b) => b.factor - a.factor).slice(0, 3);
  const off = Math.max(...seasons.map(({ factor, configured }) => (configured === undefined ? 0 : Math.abs(factor / configured - 1))));
  const isConfigured = seasons.some(({ configured }) => configured !== undefined);
  const parts = busy.map(({ month, factor }) => `${MONTHS[month - 1]} ${factor.toFixed(2)}`);
  return `Against an ordinary month, ${parts.slice(0, -1).join(', ')} and ${parts.at(-1)} times the carts${
    isConfigured ? `; no month is further than ${(100 * off).toFixed(1)} % from the config` : ''
  }.`;
}
