// How charts look. Colours are names of CSS variables, so that one drawing serves light and dark (style.ts).

import type { TopLevelSpec } from 'vega-lite';

/** Okabe and Ito's, which colour-blind readers tell apart, in a light and a dark shade each; always in this order. */
export const PALETTE = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', 'var(--c5)', 'var(--c6)'] as const;
export const MUTED = 'var(--muted)';
export const INK = 'var(--ink)';

/** Widths that charts are drawn for, in CSS pixels. */
export const WIDTHS = { phone: 328, desktop: 860 } as const;
export type Device = keyof typeof WIDTHS;

export type ChartConfig = NonNullable<TopLevelSpec['config']>;

export function chartConfig(device: Device): ChartConfig {
  const fontSize = device === 'phone' ? 11 : 13;
  const text = { labelColor: 'var(--soft)', titleColor: 'var(--soft)', labelFontSize: fontSize, titleFontSize: fontSize };
  return {
    aria: false,
    background: 'transparent',
    font: 'system-ui, sans-serif',
    view: { stroke: null },
    axis: {
      ...text,
      titleFontWeight: 400,
      titlePadding: 8,
      gridColor: 'var(--grid)',
      domainColor: 'var(--line)',
      tickColor: 'var(--line)',
      labelLimit: 240,
    },
    axisY: { domain: false, ticks: false, labelPadding: 6 },
    legend: { disable: true },
    text: { color: INK, fontSize },
  };
}

/** Labels of axes as the page writes numbers: 500, 2.5 K, 8 %. */
export const COUNT_LABELS = {
  labelExpr:
    "datum.value >= 1e6 ? format(datum.value / 1e6, '~r') + '\u00A0M' : datum.value >= 1e3 ? format(datum.value / 1e3, '~r') + '\u00A0K' : format(datum.value, '~r')",
};
export const SHARE_LABELS = { labelExpr: "format(datum.value * 100, '~r') + '\u00A0%'" };
