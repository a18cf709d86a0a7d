// Every case by name; each runs in a process of its own, so that none finds another's memory.

import { measureDuckdbExport, measureDuckdbRows } from './duckdb.ts';
import { measureBacklog, measureExport } from './end-to-end.ts';
import type { Measurement } from './measure.ts';
import {
  measureCsvEncode,
  measureCsvParse,
  measureLookups,
  measureParquet,
  measurePlan,
  measureRows,
  measureRowsWithMess,
} from './steps.ts';
import type { Workload } from './workspace.ts';

export interface BenchCase {
  readonly name: string;
  readonly counts: 'rows' | 'carts' | 'customers';
  /** Threads that do the work: what "per core" divides by. */
  readonly threads: number;
  run(workload: Workload): Measurement | Promise<Measurement>;
}

const step = (name: string, run: BenchCase['run'], counts: BenchCase['counts'] = 'rows'): BenchCase => ({ name, counts, threads: 1, run });

/** DuckDB makes as many rows as a window of the default lake has cart items, or about that. */
const CART_ITEMS_PER_DAY = 40_000;

const onThreads = (threads: number): BenchCase[] => {
  const with_ = (name: string): string => `${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const whole = (name: string, run: BenchCase['run']): BenchCase => ({ name: with_(name), counts: 'rows', threads, run });
  return [
    whole('direct', (workload) => measureBacklog(workload, threads, true)),
    whole('duckdb rows', (workload) =>
      measureDuckdbRows(workload, threads, Math.round(CART_ITEMS_PER_DAY * workload.days * workload.scale)),
    ),
    whole('staged', (workload) => measureBacklog(workload, threads, false)),
    whole('export-raw', (workload) => measureExport(workload, threads, true)),
    whole('duckdb export', (workload) => measureDuckdbExport(workload, threads)),
    whole('export-raw without index', (workload) => measureExport(workload, threads, false)),
  ];
};

export const CASES: readonly BenchCase[] = [
  step('lookups', measureLookups, 'customers'),
  step('plan', measurePlan, 'carts'),
  step('rows', measureRows),
  step('rows and mess', measureRowsWithMess),
  step('csv encode', measureCsvEncode),
  step('csv parse', measureCsvParse),
  step('parquet, lineage, sums', measureParquet),
  ...onThreads(1),
  ...onThreads(2),
];

export interface Ratio {
  readonly name: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Ours by theirs, in rows per second. */
export const RATIOS: readonly Ratio[] = [1, 2].flatMap((threads) => {
  const of = (name: string): string => `${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return [
    { name: `direct / DuckDB making rows, ${threads}`, ours: of('direct'), theirs: of('duckdb rows') },
    { name: `export-raw / DuckDB, ${threads}`, ours: of('export-raw'), theirs: of('duckdb export') },
    { name: `export-raw without index / DuckDB, ${threads}`, ours: of('export-raw without index'), theirs: of('duckdb export') },
  ];
});

/** Two threads by one, in rows per second. */
export const SCALING: readonly Ratio[] = ['direct', 'staged', 'export-raw', 'duckdb rows', 'duckdb export'].map((name) => ({
  name: `${name}, 2 threads / 1`,
  ours: `${name}, 2 threads`,
  theirs: `${name}, 1 thread`,
}));
