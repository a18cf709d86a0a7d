// Two columns of one table exchanged in all rows of a day: a batch that was loaded with its fields in the wrong order.

import { threshold } from '../lib/random.ts';
import { TABLES, type TableSpec } from '../tables/index.ts';
import { CleanText } from './clean-text.ts';
import { splitColumn, type MessKind, type TextRule } from './kind.ts';

const DATE_BYTES = 10;

export const swappedColumns: MessKind = {
  name: 'swapped_columns',
  rules: (config, level) => {
    const { rate, columns } = config.mess[level].swapped_columns;
    return columns.flatMap((path): TextRule[] => {
      const { table, column: pair } = splitColumn(path);
      const [one, other] = pair.split('/') as [string, string];
      const spec: TableSpec = TABLES[table];
      const dates = new CleanText(table, spec.dateColumn!);
      const rule = (column: string, source: string): TextRule => {
        const values = new CleanText(table, source);
        return {
          type: 'text',
          table,
          column,
          threshold: threshold(rate),
          stream: pair,
          batch: (day, row) => Number(dates.at(day, row, DATE_BYTES).replaceAll('-', '')),
          replaces: true,
          rewrite: (_value, _stream, day, row) => values.at(day, row),
        };
      };
      return [rule(one, other), rule(other, one)];
    });
  },
};
