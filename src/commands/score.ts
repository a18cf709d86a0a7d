// `score`: what somebody made of the messy lake, held against the answer key.

import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EXIT } from '../lib/errors.ts';
import { describeFsError, writeFileAtomic } from '../lib/files.ts';
import { formatCount, formatCounted, formatDuration } from '../lib/numbers.ts';
import { formatTable } from '../lib/text-table.ts';
import { scoreNotes } from '../score/score-notes.ts';
import { formatScore, type Grade } from '../score/grade.ts';
import type { ScoreReport } from '../score/score-report.ts';
import { defineCommand, JSON_OPTION, setting } from './command.ts';
import { toJson } from './describe-totals.ts';
import { resolveRun } from './resolve-run.ts';

export const score = defineCommand({
  name: 'score',
  describe: 'Grade a cleaned lake, or a list of found defects, against the answer key',
  details:
    'The answer is a folder with a table each: orders.parquet, orders.csv, or a folder orders/ of either, with the key columns of the lake; ' +
    'or a list of defects: a file of its own with event_id, column and, for a grade of repair, clean_value. ' +
    'Tables and columns that it lacks count as left as they were.',
  examples: [
    ['score --answer cleaned', 'of output/raw, with the key in output/truth'],
    ['score --answer found/defects.csv', 'what a checker found'],
    ['score --answer cleaned --html score.html', 'as a page too'],
    ['score --source /data/lake/raw --truth /data/lake/truth --answer cleaned --json', 'another lake, for a program'],
  ],
  options: {
    answer: { describe: 'Cleaned tables or a list of defects', kind: 'text', value: 'path', required: true },
    source: setting('targetRoot'),
    truth: setting('truthRoot'),
    'truth-root': { ...setting('truthRoot'), hidden: true },
    html: { describe: 'Write the score as a page to this file', kind: 'text', value: 'path', default: 'none' },
    json: JSON_OPTION,
  },
  async handler({ flags, print, ...context }) {
    const { settings } = resolveRun(context, { 'target-root': flags.source, 'truth-root': flags.truth ?? flags['truth-root'] });
    const { scoreLake } = await import('../score/score-lake.ts');
    const request = { root: settings.targetRoot, truthRoot: settings.truthRoot, answer: flags.answer! };
    const report = await scoreLake(request, context.fx);
    if (flags.html !== undefined && flags.html !== '') await writePage(flags.html, report);
    print(flags.json === true ? toJson(report) : describeScore(report, flags.html));
    return EXIT.ok;
  },
});

async function writePage(path: string, report: ScoreReport): Promise<void> {
  const { scorePage } = await import('../score/score-page.ts');
  await mkdir(dirname(resolve(path)), { recursive: true }).catch((error: unknown) => {
    throw describeFsError(error, dirname(resolve(path)));
  });
  await writeFileAtomic(path, scorePage(report));
}

function describeScore(report: ScoreReport, page: string | undefined): string {
  const { overall, kinds, tables, rows, dropped, added, answer, lake, elapsedMs } = report;
  const cells = (name: string, { defects, detected, repaired, wrong, detection, repair }: Grade): string[] => [
    name,
    ...[defects, detected, repaired, wrong].map(formatCount),
    ...[detection.precision, detection.recall, detection.f1, repair.precision, repair.recall, repair.f1].map(formatScore),
  ];
  const columns = ['defects', 'found', 'repaired', 'wrong', 'prec.', 'recall', 'F1', 'repair prec.', 'recall', 'F1'];
  const table = (what: string, grades: readonly (readonly [string, Grade])[]): string =>
    formatTable(
      [{ title: what }, ...columns.map((title) => ({ title, align: 'right' as const }))],
      grades.map(([name, grade]) => cells(name, grade)),
      cells('all', overall),
    );
  return [
    table(
      'kind',
      kinds.map((grade) => [grade.kind, grade]),
    ),
    '',
    table(
      'table',
      tables.map((grade) => [grade.table, grade]),
    ),
    '',
    `Rows:      ${formatCount(dropped)} dropped, ${formatCount(added)} added, of ${formatCount(rows)}`,
    ...scoreNotes(report).map((note) => `Note:      ${note}`),
    `Answer:    ${resolve(answer)}`,
    `Lake:      ${resolve(lake)} (${formatCounted(overall.defects, 'defect')})`,
    ...(page === undefined || page === '' ? [] : [`Page:      ${resolve(page)}`]),
    `Scored in ${formatDuration(elapsedMs)}.`,
  ].join('\n');
}
