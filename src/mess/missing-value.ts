// Nulls where a feed would have had a value.

import { threshold } from '../lib/random.ts';
import { splitColumn, type MessKind } from './kind.ts';

export const missingValue: MessKind = {
  name: 'missing_value',
  rules: (config, level) => {
    const { rate, columns } = config.mess[level].missing_value;
    return columns.map((path) => ({ ...splitColumn(path), type: 'null', threshold: threshold(rate) }));
  },
};
