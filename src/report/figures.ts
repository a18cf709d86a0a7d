// The figures behind the page, as `report --json` prints them.

import type { TableTotals } from '../events.ts';
import type { TableName, TransactionTable } from '../tables/index.ts';
import type { VerifyReport } from '../verify/report.ts';

export interface Figures {
  readonly lake: LakeFacts;
  /** In the order of the contract; a table that is not there is left out. */
  readonly sizes: readonly TableTotals[];
  /** By table, in order of date; of customers the day of the sign-up. A date without a partition is left out. */
  readonly daily: Readonly<Partial<Record<DailyTable, readonly DayRows[]>>>;
  /** Undefined: the lake does not hold each of the twelve months in full. */
  readonly seasons: readonly MonthFactor[] | undefined;
  readonly funnel: Funnel | undefined;
  readonly returnDelays: ReturnDelays | undefined;
  /** Orders by month and customer tier. */
  readonly orderTiers: readonly MonthTier[];
  readonly mess: readonly ColumnMess[];
  /** Undefined: there is no answer key. */
  readonly planted: readonly PlantedCells[] | undefined;
  readonly checks: VerifyReport['checks'];
  /** Whether the checks read every row. */
  readonly isDeep: boolean;
  /** What the figures leave out, in words. */
  readonly notes: readonly string[];
}

export type DailyTable = 'customers' | TransactionTable;

export interface LakeFacts {
  /** The folder. */
  readonly root: string;
  readonly identity: string;
  /** Whether everything that lake.json promises is there. */
  readonly complete: boolean;
  readonly ok: boolean;
  /** When the report was made, in UTC. */
  readonly reportedAt: string;
  /** First and last date of the transactions; undefined without any. */
  readonly start: string | undefined;
  readonly end: string | undefined;
  /** By lake.json; undefined without one. */
  readonly made: MadeWith | undefined;
}

export interface MadeWith {
  readonly seed: number | string;
  readonly scale: number;
  readonly messinessLevel: string;
  readonly batchId: string;
}

export interface DayRows {
  readonly date: string;
  readonly rows: number;
}

export interface MonthFactor {
  /** 1 to 12. */
  readonly month: number;
  /** Carts a day against an ordinary month (the median of the twelve is 1), growth removed. */
  readonly factor: number;
  /** By the lake's config; undefined without lake.json. */
  readonly configured: number | undefined;
  /** The same of each year that has the month in full. */
  readonly years: readonly { readonly year: number; readonly factor: number }[];
}

export interface Funnel {
  readonly carts: number;
  /** By status, compared without case and padding. */
  readonly states: Readonly<Record<string, number>>;
  /** Carts of no such status, or of none. */
  readonly otherStates: number;
  readonly orders: number;
  readonly ordersReturned: number;
}

export interface ReturnDelays {
  /** Orders that were watched: those placed `horizonDays` or more before the lake's end, or all where there are none. */
  readonly orders: number;
  readonly horizonDays: number;
  readonly isWatchedToTheEnd: boolean;
  /** Of those with a return: full days from the order to its first return. */
  readonly days: readonly { readonly day: number; readonly orders: number }[];
}

export interface MonthTier {
  /** Such as `2020-03`. */
  readonly month: string;
  /** Null: the customer has none. */
  readonly tier: string | null;
  readonly orders: number;
}

export interface ColumnMess {
  readonly table: TableName;
  readonly column: string;
  readonly cells: number;
  readonly missing: number;
  /** Undefined where the column holds no words. */
  readonly padded: number | undefined;
  /** Spelled in another case than the catalogue, or than most cells of the column. */
  readonly cased: number | undefined;
}

export interface PlantedCells {
  readonly table: TransactionTable;
  readonly column: string;
  /** As the answer key has it: kinds that acted on one cell are joined by `+`. */
  readonly kind: string;
  readonly cells: number;
}
