// Counts the cells in which mess that only a config turns on shows: the window's parts are read again, if there is any.

import { removedColumns } from '../../config/file-schemas.ts';
import type { OptionalKind } from '../../config/mess-levels.ts';
import { columnsOf, plantedKinds, singleColumns } from '../../config/planted-kinds.ts';
import { LEAST_ORPHAN, SENTINELS, ZERO_DATE } from '../../config/planted-values.ts';
import type { Config } from '../../config/schema.ts';
import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../../tables/index.ts';
import type { ExpectedLake } from '../expected-lake.ts';
import { vocabularies } from './checks/words.ts';
import { quoteList, word, words, type Duck } from './duck.ts';
import { moment } from './load-window.ts';
import type { Observations } from './observations.ts';
import { readParts, type Window } from './part-files.ts';

/** Both are SQL about a row `x`, with its product `p` where it has one. */
interface Shows {
  readonly kind: OptionalKind;
  readonly column: string;
  /** Whether the cell counts at all: no other mess hides what is looked for. */
  readonly counts: string;
  readonly shows: string;
}

/** Of truncated text: shorter names stay whole. */
const WHOLE_CHARACTERS = 10;

/** Where a config's words are ASCII, so are all texts of a clean lake, and none has a question mark. */
const isDamaged = (cell: string): string => `regexp_matches(${cell}, '[^\\x00-\\x7F]|\\?')`;
const isSentinel = (cell: string): string => `${word(cell)} IN ${quoteList([...SENTINELS, ZERO_DATE].map((text) => text.toLowerCase()))}`;

/** Planted kinds by column, and what of them can be seen. */
export class PlantedCells {
  private readonly kinds: ReadonlyMap<OptionalKind, readonly string[]>;
  private readonly config: Config;

  /** Of columns that are there to the end. */
  constructor({ config, file }: Pick<ExpectedLake, 'config' | 'file'>) {
    this.config = config;
    const level = file.made_with.messiness_level;
    const removed = removedColumns(config, level, file.end_date);
    const isThere = (path: string): boolean => singleColumns([path]).every((column) => !removed.has(column));
    this.kinds = new Map(plantedKinds(config, level).map(({ kind, columns }) => [kind, columns.filter(isThere)]));
  }

  in(table: TransactionTable): Shows[] {
    return [...this.kinds].flatMap(([kind, columns]) =>
      columnsOf(table, columns).flatMap((column) => {
        const found = this.look(kind, table, column);
        return found === undefined ? [] : [{ kind, column: `${table}.${column}`, ...found }];
      }),
    );
  }

  private look(kind: OptionalKind, table: TransactionTable, column: string): Pick<Shows, 'counts' | 'shows'> | undefined {
    const cell = `x.${column}`;
    const path = `${table}.${column}`;
    const isThere = `${cell} IS NOT NULL`;
    const isWhole = this.has('encoding_damage', path) ? `${isThere} AND NOT ${isDamaged(cell)}` : isThere;
    const isValue = this.has('sentinels', path) ? `${isWhole} AND NOT ${isSentinel(cell)}` : isWhole;
    if (this.has('encoding_damage', path) && !this.isAscii()) return undefined;
    switch (kind) {
      case 'encoding_damage':
        return { counts: isThere, shows: isDamaged(cell) };
      case 'sentinels':
        return { counts: isWhole, shows: isSentinel(cell) };
      case 'mixed_dates':
        return { counts: isValue, shows: `${moment(cell)} IS NULL` };
      case 'outliers':
        return { counts: `${isThere} AND ${cell} <> 0`, shows: `${cell} < 0` };
      case 'number_formats':
        // Amounts and counts are always there, and what is formatted is no number.
        return { counts: 'true', shows: `${cell} IS NULL` };
      case 'orphaned_keys': {
        const type = TABLES[table].columns.find(({ name }) => name === column)?.type;
        const number = type === 'int64' ? cell : `TRY_CAST(regexp_extract(${cell}, '\\d+$') AS BIGINT)`;
        return { counts: isThere, shows: `${number} >= ${LEAST_ORPHAN}` };
      }
      case 'typos':
      case 'truncated_text': {
        // A name that is none of the catalogue's is the work of one of them, if the other is not there.
        if (column !== 'product_name' || this.has(kind === 'typos' ? 'truncated_text' : 'typos', path)) return undefined;
        const isLong = kind === 'typos' ? '' : ` AND length(p.product_name) > ${WHOLE_CHARACTERS}`;
        return { counts: `${isValue} AND p.product_id IS NOT NULL${isLong}`, shows: `${word(cell)} <> p.folded_name` };
      }
      case 'swapped_columns':
      case 'corrections':
        return undefined;
    }
  }

  /** Days by whether most of their words in the first column of a pair are the second's. */
  *swaps(): Iterable<{ table: TransactionTable; path: string; isSwapped: string }> {
    for (const path of this.kinds.get('swapped_columns') ?? []) {
      const [table, pair] = path.split('.') as [TransactionTable, string];
      const [own, other] = pair
        .split('/')
        .map((name) => vocabularies(this.config).find((found) => found.table === table && found.column === name)?.words);
      if (own === undefined || other === undefined) continue;
      const cell = word(`x.${pair.split('/')[0]}`);
      yield { table, path, isSwapped: `count(*) FILTER (${cell} IN ${words(other)}) > count(*) FILTER (${cell} IN ${words(own)})` };
    }
  }

  private has(kind: OptionalKind, path: string): boolean {
    return this.kinds.get(kind)?.includes(path) ?? false;
  }

  private isAscii(): boolean {
    // oxlint-disable-next-line no-control-regex
    return /^[\x00-\x7f]*$/.test(JSON.stringify(this.config.vocab)) && !JSON.stringify(this.config.vocab).includes('?');
  }
}

export async function observePlanted(duck: Duck, root: string, window: Window, expected: ExpectedLake, seen: Observations): Promise<void> {
  const planted = new PlantedCells(expected);
  for (const table of TRANSACTION_TABLES) {
    const cells = planted.in(table);
    if (cells.length === 0) continue;
    const products = TABLES[table].columns.some(({ name }) => name === 'product_id') ? 'LEFT JOIN products p USING (product_id)' : '';
    const counts = cells.flatMap(({ counts, shows }, i) => [
      `count(*) FILTER (${counts}) AS counted_${i}`,
      `count(*) FILTER (${counts} AND ${shows}) AS shown_${i}`,
    ]);
    const [found] = await duck.rows(`SELECT ${counts.join(', ')} FROM ${readParts(root, window.parts[table])} x ${products}`);
    cells.forEach(({ kind, column }, i) => {
      const shown = found![`shown_${i}`] as number;
      seen.planted.add([kind, column, true], shown);
      seen.planted.add([kind, column, false], (found![`counted_${i}`] as number) - shown);
    });
  }
  for (const { table, path, isSwapped } of planted.swaps()) {
    const from = readParts(root, window.parts[table]);
    const sql = `SELECT is_swapped, count(*) AS n FROM (SELECT ${isSwapped} AS is_swapped FROM ${from} x GROUP BY x.day) GROUP BY is_swapped`;
    for (const { is_swapped, n } of await duck.rows(sql)) seen.planted.add(['swapped_columns', path, is_swapped as boolean], n as number);
  }
}
