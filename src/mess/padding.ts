// One or two spaces before and after a word.

import { threshold } from '../lib/random.ts';
import { splitColumn, type MessKind } from './kind.ts';

export const padding: MessKind = {
  name: 'padding',
  rules: (config, level) => {
    const { rate, columns } = config.mess[level].padding;
    return columns.map((path) => ({
      ...splitColumn(path),
      type: 'text',
      threshold: threshold(rate),
      rewrite: (value, stream) => ' '.repeat(stream.between(1, 2)) + value + ' '.repeat(stream.between(1, 2)),
    }));
  },
};
