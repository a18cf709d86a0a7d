// References that lead nowhere: numbers far beyond any that a lake has.

import { LEAST_ORPHAN } from '../config/planted-values.ts';
import { threshold, type Stream } from '../lib/random.ts';
import { TABLES } from '../tables/index.ts';
import { splitColumn, type MessKind } from './kind.ts';

const orphan = (stream: Stream): number => LEAST_ORPHAN + stream.below(LEAST_ORPHAN / 9);

export const orphanedKeys: MessKind = {
  name: 'orphaned_keys',
  rules: (config, level) => {
    const { rate, columns } = config.mess[level].orphaned_keys;
    return columns.map((path) => {
      const { table, column } = splitColumn(path);
      const base = { table, column, threshold: threshold(rate) };
      const isText = TABLES[table].columns.find(({ name }) => name === column)?.type === 'string';
      return isText
        ? { ...base, type: 'text', rewrite: (value, stream) => value.replace(/\d+$/, () => String(orphan(stream))) }
        : { ...base, type: 'int', change: (_, stream) => orphan(stream) };
    });
  },
};
