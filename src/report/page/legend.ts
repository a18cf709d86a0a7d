// A chart's legend, in HTML: it wraps where a drawing cannot.

import { html, type Html } from './html.ts';

/** Of marks, as Vega names them, in a box of 12 by 12. */
export const SHAPE_PATHS = {
  circle: 'M6 1.5a4.5 4.5 0 1 0 .01 0z',
  square: 'M2 2h8v8H2z',
  'triangle-up': 'M6 1.5 10.8 10H1.2z',
  diamond: 'M6 .5 10 6 6 11.5 2 6z',
  cross: 'M4.2 1h3.6v3.2H11v3.6H7.8V11H4.2V7.8H1V4.2h3.2z',
  'triangle-down': 'M6 10.5 1.2 2h9.6z',
} as const;
export type Shape = keyof typeof SHAPE_PATHS;

export interface LegendEntry {
  readonly label: string;
  readonly color: string;
  readonly shape: Shape;
}

export function legend(entries: readonly LegendEntry[]): Html {
  return html`<ul class="legend">
    ${entries.map(
      ({ label, color, shape }) =>
        html`<li>
          <svg viewBox="0 0 12 12" aria-hidden="true"><path d="${SHAPE_PATHS[shape]}" fill="${color}" /></svg>${label}
        </li>`,
    )}
  </ul>`;
}
