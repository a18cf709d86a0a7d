// The page: head, a summary to take in at a glance, the sections, and where it all comes from.

import { formatBytes, formatCount, formatCounted } from '../../lib/numbers.ts';
import type { Figures } from '../figures.ts';
import { checksSection, describeOutcome } from './checks-section.ts';
import { dailySection } from './daily-section.ts';
import { htmlDocument } from './document.ts';
import { html, type Html } from './html.ts';
import { messSection } from './mess-section.ts';
import { formatShort, noBreak } from './number-text.ts';
import { funnelSection } from './funnel-section.ts';
import { returnsSection } from './returns-section.ts';
import { tiersSection } from './tiers-section.ts';
import { seasonsSection } from './seasons-section.ts';
import { sizesSection, sumSizes } from './sizes-section.ts';

const CONTENTS = [
  ['days', 'Rows a day'],
  ['seasons', 'Seasons'],
  ['funnel', 'Funnel'],
  ['returns', 'Returns'],
  ['tiers', 'Tiers'],
  ['mess', 'Mess'],
  ['sizes', 'Sizes'],
  ['checks', 'Checks'],
] as const;

export async function renderPage(figures: Figures): Promise<string> {
  const { lake, notes } = figures;
  const span = lake.start === undefined ? 'no transactions' : `${lake.start} to ${lake.end}`;
  const sections = [
    await dailySection(figures),
    await seasonsSection(figures),
    await funnelSection(figures),
    await returnsSection(figures),
    await tiersSection(figures),
    await messSection(figures),
    await sizesSection(figures),
    checksSection(figures),
  ];
  const body = html`<header>
      <p class="brand">ecomlake</p>
      <h1>Lake report</h1>
      <p class="lead">${span}</p>
      ${tiles(figures)} ${notes.map((note) => html`<p class="note">${note}</p>`)}
      <nav aria-label="Contents">
        <ul>
          ${CONTENTS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
        </ul>
      </nav>
    </header>
    <main>${sections}</main>
    <footer>${facts(figures)}</footer>`;
  return htmlDocument(`Lake report, ${span}`, body);
}

function tiles({ lake, sizes, checks }: Figures): Html {
  const total = sumSizes(sizes);
  const days = lake.start === undefined ? 0 : (Date.parse(lake.end!) - Date.parse(lake.start)) / 86_400_000 + 1;
  const tile = (value: string, says: string, state = ''): Html =>
    html`<div class="tile ${state}">
      <dt>${noBreak(says)}</dt>
      <dd>${noBreak(value)}</dd>
    </div>`;
  return html`<dl class="tiles">
    ${tile(formatShort(total.rows), total.rows === 1 ? 'row' : 'rows')} ${tile(formatCount(days), days === 1 ? 'day' : 'days')}
    ${tile(formatBytes(total.bytes), `in ${formatCounted(total.files, 'file')}`)}
    ${tile(lake.ok ? '✓ sound' : '✗ damaged', describeOutcome(checks).replace(/\.$/, ''), lake.ok ? 'good' : 'bad')}
  </dl>`;
}

function facts({ lake }: Figures): Html {
  const { made } = lake;
  const rows: (readonly [string, string])[] = [
    ['Lake', lake.root],
    ['Identity', `${lake.identity}${lake.complete ? '' : ' (of what is there)'}`],
    ...(made === undefined
      ? ([['Made with', 'not known: there is no lake.json']] as const)
      : ([
          ['Seed and scale', `${made.seed}, ${made.scale}`],
          ['Mess', made.messinessLevel],
          ['Batch', made.batchId],
        ] as const)),
    ['Reported', `${lake.reportedAt.slice(0, 16).replace('T', ' ')} UTC`],
  ];
  return html`<h2>About this lake</h2>
    <dl class="facts">
      ${rows.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`;
}
