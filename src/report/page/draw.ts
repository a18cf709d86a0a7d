// Draws charts as SVG, without a browser. Vega is loaded here, when the first chart is drawn.

import type { View } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { Html } from './html.ts';
import { chartConfig, WIDTHS, type Device } from './theme.ts';

/** What a device needs drawn: `width` is that of the whole drawing, the spec's `height` that of the plot alone. */
export type ChartSpec = (device: Device, width: number) => TopLevelSpec;

/** A drawing for phones and one for wider pages; the style sheet shows one of them. */
export async function drawChart(spec: ChartSpec, title: string): Promise<Html> {
  const phone = await drawSvg(spec('phone', WIDTHS.phone), 'phone', title, 'chart phone');
  const desktop = await drawSvg(spec('desktop', WIDTHS.desktop), 'desktop', title, 'chart desktop');
  return new Html(`${phone}${desktop}`);
}

/** One of several small drawings that stand side by side where there is room, and below each other where not. */
export async function drawPanel(spec: ChartSpec, title: string): Promise<Html> {
  return new Html(await drawSvg(spec('phone', WIDTHS.phone), 'phone', title, 'chart'));
}

let drawn = 0;
let loaded: ReturnType<typeof loadVega> | undefined;

/** Width of a letter against its size in the fonts of screens; Vega's own guess of 0.8 leaves wide gaps. */
const LETTER_WIDTH = 0.6;

async function loadVega() {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const { textMetrics } = vega as unknown as {
    textMetrics: { width: (item: { fontSize?: number }, text: string | number | undefined) => number };
  };
  textMetrics.width = ({ fontSize = 11 }, text) => LETTER_WIDTH * fontSize * `${text ?? ''}`.length;
  return { vega, compile };
}

async function drawSvg(spec: TopLevelSpec, device: Device, title: string, classes: string): Promise<string> {
  const { vega, compile } = await (loaded ??= loadVega());
  const full = { ...spec, config: chartConfig(device), autosize: { type: 'fit-x', contains: 'padding' }, padding: 0 } as TopLevelSpec;
  const logger = vega.logger(vega.None);
  const view: View = new vega.View(vega.parse(compile(full, { logger }).spec), { renderer: 'none', logger });
  try {
    return tidySvg(await view.toSVG(), { id: `chart${++drawn}`, title, classes });
  } finally {
    view.finalize();
  }
}

/** Makes Vega's SVG fit for a page that holds several: scalable, named, with IDs of its own, and coordinates of a tenth of a pixel. */
function tidySvg(svg: string, { id, title, classes }: { id: string; title: string; classes: string }): string {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!;
  const label = title.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const head = `<svg class="${classes}" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" style="--w:${width}px">`;
  return svg
    .replace(/ (role|aria-[a-z]+)="[^"]*"/g, '')
    .replace(/<svg[^>]*>/, head)
    .replace(/ id="/g, ` id="${id}-`)
    .replace(/url\(#/g, `url(#${id}-`)
    .replace(/ font-family="[^"]*"/g, '')
    .replace(/ class="(mark|role|axis|root|background)[^"]*"/g, '')
    .replace(/ pointer-events="none"/g, '')
    .replace(GEOMETRY, (_, name: string, value: string) => ` ${name}="${value.replace(DECIMAL, roundText)}"`);
}

const GEOMETRY = / (d|transform|[xy][12]?|c[xy]|width|height)="([^"]*)"/g;
const DECIMAL = /-?\d+\.\d+(e-?\d+)?/g;

function roundText(number: string): string {
  return String(Number(Number(number).toFixed(1)));
}
