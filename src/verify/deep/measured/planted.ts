// Mess that only a config turns on: as much of it as the config plants, where the lake alone can tell.

import { plantedKinds, plantedRowKinds } from '../../../config/planted-kinds.ts';
import type { ExpectedLake } from '../../expected-lake.ts';
import { skipped, type Finding } from '../../report.ts';
import type { Observations } from '../observations.ts';
import { judgeShares, type MeasuredCheck } from './measured-check.ts';

/** An outlier is negative one time in three; of the others, one cannot be told from a high amount. */
const NEGATIVE = 1 / 3;

function judgePlanted(seen: Observations, { config, file }: ExpectedLake): Finding {
  const { messiness_level } = file.made_with;
  const planted = [...plantedKinds(config, messiness_level), ...plantedRowKinds(config, messiness_level)];
  if (planted.length === 0) return { faults: [], detail: 'none is turned on' };
  if (seen.planted.count() === 0) return skipped('the lake alone does not show what is planted');
  return judgeShares(
    planted.flatMap(({ kind, rate, columns }) =>
      columns.map((column) => ({
        place: singlePlace(column),
        what: `${kind} in ${column}`,
        count: seen.planted.count((k, c, shows) => k === kind && c === column && shows),
        total: seen.planted.count((k, c) => k === kind && c === column),
        expected: kind === 'outliers' ? rate * NEGATIVE : rate,
      })),
    ),
    0,
  );
}

/** Of two columns that are exchanged, the first. */
function singlePlace(column: string): string {
  return column.split('/')[0]!;
}

export const PLANTED_CHECKS: readonly MeasuredCheck[] = [
  {
    name: 'mess: kinds turned on',
    description: 'as many cells or rows with each kind of mess that the config turns on as it says',
    judge: judgePlanted,
  },
];
