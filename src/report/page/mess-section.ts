// Mess: what can be seen in the lake, and what the answer key says was planted.

import { formatCount, formatCounted } from '../../lib/numbers.ts';
import { KIND_SEPARATOR } from '../../tables/defects.ts';
import type { ColumnMess, Figures, PlantedCells } from '../figures.ts';
import { dotsSpec, markKinds, type Dot } from './dots.ts';
import { drawChart } from './draw.ts';
import { figure, nothingYet, section } from './figure.ts';
import type { Html } from './html.ts';
import { formatShare } from './number-text.ts';
import { COUNT_LABELS, SHARE_LABELS } from './theme.ts';

const SEEN = ['padded', 'other case', 'missing'] as const;

export async function messSection({ mess, planted }: Figures): Promise<Html> {
  return section('mess', 'Mess', await seenFigure(mess), await plantedFigure(planted));
}

async function seenFigure(mess: readonly ColumnMess[]): Promise<Html> {
  const title = 'Untidy cells by column';
  const filled = mess.filter(({ cells }) => cells > 0);
  const dots = filled.flatMap(toDots);
  if (dots.length === 0) return nothingYet('untidy-cells', title, 'There are no rows to look at.');
  return figure({
    id: 'untidy-cells',
    title,
    key: 'Share of all cells of the column. Other case: spelled otherwise than in the catalogue, or than usual in this column.',
    legend: markKinds(SEEN),
    drawing: await drawChart(dotsSpec(dots, { marks: markKinds(SEEN), title: 'share of cells', labels: SHARE_LABELS }), title),
    reading: describeSeen(dots, filled),
    table: {
      columns: [
        { title: 'column' },
        { title: 'cells', isNumber: true },
        ...SEEN.flatMap((kind) => [
          { title: kind, isNumber: true },
          { title: '%', isNumber: true },
        ]),
      ],
      rows: filled.map(({ table, column, cells, padded, cased, missing }) => [
        `${table}.${column}`,
        formatCount(cells),
        ...[padded, cased, missing].flatMap((count) =>
          count === undefined ? ['', ''] : [formatCount(count), formatShare(count, cells, 2)],
        ),
      ]),
    },
  });
}

function toDots({ table, column, cells, padded, cased, missing }: ColumnMess): Dot[] {
  const label = `${table}.${column}`;
  const dot = (kind: string, count: number | undefined): Dot[] => (count === undefined ? [] : [{ label, kind, value: count / cells }]);
  const isWord = padded !== undefined;
  return [...dot(SEEN[0], padded), ...dot(SEEN[1], cased), ...(isWord && missing === 0 ? [] : dot(SEEN[2], missing))];
}

function describeSeen(dots: readonly Dot[], mess: readonly ColumnMess[]): string {
  const untidy = mess.reduce((sum, { padded = 0, cased = 0, missing }) => sum + padded + cased + missing, 0);
  if (untidy === 0) return `Not one of the cells of these ${formatCounted(mess.length, 'column')} is untidy.`;
  const says = { padded: 'padded', 'other case': 'in another case', missing: 'missing' };
  const ranges = SEEN.flatMap((kind) => {
    const shares = dots.filter((dot) => dot.kind === kind).map(({ value }) => value);
    if (shares.length === 0) return [];
    const [low, high] = [formatShare(Math.min(...shares)), formatShare(Math.max(...shares))];
    return `${low === high ? low : `${low} to ${high}`} ${says[kind]}`;
  });
  return `Of a column's cells are ${ranges.join(', ')}.`;
}

async function plantedFigure(planted: readonly PlantedCells[] | undefined): Promise<Html> {
  const title = 'Planted cells by column and kind';
  if (planted === undefined) {
    return nothingYet(
      'planted-cells',
      title,
      'There is no answer key beside this lake: --truth-root says where it is, and backlog-bear writes it.',
    );
  }
  if (planted.length === 0) return nothingYet('planted-cells', title, 'The answer key is empty: nothing was planted.');
  const cells = planted.reduce((sum, row) => sum + row.cells, 0);
  const columns = [...Map.groupBy(planted, ({ table, column }) => `${table}.${column}`)];
  const ofKind = (rows: readonly PlantedCells[], kind: string): number =>
    rows.reduce((sum, row) => sum + (row.kind.split(KIND_SEPARATOR).includes(kind) ? row.cells : 0), 0);
  const kinds = [...new Set(planted.flatMap(({ kind }) => kind.split(KIND_SEPARATOR)))].toSorted(
    (a, b) => ofKind(planted, b) - ofKind(planted, a),
  );
  const dots = columns.flatMap(([label, rows]) =>
    kinds.flatMap((kind): Dot[] => (ofKind(rows, kind) === 0 ? [] : [{ label, kind: spoken(kind), value: ofKind(rows, kind) }])),
  );
  const largest = kinds[0]!;
  return figure({
    id: 'planted-cells',
    title,
    key: 'Exact counts from the answer key, on a logarithmic scale. A cell that two kinds acted on counts for both.',
    legend: markKinds(kinds.map(spoken)),
    drawing: await drawChart(
      dotsSpec(dots, { marks: markKinds(kinds.map(spoken)), title: 'cells', labels: COUNT_LABELS, isLog: true }),
      title,
    ),
    reading: `The answer key lists ${formatCounted(cells, 'cell')} in ${formatCounted(columns.length, 'column')}; the most frequent kind is ${spoken(largest)} with ${formatCount(ofKind(planted, largest))}.`,
    table: {
      columns: [{ title: 'column' }, { title: 'kind' }, { title: 'cells', isNumber: true }],
      rows: planted.map(({ table, column, kind, cells: count }) => [
        `${table}.${column}`,
        kind.split(KIND_SEPARATOR).map(spoken).join(' and '),
        formatCount(count),
      ]),
    },
  });
}

function spoken(kind: string): string {
  return kind.replaceAll('_', ' ');
}
