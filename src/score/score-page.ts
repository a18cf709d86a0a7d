// A score as one HTML page that needs nothing else: no script, no request. It looks like the report of a lake.

import { basename } from 'node:path';
import { formatCount, formatCounted } from '../lib/numbers.ts';
import { htmlDocument } from '../report/page/document.ts';
import { html, type Html } from '../report/page/html.ts';
import { formatScore, type Grade } from './grade.ts';
import { scoreNotes } from './score-notes.ts';
import type { ScoreReport } from './score-report.ts';

const OWN_STYLE = `
.grades { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 0.375rem 0.9375rem; }
.grades > li { display: grid; grid-template-columns: 1fr auto; gap: 0.25rem 1rem; padding: 0.625rem 0; border-top: 1px solid var(--edge); }
.grades > li:first-child { border-top: 0; }
.grades b { font-weight: 600; overflow-wrap: anywhere; }
.grades .f1 { font-variant-numeric: tabular-nums; font-weight: 650; }
.grades small, .bar { grid-column: 1 / -1; }
.grades small { font-variant-numeric: tabular-nums; }
.bar { display: flex; height: 0.625rem; border-radius: 3px; overflow: hidden; background: var(--grid); }
.bar span { flex: none; }
.repaired { background: var(--c3); } .found { background: var(--c1); } .missed { background: var(--grid); } .wrong { color: var(--bad); }
.swatch { display: inline-block; border: 1px solid var(--edge); width: 0.75rem; height: 0.75rem; border-radius: 2px; }
.terms { display: grid; gap: 0.5rem; }
.terms dt { font-weight: 600; } .terms dd { color: var(--soft); }
.tile:last-child { grid-column: 1 / -1; }
@media (min-width: 40rem) { .tiles { grid-template-columns: repeat(5, 1fr); } .tile:last-child { grid-column: auto; } }
@media (min-width: 52rem) {
  .grades { padding: 0.5rem 1.5rem; }
  .grades > li { grid-template-columns: 17rem 1fr 3.5rem; align-items: center; }
  .grades .bar { grid-column: 2; grid-row: 1; } .grades .f1 { grid-column: 3; text-align: right; } .grades small { grid-column: 2; }
}
@media print { .tiles { grid-template-columns: repeat(5, 1fr); } .tile:last-child { grid-column: auto; } .grades > li { break-inside: avoid; } }
`;

/** What is graded: a list need not say what its cells should be. */
type Aim = 'repair' | 'detection';
type Named = readonly (readonly [name: string, grade: Grade])[];

export function scorePage(report: ScoreReport): string {
  const { overall, kinds, tables, columns, answer, lake, rows } = report;
  const aim: Aim = overall.repair.f1 === null ? 'detection' : 'repair';
  const what = report.kind === 'list' ? 'A list of defects' : 'A cleaned lake';
  const body = html`<header>
      <p class="brand">ecomlake</p>
      <h1>Score of ${basename(answer)}</h1>
      <p class="lead">${what}, held against ${formatCounted(overall.defects, 'defect')} in ${formatCounted(rows, 'row')}</p>
      ${tiles(report)} ${scoreNotes(report).map((note) => html`<p class="note">${note}</p>`)}
    </header>
    <main>
      ${section(
        'By kind',
        'kind',
        aim,
        kinds.map((grade) => [grade.kind, grade]),
      )}
      ${section(
        'By table',
        'table',
        aim,
        tables.map((grade) => [grade.table, grade]),
      )}
      ${section(
        'By column',
        'column',
        aim,
        columns.map((grade) => [grade.table === null ? grade.column : `${grade.table}.${grade.column}`, grade]),
      )}
      <h2>How to read it</h2>
      ${terms()}
    </main>
    <footer>
      <h2>About this score</h2>
      <dl class="facts">
        <div>
          <dt>Answer</dt>
          <dd>${answer}</dd>
        </div>
        <div>
          <dt>Lake</dt>
          <dd>${lake}</dd>
        </div>
      </dl>
    </footer>`;
  return htmlDocument(`Score of ${basename(answer)}`, body, OWN_STYLE);
}

function tiles({ overall, dropped, added }: ScoreReport): Html {
  const tile = (value: string, says: string, state = ''): Html =>
    html`<div class="tile ${state}">
      <dt>${says}</dt>
      <dd>${value}</dd>
    </div>`;
  return html`<dl class="tiles">
    ${tile(formatScore(overall.repair.f1), 'repair, F1')} ${tile(formatScore(overall.detection.f1), 'detection, F1')}
    ${tile(formatCount(overall.repaired), `of ${formatCounted(overall.defects, 'defect')} repaired`)}
    ${tile(formatCount(overall.wrong), 'sound cells changed', overall.wrong === 0 ? '' : 'bad')}
    ${tile(formatCount(dropped), `rows dropped, ${formatCount(added)} added`, dropped + added === 0 ? '' : 'bad')}
  </dl>`;
}

function section(title: string, what: string, aim: Aim, grades: Named): Html {
  return html`<section>
    <h2>${title}</h2>
    <ul class="grades">
      ${grades.map(([name, grade]) => line(name, aim, grade))}
    </ul>
    <ul class="legend">
      <li><span class="swatch repaired"></span>repaired</li>
      <li><span class="swatch found"></span>found, not repaired</li>
      <li><span class="swatch missed"></span>missed</li>
      <li>On the right: F1 of ${aim}</li>
    </ul>
    ${figures(what, grades)}
  </section>`;
}

function line(name: string, aim: Aim, grade: Grade): Html {
  const { defects, detected, repaired, wrong } = grade;
  const share = (cells: number): string => `width:${defects === 0 ? 0 : ((100 * cells) / defects).toFixed(2)}%`;
  const counts = `${formatCounted(defects, 'defect')}: ${formatCount(repaired)} repaired, ${formatCount(detected)} found`;
  const spoiled = wrong === 0 ? undefined : html`, <span class="wrong">${formatCounted(wrong, 'sound cell')} changed</span>`;
  return html`<li>
    <b>${name}</b>
    <span class="f1">${formatScore(grade[aim].f1)}</span>
    <span class="bar" aria-hidden="true"
      ><span class="repaired" style="${share(repaired)}"></span><span class="found" style="${share(detected - repaired)}"></span
    ></span>
    <small>${counts}${spoiled}</small>
  </li>`;
}

function figures(what: string, grades: Named): Html {
  const head = ['defects', 'found', 'repaired', 'wrong', 'precision', 'recall', 'F1', 'repair precision', 'repair recall', 'repair F1'];
  return html`<details>
    <summary>All figures ${`by ${what}`}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="${`Figures by ${what}`}">
      <table>
        <thead>
          <tr>
            <th scope="col">${what}</th>
            ${head.map((title) => html`<th scope="col" class="n">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${grades.map(([name, grade]) => {
            const { defects, detected, repaired, wrong, detection, repair } = grade;
            const scores = [detection.precision, detection.recall, detection.f1, repair.precision, repair.recall, repair.f1];
            const cells = [...[defects, detected, repaired, wrong].map(formatCount), ...scores.map(formatScore)];
            return html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell) => html`<td class="n">${cell}</td>`)}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </details>`;
}

function terms(): Html {
  const says = [
    ['Found', 'a cell of the answer key that the answer changed or listed.'],
    ['Repaired', 'a found cell that has its clean value again.'],
    ['Wrong', 'a sound cell that was changed or listed. It counts for the kind that it looks like.'],
    ['Precision', 'of all that was found or wrong, the share that is right.'],
    ['Recall', 'of all defects, the share that is right.'],
    ['F1', 'the harmonic mean of both.'],
    ['Kinds', 'a cell that several kinds hit counts for each of them.'],
  ] as const;
  return html`<dl class="terms">
    ${says.map(
      ([term, text]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${text}</dd>
        </div>`,
    )}
  </dl>`;
}
