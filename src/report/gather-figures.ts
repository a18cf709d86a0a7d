// All figures of a report: the checks first, then what the manifests say, then what only the rows tell.

import { join, resolve } from 'node:path';
import { LAKE_FILE } from '../checkpoint/lake-file.ts';
import type { Effects } from '../events.ts';
import { formatCounted } from '../lib/numbers.ts';
import { TRANSACTION_TABLES } from '../tables/index.ts';
import { readExpectedLake, type ExpectedLake } from '../verify/expected-lake.ts';
import { verifyLake, type VerifyReport } from '../verify/verify-lake.ts';
import { measureMess, messColumns } from './column-mess.ts';
import { countKnownWords, loadCatalogue } from './column-words.ts';
import type { DailyTable, DayRows, Figures, Funnel, LakeFacts } from './figures.ts';
import { countTiers, followReturns } from './order-figures.ts';
import { countSizes, readPartitions, type Partitions } from './partitions.ts';
import { countPlanted } from './planted-cells.ts';
import { RowSource } from './row-source.ts';
import { findSeasons } from './seasons.ts';

/** As the contract has them. */
const CART_STATES = ['converted', 'abandoned', 'emptied'] as const;

export interface ReportRequest {
  /** The lake, such as `output/raw`. */
  readonly root: string;
  /** Folder of the answer key, which need not be there. */
  readonly truthRoot: string;
  /** Folder of `lake.json`, which need not be there. */
  readonly artifactRoot: string;
  /** Lets the checks read every row. */
  readonly deep: boolean;
}

/** Never throws for damage that the checks can name. Throws UserErrors: no lake (exit 2), interrupted (exit 3). */
export async function gatherFigures({ root, truthRoot, artifactRoot, deep }: ReportRequest, fx: Effects): Promise<Figures> {
  const verified = await verifyLake({ root, truthRoot, artifactRoot, deep }, fx);
  const expected = readExpectedLake(join(artifactRoot, LAKE_FILE));
  fx.emit({ type: 'phase', name: 'counting rows a day' });
  const partitions = await readPartitions(resolve(root), verified.checks, fx.signal);
  const daily = listDaily(partitions);
  const known = { verified, expected, daily };
  const schemas = expected?.schemas;
  const fromRows = await RowSource.use({ root, partitions: partitions.list, schemas }, fx, (source) =>
    askRows(source, { truthRoot, known }, fx),
  );
  return {
    lake: describeLake(known, fx),
    sizes: countSizes(partitions.list),
    daily,
    seasons: findSeasons(daily.shopping_carts ?? [], expected?.config.parameters.seasonal_factors),
    ...fromRows,
    checks: verified.checks,
    isDeep: deep,
    notes: describeGaps(partitions),
  };
}

interface Known {
  readonly verified: VerifyReport;
  readonly expected: ExpectedLake | undefined;
  readonly daily: Figures['daily'];
}

type RowFigures = Pick<Figures, 'funnel' | 'returnDelays' | 'orderTiers' | 'mess' | 'planted'>;

async function askRows(
  source: RowSource,
  { truthRoot, known }: { readonly truthRoot: string; readonly known: Known },
  fx: Effects,
): Promise<RowFigures> {
  const { expected } = known;
  const mess: Figures['mess'][number][] = [];
  let carts: Awaited<ReturnType<typeof countKnownWords>> | undefined;
  await loadCatalogue(source);
  for (const table of TRANSACTION_TABLES) {
    if (!source.has(table)) continue;
    fx.emit({ type: 'phase', name: `reading ${table}` });
    const columns = messColumns(expected?.config, expected?.file.made_with.messiness_level, table);
    const words = table === 'shopping_carts' ? [...new Set(['status', ...columns.words])] : columns.words;
    mess.push(...(await measureMess(source, table, { ...columns, words })));
    if (table === 'shopping_carts') carts = await countKnownWords(source, 'status', CART_STATES);
  }
  fx.emit({ type: 'phase', name: 'following orders to their returns' });
  const orderTiers = await countTiers(source);
  const orders = orderTiers.reduce((sum, row) => sum + row.orders, 0);
  const { end } = spanOf(known.daily);
  const returns = end === undefined ? undefined : await followReturns(source, end);
  fx.emit({ type: 'phase', name: 'counting the answer key' });
  return {
    funnel: carts && { ...describeCarts(carts), orders, ordersReturned: returns?.ordersReturned ?? 0 },
    returnDelays: returns?.delays,
    orderTiers,
    mess,
    planted: await countPlanted(source, truthRoot),
  };
}

function describeCarts({ counts, rest }: Awaited<ReturnType<typeof countKnownWords>>): Pick<Funnel, 'carts' | 'states' | 'otherStates'> {
  return { carts: Object.values(counts).reduce((sum, count) => sum + count, rest), states: counts, otherStates: rest };
}

function listDaily({ list }: Partitions): Figures['daily'] {
  const tables: readonly DailyTable[] = ['customers', ...TRANSACTION_TABLES];
  const byTable = Map.groupBy(list, ({ table }) => table);
  const days = (table: DailyTable): DayRows[] =>
    (byTable.get(table) ?? []).filter(({ value }) => isDate(value)).map(({ value, rows }) => ({ date: value, rows }));
  return Object.fromEntries(tables.filter((table) => byTable.has(table)).map((table) => [table, days(table)]));
}

/** The checks name folders of any other. */
function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function spanOf(daily: Figures['daily']): Pick<LakeFacts, 'start' | 'end'> {
  const dates = TRANSACTION_TABLES.flatMap((table) => {
    const days = daily[table] ?? [];
    return days.length === 0 ? [] : [days[0]!.date, days.at(-1)!.date];
  }).sort();
  return { start: dates[0], end: dates.at(-1) };
}

function describeLake({ verified, expected, daily }: Known, fx: Effects): LakeFacts {
  const made = expected?.file.made_with;
  return {
    root: verified.root,
    identity: verified.identity,
    complete: verified.complete,
    ok: verified.ok,
    reportedAt: fx.clock().toISOString(),
    ...spanOf(daily),
    made: made && {
      seed: made.seed,
      scale: made.scale,
      messinessLevel: made.messiness_level,
      batchId: expected.file.batch_id,
    },
  };
}

function describeGaps({ unreadable, damagedParts }: Partitions): string[] {
  return [
    ...(unreadable === 0
      ? []
      : [`${formatCounted(unreadable, 'partition')} without a usable manifest ${unreadable === 1 ? 'is' : 'are'} in none of the figures.`]),
    ...(damagedParts === 0
      ? []
      : [
          `${formatCounted(damagedParts, 'damaged part')} ${damagedParts === 1 ? 'is' : 'are'} counted as the manifests have it, but no row of ${damagedParts === 1 ? 'it' : 'them'} was read.`,
        ]),
  ];
}
