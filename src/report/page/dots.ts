// Dots by column and kind, told apart by colour and shape.

import type { ChartSpec } from './draw.ts';
import { SHAPE_PATHS, type LegendEntry, type Shape } from './legend.ts';
import { PALETTE } from './theme.ts';

const SHAPES = Object.keys(SHAPE_PATHS) as Shape[];

export interface Dot {
  readonly label: string;
  readonly kind: string;
  readonly value: number;
}

/** `table.column` would leave a phone too little room for the dots. */
const TWO_LINES = { labelExpr: "split(datum.label, '.')", labelLineHeight: 13 };
const DOT_ROW_HEIGHT = { phone: 36, desktop: 34 } as const;

/** Between the dots of one line, in pixels. */
const DOT_STEP = 10;

interface DotsOptions {
  /** Of the kinds, in their order. */
  readonly marks: readonly LegendEntry[];
  /** Of the axis. */
  readonly title: string;
  readonly labels: { readonly labelExpr: string };
  readonly isLog?: boolean;
}

/** Of more kinds than colours, no two look alike. */
function shapeOf(i: number): Shape {
  return SHAPES[(i + Math.floor(i / PALETTE.length)) % SHAPES.length]!;
}

/** A mark for each kind. */
export function markKinds(kinds: readonly string[]): LegendEntry[] {
  return kinds.map((label, i) => ({ label, color: PALETTE[i % PALETTE.length]!, shape: shapeOf(i) }));
}

/** A line for each label, a dot for each kind, told apart by colour and shape. */
export function dotsSpec(dots: readonly Dot[], { marks, title, labels, isLog = false }: DotsOptions): ChartSpec {
  const kinds = marks.map(({ label }) => label);
  const rows = [...Map.groupBy(dots, ({ label }) => label).values()];
  const offset = (i: number, of: number, room: number): number => (i - (of - 1) / 2) * Math.min(DOT_STEP, room / of);
  return (device, width) => ({
    width,
    height: rows.length * DOT_ROW_HEIGHT[device],
    data: {
      values: rows.flatMap((row) =>
        row.map((dot, i) => ({ ...dot, offset: DOT_ROW_HEIGHT[device] / 2 + offset(i, row.length, DOT_ROW_HEIGHT[device]) })),
      ),
    },
    mark: { type: 'point', filled: true, size: device === 'phone' ? 60 : 80, opacity: 1 },
    encoding: {
      y: {
        field: 'label',
        type: 'nominal',
        sort: null,
        title: null,
        scale: { paddingInner: 0, paddingOuter: 0 },
        axis: { grid: true, ...(device === 'phone' ? TWO_LINES : {}) },
      },
      yOffset: { field: 'offset', type: 'quantitative', scale: null },
      x: {
        field: 'value',
        type: 'quantitative',
        title,
        scale: isLog ? { type: 'log', nice: true } : { domainMin: 0, nice: true },
        axis: { ...labels, ...(isLog ? { values: powersOfTen(dots) } : { tickCount: device === 'phone' ? 3 : 6 }), labelFlush: true },
      },
      color: { field: 'kind', type: 'nominal', scale: { domain: kinds, range: marks.map(({ color }) => color) } },
      shape: { field: 'kind', type: 'nominal', scale: { domain: kinds, range: marks.map(({ shape }) => shape) } },
    },
  });
}

/** Those that the dots lie among. */
function powersOfTen(dots: readonly Dot[]): number[] {
  const exponents = dots.map(({ value }) => Math.log10(value));
  const first = Math.floor(Math.min(...exponents));
  return Array.from({ length: Math.ceil(Math.max(...exponents)) - first + 1 }, (_, i) => 10 ** (first + i));
}
