// Who orders: customer tiers over the months.

import { formatCount } from '../../lib/numbers.ts';
import type { Figures, MonthTier } from '../figures.ts';
import { drawChart, type ChartSpec } from './draw.ts';
import { figure, nothingYet, section } from './figure.ts';
import type { Html } from './html.ts';
import type { LegendEntry } from './legend.ts';
import { formatShare } from './number-text.ts';
import { MUTED, PALETTE, SHARE_LABELS } from './theme.ts';

const NO_TIER = 'no tier';
const TIER_ORDER = ['Platinum', 'Gold', 'Silver', 'Bronze'];

export async function tiersSection({ orderTiers }: Figures): Promise<Html> {
  const title = 'Orders by customer tier, share of each month';
  if (orderTiers.length === 0) return section('tiers', 'Tiers', nothingYet('order-tiers', title, 'There are no orders here.'));
  const found = new Set(orderTiers.map(({ tier }) => tier ?? NO_TIER));
  const others = [...found].filter((tier) => tier !== NO_TIER && !TIER_ORDER.includes(tier)).sort();
  const tiers = [...TIER_ORDER, ...others, NO_TIER].filter((tier) => found.has(tier));
  const marks = tiers.map((label, i): LegendEntry => ({
    label,
    shape: 'square',
    color: label === NO_TIER ? MUTED : PALETTE[i % PALETTE.length]!,
  }));
  const months = [...Map.groupBy(orderTiers, ({ month }) => month)];
  const shareOf = (rows: readonly MonthTier[], tier: string): string => {
    const own = rows.filter((row) => (row.tier ?? NO_TIER) === tier);
    return formatShare(count(own), count(rows));
  };
  const [firstMonth, first] = months[0]!;
  const [lastMonth, last] = months.at(-1)!;
  return section(
    'tiers',
    'Tiers',
    figure({
      id: 'order-tiers',
      title,
      legend: marks,
      drawing: await drawChart(tiersSpec(orderTiers, marks), title),
      reading:
        months.length === 1
          ? `In ${firstMonth} ${tiers[0]} customers placed ${shareOf(first, tiers[0]!)} of ${formatCount(count(first))} orders.`
          : `${tiers[0]} customers placed ${shareOf(first, tiers[0]!)} of the orders of ${firstMonth} and ${shareOf(last, tiers[0]!)} of those of ${lastMonth}.`,
      table: {
        columns: [{ title: 'month' }, { title: 'orders', isNumber: true }, ...tiers.map((tier) => ({ title: tier, isNumber: true }))],
        rows: months.map(([month, rows]) => [month, formatCount(count(rows)), ...tiers.map((tier) => shareOf(rows, tier))]),
      },
    }),
  );
}

function count(rows: readonly MonthTier[]): number {
  return rows.reduce((sum, { orders }) => sum + orders, 0);
}

/** Months from which on bars would be too thin to tell apart. */
const AREA_MONTHS = 24;

function tiersSpec(rows: readonly MonthTier[], marks: readonly LegendEntry[]): ChartSpec {
  const tiers = marks.map(({ label }) => label);
  const months = [...Map.groupBy(rows, ({ month }) => month)];
  const isArea = months.length > AREA_MONTHS;
  // An area needs every tier in every month.
  const values = months.flatMap(([month, own]) =>
    tiers.map((tier, rank) => ({
      month,
      time: Date.parse(`${month}-01T00:00:00Z`),
      tier,
      rank,
      orders: count(own.filter((row) => (row.tier ?? NO_TIER) === tier)),
    })),
  );
  return (device, width) => ({
    width,
    height: device === 'phone' ? 190 : 250,
    data: { values },
    mark: isArea ? { type: 'area', interpolate: 'monotone' } : { type: 'bar', width: { band: 0.9 } },
    encoding: {
      x: isArea
        ? {
            field: 'time',
            type: 'temporal',
            scale: { type: 'utc' },
            title: null,
            axis: { format: '%Y', tickCount: { interval: 'year', step: 1 }, grid: false },
          }
        : {
            field: 'month',
            type: 'ordinal',
            title: null,
            axis: { labelAngle: months.length > 4 ? -90 : 0, ticks: false, labelPadding: 8 },
          },
      y: { field: 'orders', type: 'quantitative', stack: 'normalize', title: null, axis: { ...SHARE_LABELS, tickCount: 5 } },
      color: { field: 'tier', type: 'nominal', scale: { domain: tiers, range: marks.map(({ color }) => color) } },
      order: { field: 'rank' },
    },
  });
}
