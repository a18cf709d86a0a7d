// Counts the rows in which kinds of mess show that act on rows, and the amounts that are corrected.

import type { OptionalKind, RowKind } from '../../config/mess-levels.ts';
import { rowRate } from '../../config/planted-kinds.ts';
import { MS_PER_DAY } from '../../lib/days.ts';
import { TABLES } from '../../tables/index.ts';
import type { ExpectedLake } from '../expected-lake.ts';
import type { Duck } from './duck.ts';
import { correctedColumns, repeatedTables } from './load-deliveries.ts';
import type { Observations } from './observations.ts';
import { readParts, type Window } from './part-files.ts';

/** By table, as a window has them, with their moment. */
const PARENTS = [
  ['shopping_carts', 'carts', 'created'],
  ['orders', 'orders', 'placed'],
  ['returns', 'returns', 'returned'],
] as const;

/** Of late rows, those of days that have arrived in full. */
export async function observeRows(duck: Duck, root: string, window: Window, expected: ExpectedLake, seen: Observations): Promise<void> {
  const { config, file, settledDay } = expected;
  const { messiness_level } = file.made_with;
  const add = (kind: OptionalKind | RowKind, place: string, shown: number, total: number): void => {
    seen.planted.add([kind, place, true], shown);
    seen.planted.add([kind, place, false], total - shown);
  };
  for (const [table, name, moment] of PARENTS) {
    if (rowRate(config, messiness_level, 'late_rows', table) === 0) continue;
    const [found] = await duck.rows(`
      SELECT count(*) FILTER (${moment} // ${MS_PER_DAY} < day) AS late, count(*) AS n FROM ${name} WHERE ${moment} // ${MS_PER_DAY} <= ${settledDay}`);
    add('late_rows', table, found!['late'] as number, found!['n'] as number);
  }
  for (const table of repeatedTables(expected)) {
    const corrected = correctedColumns(expected, table);
    // Any amount that is not 0 is another one before it is corrected; a word may be drawn again.
    const amounts = corrected.filter((name) => TABLES[table].columns.find((column) => column.name === name)?.format === 'money');
    const counts = [...amounts.map((name) => `count(*) FILTER (${name} <> 0) AS ${name}`), 'count(*) AS n'];
    const [total] = await duck.rows(`SELECT ${counts.join(', ')} FROM ${readParts(root, window.parts[table])}`);
    const shown = [...amounts.map((name) => `count(*) FILTER (list_contains(corrected, '${name}')) AS ${name}`), 'count(*) AS n'];
    const [later] = await duck.rows(`SELECT ${shown.join(', ')} FROM later_rows WHERE tbl = '${table}'`);
    for (const name of amounts) add('corrections', `${table}.${name}`, later![name] as number, total![name] as number);
    // A row that is corrected is not delivered again.
    if (corrected.length === 0) add('redelivered_rows', table, later!['n'] as number, total!['n'] as number);
  }
}
