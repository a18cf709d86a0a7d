// Horizontal bars with their value written behind them.

import type { ChartSpec } from './draw.ts';
import { INK } from './theme.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Behind the bar, on a phone and on a wider page. */
  readonly text: { readonly phone: string; readonly desktop: string };
  readonly color: string;
}

const ROW_HEIGHT = { phone: 26, desktop: 30 } as const;
/** Longest bar against the whole width: the rest is for the text behind it. */
const BAR_SHARE = { phone: 0.5, desktop: 0.74 } as const;

export function barsSpec(bars: readonly Bar[]): ChartSpec {
  const longest = Math.max(1, ...bars.map(({ value }) => value));
  return (device, width) => {
    return {
      width,
      height: bars.length * ROW_HEIGHT[device],
      data: { values: bars.map((bar) => ({ ...bar, text: bar.text[device] })) },
      encoding: {
        y: { field: 'label', type: 'nominal', sort: null, title: null },
        x: { field: 'value', type: 'quantitative', axis: null, scale: { domain: [0, longest / BAR_SHARE[device]] } },
      },
      layer: [
        { mark: { type: 'bar', height: { band: 0.72 } }, encoding: { color: { field: 'color', type: 'nominal', scale: null } } },
        {
          mark: { type: 'text', align: 'left', baseline: 'middle', dx: 6, color: INK },
          encoding: { text: { field: 'text', type: 'nominal' } },
        },
      ],
    };
  };
}
