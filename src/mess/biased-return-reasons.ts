// Return reasons drawn again by the category of the first product sent back.

import type { RecordBatch } from 'apache-arrow';
import { WeightedChoice } from '../lib/random.ts';
import { threshold } from '../lib/random.ts';
import type { CleanDay, MessKind, TextRule } from './kind.ts';

const DEFAULT = 'default';

export const biasedReturnReasons: MessKind = {
  name: 'biased_return_reasons',
  rules: (config, level) => {
    const settings = config.mess[level].biased_return_reasons;
    if (settings === undefined) return [];
    const reasons = config.vocab.return_reasons;
    const schema = config.parameters.return_reason_bias_schemas[level === 'heavy_mess' ? 'high' : 'medium'] ?? {};
    const choices = new Map(
      Object.entries(schema).map(([category, weights]) => [category, new WeightedChoice(reasons.map((reason) => weights[reason] ?? 0))]),
    );
    if (choices.size === 0) return [];
    const categoryOf = firstCategories();
    const rule: TextRule = {
      type: 'text',
      table: 'returns',
      column: 'reason',
      threshold: threshold(settings.rate),
      rewrite: (value, stream, day, row) => {
        const choice = choices.get(categoryOf(day, row)) ?? choices.get(DEFAULT);
        return choice === undefined ? value : reasons[choice.pick(stream.next())]!;
      },
    };
    return [rule];
  },
};

/** Category of each return's first item; found once a day, since items lie in their returns' order. */
function firstCategories(): (day: CleanDay, row: number) => string {
  let seen: RecordBatch | undefined;
  let categories: string[] = [];
  return (day, row) => {
    if (day.return_items !== seen) {
      seen = day.return_items;
      categories = [];
      const returnIds = seen.getChild('return_id')!;
      const names = seen.getChild('category')!;
      let previous: unknown;
      for (let i = 0; i < seen.numRows; i++) {
        const id: unknown = returnIds.get(i);
        if (id !== previous) categories.push(names.get(i) as string);
        previous = id;
      }
    }
    return categories[row] ?? DEFAULT;
  };
}
