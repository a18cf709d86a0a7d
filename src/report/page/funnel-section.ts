// From carts to orders to returns.

import { formatCount } from '../../lib/numbers.ts';
import type { Figures, Funnel } from '../figures.ts';
import { barsSpec, type Bar } from './bars.ts';
import { drawChart } from './draw.ts';
import { figure, nothingYet, section } from './figure.ts';
import type { Html } from './html.ts';
import { formatShare, formatShort } from './number-text.ts';
import { MUTED, PALETTE } from './theme.ts';

export async function funnelSection({ funnel }: Figures): Promise<Html> {
  const title = 'From carts to returns';
  if (funnel === undefined || funnel.carts === 0)
    return section('funnel', 'Funnel', nothingYet('carts-to-returns', title, 'There are no carts here.'));
  const steps = funnelSteps(funnel);
  const share = (count: number): string => formatShare(count, funnel.carts);
  const bars = steps.map(({ label, count, isLoss }): Bar => ({
    label,
    value: count,
    text: { phone: `${formatShort(count)} · ${share(count)}`, desktop: `${formatCount(count)} · ${share(count)}` },
    color: isLoss ? MUTED : PALETTE[0],
  }));
  const { converted = 0 } = funnel.states;
  return section(
    'funnel',
    'Funnel',
    figure({
      id: 'carts-to-returns',
      title,
      key: 'Shares are of all carts. Grey: carts that came to nothing.',
      drawing: await drawChart(barsSpec(bars), title),
      reading: `Of ${formatCount(funnel.carts)} carts ${share(converted)} were converted, and ${formatShare(funnel.ordersReturned, funnel.orders)} of the ${formatCount(funnel.orders)} orders have had a return so far.`,
      table: {
        columns: [{ title: 'step' }, { title: 'count', isNumber: true }, { title: 'of carts', isNumber: true }],
        rows: steps.map(({ label, count }) => [label, formatCount(count), share(count)]),
      },
    }),
  );
}

function funnelSteps({ carts, states, otherStates, orders, ordersReturned }: Funnel): { label: string; count: number; isLoss: boolean }[] {
  const losses = Object.entries(states).filter(([state]) => state !== 'converted');
  return [
    { label: 'Carts', count: carts, isLoss: false },
    ...losses.toSorted(([, a], [, b]) => b - a).map(([state, count]) => ({ label: capitalise(state), count, isLoss: true })),
    ...(otherStates === 0 ? [] : [{ label: 'Status unreadable', count: otherStates, isLoss: true }]),
    { label: 'Converted', count: states['converted'] ?? 0, isLoss: false },
    { label: 'Orders', count: orders, isLoss: false },
    { label: 'With a return', count: ordersReturned, isLoss: false },
  ];
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
