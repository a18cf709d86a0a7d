// A first version of a row that says something else: another row's word, an amount off by up to a fifth. What is right comes
// as a second version of the row (repeated-rows.ts).

import type { Stream } from '../lib/random.ts';
import { CleanText } from './clean-text.ts';
import { columnKind } from './kind.ts';

const MOST_PERCENT = 20;

export const CORRECTIONS = 'corrections';

/** Another amount, unless there is nothing to be wrong about. */
function misstate(value: number, stream: Stream): number {
  const cents = Math.round(value * 100);
  const percent = stream.between(1, MOST_PERCENT) * (stream.below(2) === 0 ? -1 : 1);
  return (cents + (Math.round((cents * percent) / 100) || Math.sign(cents))) / 100;
}

export const corrections = columnKind(CORRECTIONS, ({ name, type }, table) => {
  if (type === 'float64') return { type: 'float', change: misstate };
  const values = new CleanText(table, name);
  // Of a row that has no value there is nothing to take.
  return { type: 'text', rewrite: (value, stream, day) => values.at(day, stream.below(day[table].numRows)) || value };
});
