// Deliveries: what comes once more is what came before, and what came first is all there is.

import { repeatedTables } from '../load-deliveries.ts';
import type { RowCheck } from '../rule.ts';

export const DELIVERY_CHECKS: readonly RowCheck[] = [
  {
    name: 'deliveries',
    description: 'rows come once, or where the mess repeats them twice, the second time later and the same but for what it corrects',
    rules: ({ expected }) => {
      const tables = repeatedTables(expected);
      if (tables.length === 0) return [];
      const wanted = tables.map((table) => `WHEN '${table}' THEN ${expected.tables[table].rows}`).join(' ');
      return [
        { stage: 'window', sql: 'SELECT file, line, says FROM later_rows WHERE says IS NOT NULL' },
        {
          stage: 'lake',
          sql: `
            SELECT file, 0 AS line, 'the table has ' || n || ' rows that come first, lake.json says ' || wanted AS says
            FROM (SELECT tbl, min(file) AS file, sum(n)::BIGINT AS n, any_value(CASE tbl ${wanted} END) AS wanted FROM first_rows GROUP BY tbl)
            WHERE n <> wanted`,
        },
      ];
    },
  },
];
