// How long after its order the first return comes.

import { formatCount } from '../../lib/numbers.ts';
import type { Figures, ReturnDelays } from '../figures.ts';
import { drawPanel, type ChartSpec } from './draw.ts';
import { figure, nothingYet, section } from './figure.ts';
import { html, type Html } from './html.ts';
import { formatShare } from './number-text.ts';
import { COUNT_LABELS, INK, PALETTE, SHARE_LABELS } from './theme.ts';

export async function returnsSection({ returnDelays }: Figures): Promise<Html> {
  const title = 'From order to first return';
  if (returnDelays === undefined || returnDelays.days.length === 0) {
    return section('returns', 'Returns', nothingYet('return-delays', title, 'No order here has had a return yet.'));
  }
  const { orders, days, isWatchedToTheEnd } = returnDelays;
  const returned = days.reduce((sum, day) => sum + day.orders, 0);
  const within = (limit: number): string => formatShare(sumUntil(returnDelays, limit), returned);
  const weeks = toWeeks(returnDelays);
  return section(
    'returns',
    'Returns',
    figure({
      id: 'return-delays',
      title,
      key: isWatchedToTheEnd
        ? 'Orders placed a year or more before the end of the lake, so that all their returns are in it.'
        : 'The lake is younger than a year: later returns of these orders have not happened yet.',
      drawing: html`<div class="panels">
        <div>
          <h4>Orders by week of their first return</h4>
          ${await drawPanel(weeksSpec(weeks), `${title}: orders by week`)}
        </div>
        <div>
          <h4>Share of first returns by then</h4>
          ${await drawPanel(cumulativeSpec(returnDelays, returned), `${title}: share returned by then`)}
        </div>
      </div>`,
      reading: `Of ${formatCount(orders)} orders ${formatShare(returned, orders)} have a return; of those ${within(30)} came within 30 days, ${within(90)} within 90 days, and the latest after ${days.at(-1)!.day} days.`,
      table: {
        columns: [{ title: 'days from the order' }, { title: 'orders', isNumber: true }, { title: 'share by then', isNumber: true }],
        rows: weeks.map(({ from, to, orders: count }) => [`${from} to ${to}`, formatCount(count), within(to)]),
      },
    }),
  );
}

interface Week {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  readonly orders: number;
}

function toWeeks({ days }: ReturnDelays): Week[] {
  const weeks = Math.floor(days.at(-1)!.day / 7) + 1;
  return Array.from({ length: weeks }, (_, week) => {
    const own = days.filter(({ day }) => Math.floor(day / 7) === week);
    return { from: week * 7, to: week * 7 + 6, orders: own.reduce((sum, day) => sum + day.orders, 0) };
  });
}

function sumUntil({ days }: ReturnDelays, limit: number): number {
  return days.reduce((sum, { day, orders }) => sum + (day <= limit ? orders : 0), 0);
}

/** The axis ends on a mark of its own when a year is nearly full. */
function lastDayShown(day: number): number {
  return day > 350 ? Math.max(365, day) : Math.max(30, day);
}

const DAYS_AXIS = { title: 'days from the order', values: [0, 30, 90, 180, 270, 365], grid: false };

function weeksSpec(weeks: readonly Week[]): ChartSpec {
  return (_, width) => ({
    width,
    height: 150,
    data: { values: weeks.map(({ from, to, orders }) => ({ from, to: to + 0.4, orders })) },
    mark: { type: 'rect', color: PALETTE[0] },
    encoding: {
      x: { field: 'from', type: 'quantitative', scale: { domain: [0, lastDayShown(weeks.at(-1)!.to)], nice: false }, axis: DAYS_AXIS },
      x2: { field: 'to' },
      y: { field: 'orders', type: 'quantitative', title: null, axis: { ...COUNT_LABELS, tickCount: 4 } },
      y2: { datum: 0 },
    },
  });
}

function cumulativeSpec(delays: ReturnDelays, returned: number): ChartSpec {
  const last = lastDayShown(delays.days.at(-1)!.day);
  const at = (day: number): { day: number; share: number; text: string } => {
    const share = sumUntil(delays, day) / returned;
    return { day, share, text: `${formatShare(share)} in ${day} days` };
  };
  const marked = [30, 90].filter((day) => day <= last).map(at);
  return (_, width) => ({
    width,
    height: 150,
    encoding: {
      x: { field: 'day', type: 'quantitative', scale: { domain: [0, last], nice: false }, axis: DAYS_AXIS },
      y: { field: 'share', type: 'quantitative', scale: { domain: [0, 1] }, title: null, axis: { ...SHARE_LABELS, tickCount: 5 } },
    },
    layer: [
      {
        data: { values: Array.from({ length: last + 1 }, (__, day) => at(day)) },
        mark: { type: 'line', interpolate: 'step-after', color: PALETTE[0], strokeWidth: 2 },
      },
      { data: { values: marked }, mark: { type: 'point', filled: true, size: 60, color: PALETTE[1], opacity: 1 } },
      {
        data: { values: marked },
        mark: { type: 'text', align: 'left', dx: 6, dy: 14, color: INK },
        encoding: { text: { field: 'text', type: 'nominal' } },
      },
    ],
  });
}
