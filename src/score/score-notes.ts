// What a score does not cover, in sentences: for the terminal and the page.

import { formatCounted } from '../lib/numbers.ts';
import type { ScoreReport } from './score-report.ts';

export function scoreNotes({ tables, unscored, unscoredDays, columns }: ScoreReport): string[] {
  const missing = tables.flatMap(({ table, isAnswered, missingColumns }) =>
    isAnswered ? missingColumns.map((column) => `${table}.${column}`) : [table],
  );
  const unknown = tables.flatMap(({ table, unknownColumns }) => unknownColumns.map((column) => `${table}.${column}`));
  const days = unscoredDays.map(({ table, days: own }) => `${table} (${formatCounted(own.length, 'day')}, such as ${own[0]})`);
  const strangers = columns.filter(({ table }) => table === null);
  const cells = strangers.reduce((sum, { wrong }) => sum + wrong, 0);
  return [
    ...(missing.length === 0 ? [] : [`Not handed in, and counted as left as it was: ${missing.join(', ')}.`]),
    ...(unknown.length === 0 ? [] : [`Not looked at, since the lake has no such column: ${unknown.join(', ')}.`]),
    ...(unscored.length === 0 ? [] : [`Not scored, since the lake lacks it: ${unscored.join(', ')}.`]),
    ...(days.length === 0 ? [] : [`Not scored, since only the answer key has it: ${days.join(', ')}.`]),
    ...(cells === 0
      ? []
      : [
          `Wrong, and of no table: ${formatCounted(cells, 'listed cell')} in ${strangers.map(({ column }) => column || '(no column)').join(', ')}.`,
        ]),
  ];
}
