// How large the lake is, a table at a time.

import { formatBytes, formatCount } from '../../lib/numbers.ts';
import type { TableTotals } from '../../events.ts';
import type { Figures } from '../figures.ts';
import { barsSpec } from './bars.ts';
import { drawChart } from './draw.ts';
import { figure, nothingYet, section } from './figure.ts';
import type { Html } from './html.ts';
import { formatShort, formatShare, noBreak } from './number-text.ts';
import { PALETTE } from './theme.ts';

export async function sizesSection({ sizes }: Figures): Promise<Html> {
  const title = 'Bytes by table';
  if (sizes.length === 0) return section('sizes', 'Sizes', nothingYet('bytes-by-table', title, 'There is no readable partition here.'));
  const total = sumSizes(sizes);
  const largest = sizes.toSorted((a, b) => b.bytes - a.bytes)[0]!;
  const bars = sizes.map(({ table, rows, bytes }) => ({
    label: table,
    value: bytes,
    text: {
      phone: noBreak(formatBytes(bytes)),
      desktop: `${noBreak(formatBytes(bytes))} · ${formatShort(rows)} rows`,
    },
    color: PALETTE[0],
  }));
  const line = ({ table, rows, partitions, files, bytes }: TableTotals): string[] => [
    table,
    formatCount(rows),
    formatCount(partitions),
    formatCount(files),
    formatCount(bytes),
    rows === 0 ? '' : (bytes / rows).toFixed(1),
  ];
  return section(
    'sizes',
    'Sizes',
    figure({
      id: 'bytes-by-table',
      title,
      drawing: await drawChart(barsSpec(bars), title),
      reading: `${formatCount(total.rows)} rows in ${formatCount(total.partitions)} partitions take ${formatBytes(total.bytes)}, ${formatShare(largest.bytes, total.bytes)} of it ${largest.table}.`,
      table: {
        columns: [
          { title: 'table' },
          ...['rows', 'partitions', 'files', 'bytes', 'bytes a row'].map((name) => ({ title: name, isNumber: true })),
        ],
        rows: [...sizes.map(line), line(total)],
      },
    }),
  );
}

export function sumSizes(sizes: readonly TableTotals[]): TableTotals {
  const sum = (key: Exclude<keyof TableTotals, 'table'>): number => sizes.reduce((total, row) => total + row[key], 0);
  return { table: 'total', rows: sum('rows'), partitions: sum('partitions'), files: sum('files'), bytes: sum('bytes') };
}
