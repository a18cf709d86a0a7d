// A score as one HTML page that needs nothing else: no script, no request.

import { formatCount } from '../lib/numbers.ts';
import type { Grade, Score } from './grade.ts';
import type { ScoreReport } from './score-report.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8883; --good: #2a78b8; --track: #8882; --soft: #777; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: .5rem 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.soft { color: var(--soft); font-size: .9rem; }
.heads { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; padding: 0; margin: 1rem 0; list-style: none; }
.heads li { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
.heads b { display: block; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
meter { width: 5rem; height: .7rem; vertical-align: middle; margin-left: .4rem; }
@media (max-width: 40rem) { meter { display: none; } th, td { padding: .3rem .4rem; } }`;

export function scorePage(report: ScoreReport): string {
  const { overall, kinds, tables, columns, answer, lake, rows, dropped, added } = report;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Score of ${escape(answer)}</title>
<style>${STYLE}</style>
<h1>Score of ${escape(answer)}</h1>
<p class="soft">${report.kind === 'list' ? 'A list of defects' : 'A cleaned lake'}, held against ${escape(lake)} and its answer key: ${formatCount(overall.defects)} defects in ${formatCount(rows)} rows.</p>
<ul class="heads">
${heading('Repair, F1', overall.repair.f1)}
${heading('Detection, F1', overall.detection.f1)}
<li><b>${formatCount(overall.repaired)}</b>defects repaired of ${formatCount(overall.defects)}</li>
<li><b>${formatCount(overall.wrong)}</b>sound cells changed</li>
<li><b>${formatCount(dropped)}</b>rows dropped, ${formatCount(added)} added</li>
</ul>
${section(
  'By kind',
  'kind',
  kinds.map((grade) => [grade.kind, grade]),
)}
${section(
  'By table',
  'table',
  tables.map((grade) => [`${grade.table}${grade.isAnswered ? '' : ' (not handed in)'}`, grade]),
)}
${section(
  'By column',
  'column',
  columns.map((grade) => [`${grade.table === null ? '' : `${grade.table}.`}${grade.column}`, grade]),
)}
<h2>How to read it</h2>
<p>A cell is <em>found</em> when the answer changed or listed it, <em>repaired</em> when it has its clean value again, <em>wrong</em> when it was sound and was changed or listed. Precision: of what was found or wrong, the share that is right. Recall: of the defects, the share that is right. F1: their harmonic mean. A cell that several kinds hit counts for each of them; a wrong change counts for the kind it looks like.</p>
</html>
`;
}

function heading(title: string, value: number | null): string {
  return `<li><b>${formatScore(value)}</b>${title}</li>`;
}

function section(title: string, what: string, grades: readonly (readonly [name: string, grade: Grade])[]): string {
  const head = [what, 'defects', 'found', 'repaired', 'wrong', 'precision', 'recall', 'F1', 'repair precision', 'recall', 'F1'];
  const rows = grades.map(([name, grade]) => {
    const { defects, detected, repaired, wrong, detection, repair } = grade;
    const counts = [defects, detected, repaired, wrong].map((value) => `<td>${formatCount(value)}`);
    return `<tr><td>${escape(name)}${counts.join('')}${scores(detection)}${scores(repair)}`;
  });
  return `<h2>${title}</h2>
<div class="wide"><table>
<thead><tr>${head.map((text) => `<th scope="col">${text}`).join('')}</thead>
<tbody>
${rows.join('\n')}
</tbody></table></div>`;
}

function scores({ precision, recall, f1 }: Score): string {
  const meter = f1 === null ? '' : `<meter min="0" max="1" value="${f1.toFixed(4)}"></meter>`;
  return `<td>${formatScore(precision)}<td>${formatScore(recall)}<td>${formatScore(f1)}${meter}`;
}

/** Three digits, and 1.000 only where nothing is missing. */
export function formatScore(value: number | null): string {
  if (value === null) return '–';
  return (value < 1 ? Math.min(value, 0.999) : value).toFixed(3);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
