// A figure of the page: title, drawing, one sentence that says what it shows, and its data as a table to unfold.

import { formatCounted } from '../../lib/numbers.ts';
import { html, type Html } from './html.ts';
import { legend, type LegendEntry } from './legend.ts';
import { noBreak } from './number-text.ts';

export interface DataTable {
  readonly columns: readonly { readonly title: string; readonly isNumber?: boolean }[];
  readonly rows: readonly (readonly string[])[];
}

export interface FigureParts {
  /** For links and tests. */
  readonly id: string;
  readonly title: string;
  readonly drawing: Html;
  /** One sentence, with figures. */
  readonly reading: string;
  /** How to read the marks, where a legend does not say it. */
  readonly key?: string;
  readonly legend?: readonly LegendEntry[];
  readonly table: DataTable;
}

export function figure({ id, title, drawing, reading, key, legend: entries, table }: FigureParts): Html {
  return html`<figure id="${id}">
    <h3>${title}</h3>
    ${key === undefined ? undefined : html`<p class="key">${noBreak(key)}</p>`} ${entries && legend(entries)} ${drawing}
    <figcaption>${keepDates(noBreak(reading))}</figcaption>
    <details>
      <summary>Data: ${formatCounted(table.rows.length, 'row')}</summary>
      ${dataTable(table, title)}
    </details>
  </figure> `;
}

/** A date does not break at its hyphens. */
function keepDates(text: string): Html {
  return html`${text.split(/(\d{4}-\d{2}(?:-\d{2})?)/).map((part, i) => (i % 2 === 1 ? html`<span class="date">${part}</span>` : part))}`;
}

/** Scrolls by itself when it is wider than the page. */
export function dataTable({ columns, rows }: DataTable, title: string): Html {
  const alignment = (i: number): Html | undefined => (columns[i]?.isNumber === true ? html` class="n"` : undefined);
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${title}: data">
    <table>
      <thead>
        <tr>
          ${columns.map((column, i) => html`<th scope="col" ${alignment(i)}>${column.title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, i) => (i === 0 ? html`<th scope="row" ${alignment(i)}>${cell}</th>` : html`<td${alignment(i)}>${cell}</td>`))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** `id` is what the page's contents link to. */
export function section(id: string, title: string, ...content: readonly (Html | undefined)[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section> `;
}

/** For what this lake cannot show. */
export function nothingYet(id: string, title: string, why: string): Html {
  return html`<div class="empty" id="${id}">
    <h3>${title}</h3>
    <p>${why}</p>
  </div> `;
}
