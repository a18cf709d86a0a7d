// What the checks of `verify` found.

import { formatCount, formatCounted } from '../../lib/numbers.ts';
import { countOutcome, outcomeOf, type CheckReport, type Outcome } from '../../verify/report.ts';
import type { Figures } from '../figures.ts';
import { section } from './figure.ts';
import { html, type Html } from './html.ts';

/** Of each check; the JSON has them all. */
const FAULTS_SHOWN = 20;

const SIGNS: Readonly<Record<Outcome, string>> = { passed: '✓', failed: '✗', skipped: '–' };

export function checksSection({ checks, isDeep }: Figures): Html {
  const depth = isDeep
    ? 'Every row was read.'
    : html`They read files, sums and manifests; <code>ecomlake report --deep</code> lets them read every row too.`;
  return section(
    'checks',
    'Checks',
    html`<p>${describeOutcome(checks)} ${depth}</p>
      <ul class="checks">
        ${checks.map(checkItem)}
      </ul> `,
  );
}

export function describeOutcome(checks: readonly CheckReport[]): string {
  const number = (outcome: Outcome): number => countOutcome(checks, outcome);
  const skipped = number('skipped') === 0 ? '' : `, ${formatCount(number('skipped'))} skipped`;
  return number('failed') === 0
    ? `${formatCounted(number('passed'), 'check')} passed${skipped}.`
    : `${formatCount(number('failed'))} of ${formatCounted(checks.length, 'check')} failed${skipped}.`;
}

function checkItem(check: CheckReport): Html {
  const { name, description, detail, faults } = check;
  const outcome = outcomeOf(check);
  const more = faults.length - FAULTS_SHOWN;
  return html`<li class="${outcome}">
    <span class="sign">${SIGNS[outcome]}<span class="sr"> ${outcome}:</span></span>
    <div>
      <strong>${name}</strong>
      <span class="says">${description}</span>${detail === undefined ? undefined : html`<small>${detail}</small>`}${
        faults.length === 0
          ? undefined
          : html`<ul class="faults">
              ${faults.slice(0, FAULTS_SHOWN).map(({ place, message }) => html`<li><code>${place}</code>: ${message}</li>`)}${
                more > 0 ? html`<li>and ${formatCount(more)} more; ecomlake report --json lists them all</li>` : undefined
              }
            </ul>`
      }
    </div>
  </li> `;
}
