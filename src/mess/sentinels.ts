// Words that stand for no value where a feed would have left the cell empty.

import { SENTINELS, ZERO_DATE } from '../config/planted-values.ts';
import { threshold } from '../lib/random.ts';
import { TABLES } from '../tables/index.ts';
import { splitColumn, type MessKind } from './kind.ts';

export const sentinels: MessKind = {
  name: 'sentinels',
  rules: (config, level) => {
    const { rate, columns } = config.mess[level].sentinels;
    return columns.map((path) => {
      const { table, column } = splitColumn(path);
      const isDate = TABLES[table].columns.find(({ name }) => name === column)?.format === 'timestamp';
      const words = isDate ? [...SENTINELS, ZERO_DATE] : SENTINELS;
      return {
        table,
        column,
        type: 'text',
        threshold: threshold(rate),
        replaces: true,
        rewrite: (_, stream) => words[stream.below(words.length)]!,
      };
    });
  },
};
