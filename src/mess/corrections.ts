// A first version of a row that says something else: another row's word, an amount off by up to a fifth. What is right comes
// as a second version of the row (repeated-rows.ts).

import { threshold, type Stream } from '../lib/random.ts';
import { TABLES } from '../tables/index.ts';
import { CleanText } from './clean-text.ts';
import { splitColumn, type MessKind } from './kind.ts';

const MOST_PERCENT = 20;

export const CORRECTIONS = 'corrections';

/** Another amount, unless there is nothing to be wrong about. */
function misstate(value: number, stream: Stream): number {
  const cents = Math.round(value * 100);
  const percent = stream.between(1, MOST_PERCENT) * (stream.below(2) === 0 ? -1 : 1);
  return (cents + (Math.round((cents * percent) / 100) || Math.sign(cents))) / 100;
}

export const corrections: MessKind = {
  name: CORRECTIONS,
  rules: (config, level) => {
    const { rate, columns } = config.mess[level].corrections;
    return columns.map((path) => {
      const { table, column } = splitColumn(path);
      const base = { table, column, threshold: threshold(rate) };
      if (TABLES[table].columns.find(({ name }) => name === column)?.type === 'float64') {
        return { ...base, type: 'float', change: misstate };
      }
      const values = new CleanText(table, column);
      return {
        ...base,
        type: 'text',
        // Of a row that has no value there is nothing to take.
        rewrite: (value, stream, day) => values.at(day, stream.below(day[table].numRows)) || value,
      };
    });
  },
};
