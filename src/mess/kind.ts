// What a kind of mess is: rules that say which cells get dirty and how.

import type { RecordBatch } from 'apache-arrow';
import type { Config } from '../config/schema.ts';
import type { RowKind } from '../config/mess-levels.ts';
import { threshold, type Stream } from '../lib/random.ts';
import { TABLES, type ColumnSpec, type TransactionTable } from '../tables/index.ts';

/** Levels that plant something; `none` and `baseline` plant nothing. */
export type MessyLevel = 'light_mess' | 'medium_mess' | 'heavy_mess';

/** One day's clean batches: a rule may look at other tables' rows of the same day. */
export type CleanDay = Readonly<Record<TransactionTable, RecordBatch>>;

interface RuleBase {
  readonly table: TransactionTable;
  readonly column: string;
  /** A cell is hit when its first draw is under this bound (2^32 = always). */
  readonly threshold: number;
}

/** Rewrites hit cells of a text column. More draws may be taken from the cell's stream. */
export interface TextRule extends RuleBase {
  readonly type: 'text';
  /** Part of the stream's name, where two columns are hit together; default: the column. */
  readonly stream?: string;
  /** Rows of one number are hit together; default: each for itself, by its key. */
  batch?(day: CleanDay, row: number): number;
  /** Nothing shows of what other kinds did before. */
  readonly replaces?: boolean;
  rewrite(value: string, stream: Stream, day: CleanDay, row: number): string;
}

/** Turns hit cells of any nullable column into nulls. */
interface NullRule extends RuleBase {
  readonly type: 'null';
}

/** Changes hit cells of a column of whole numbers or of amounts. */
export interface NumberRule extends RuleBase {
  readonly type: 'int' | 'float';
  change(value: number, stream: Stream, day: CleanDay, row: number): number;
}

export type MessRule = TextRule | NullRule | NumberRule;

/** A kind of mess: a name, as in the config's `mess` section, and its rules at a level. */
export interface MessKind {
  readonly name: string;
  rules(config: Config, level: MessyLevel): MessRule[];
}

/** Splits `orders.total_items` into its table and column. */
export function splitColumn(path: string): { table: TransactionTable; column: string } {
  const [table, column] = path.split('.') as [TransactionTable, string];
  return { table, column };
}

/** Kinds whose settings are a rate and a list of single columns. */
type ColumnKind = Exclude<keyof Config['mess'][MessyLevel], 'inflated_total_items' | 'biased_return_reasons' | 'swapped_columns' | RowKind>;

/** What a rule does, without where and how often. */
type Action<R extends MessRule = MessRule> = R extends unknown ? Omit<R, keyof RuleBase> : never;

/** A kind with one rule for each column that the config names for it; none where its rate is 0. */
export function columnKind(name: ColumnKind, act: (column: ColumnSpec, table: TransactionTable) => Action): MessKind {
  return {
    name,
    rules: (config, level) => {
      const { rate, columns } = config.mess[level][name];
      if (rate === 0) return [];
      return columns.map((path) => {
        const { table, column } = splitColumn(path);
        const spec = TABLES[table].columns.find((candidate) => candidate.name === column)!;
        return { table, column, threshold: threshold(rate), ...act(spec, table) };
      });
    },
  };
}
