// Mess: as much of each kind as the level plants, in the columns it names, and none elsewhere.

import { removedColumns } from '../../../config/file-schemas.ts';
import type { Config } from '../../../config/schema.ts';
import type { ExpectedLake } from '../../expected-lake.ts';
import { skipped, type Finding } from '../../report.ts';
import { vocabularies } from '../checks/words.ts';
import { messRates, type MessOfColumns } from '../mess-rates.ts';
import type { Observations } from '../observations.ts';
import { judgeShares, shares, type MeasuredCheck, type Share } from './measured-check.ts';

const NONE: MessOfColumns = { rate: 0, columns: [] };
/** The first item of a return depends a little on its reason: some reasons send everything back. */
const CATEGORY_SLACK = 0.02;

function rateOf({ rate, columns }: MessOfColumns, column: string): number {
  return columns.includes(column) ? rate : 0;
}

/** Columns of text with the words they are made of, by `table.column`. */
function wordColumns(config: Config): Map<string, readonly string[]> {
  const columns = new Map<string, readonly string[]>();
  for (const { table, column, words } of vocabularies(config))
    columns.set(`${table === 'carts' ? 'shopping_carts' : table}.${column}`, words);
  for (const table of ['cart_items', 'order_items', 'return_items']) columns.set(`${table}.category`, config.vocab.categories);
  return columns;
}

/** Whether any of the cases that mess writes differs from the word. */
function hasOtherCase(text: string): boolean {
  const title = text.toLowerCase().replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase());
  return [text.toUpperCase(), text.toLowerCase(), title].some((variant) => variant !== text);
}

function paddingShares(seen: Observations, config: Config, { columns, rate }: MessOfColumns): Share[] {
  const padded = (value: string | null): boolean => value !== null && value !== value.trim();
  const found: Share[] = [...wordColumns(config).keys()].map((name) => ({
    place: name,
    what: `padded ${name}`,
    count: seen.values.count((column, value) => column === name && padded(value)),
    total: seen.values.count((column, value) => column === name && value !== null),
    expected: rateOf({ columns, rate }, name),
  }));
  return [...found, ...nameShares(seen, 'padded', { columns, rate }, (isPadded) => isPadded)];
}

function casingShares(seen: Observations, config: Config, kind: MessOfColumns): Share[] {
  const found = [...wordColumns(config)].map(([name, words]) => {
    const clean = new Map(words.filter(hasOtherCase).map((text) => [text.trim().toLowerCase(), text]));
    const wordOf = (value: string | null): string | undefined => (value === null ? undefined : clean.get(value.trim().toLowerCase()));
    return {
      place: name,
      what: `other case in ${name}`,
      count: seen.values.count((column, value) => column === name && wordOf(value) !== undefined && value!.trim() !== wordOf(value)),
      total: seen.values.count((column, value) => column === name && wordOf(value) !== undefined),
      expected: rateOf(kind, name),
    };
  });
  return [...found, ...nameShares(seen, 'other case in', kind, (_, isCased) => isCased)];
}

function nameShares(seen: Observations, says: string, kind: MessOfColumns, counts: (padded: boolean, cased: boolean) => boolean): Share[] {
  return ['cart_items', 'order_items', 'return_items'].map((table) => {
    const name = `${table}.product_name`;
    return {
      place: name,
      what: `${says} ${name}`,
      count: seen.names.count((column, padded, cased) => column === name && counts(padded, cased)),
      total: seen.names.count((column) => column === name),
      expected: rateOf(kind, name),
    };
  });
}

/** Of columns that are there to the end. */
function missingShares(seen: Observations, kind: MessOfColumns, { config, file }: ExpectedLake): Share[] {
  const removed = removedColumns(config, file.made_with.messiness_level, file.end_date);
  const names = new Set([...seen.nulls.entries()].map(([[name]]) => name).filter((name) => !removed.has(name)));
  return [...names].map((name) => ({
    place: name,
    what: `missing ${name}`,
    count: seen.nulls.count((column, missing) => column === name && missing),
    total: seen.nulls.count((column) => column === name),
    expected: rateOf(kind, name),
  }));
}

/** Where no months are configured, a year has one in which every order counts too many items. */
function judgeSpikes(seen: Observations, months: ReadonlySet<string>): Finding {
  const found = new Map<string, { clean: number; inflated: number }>();
  for (const [[month, inflated], count] of seen.inflated.entries()) {
    const entry = found.get(month) ?? { clean: 0, inflated: 0 };
    entry[inflated ? 'inflated' : 'clean'] += count;
    found.set(month, entry);
  }
  const spikes = [...found].filter(([, { inflated }]) => inflated > 0).map(([month]) => month);
  const place = 'orders.total_items';
  const faults = [...found]
    .filter(([, { clean, inflated }]) => clean > 0 && inflated > 0)
    .map(([month, { clean, inflated }]) => ({ place, message: `${month}: ${inflated} orders count too many items and ${clean} do not` }));
  for (const [year, own] of Map.groupBy(spikes, (month) => month.slice(0, 4))) {
    if (own.length > 1) faults.push({ place, message: `${year} has more than one spike month: ${own.join(', ')}` });
  }
  for (const [year, own] of Map.groupBy(months, (month) => month.slice(0, 4))) {
    const isWhole = own.length === 12 && own.every((month) => found.has(month));
    if (isWhole && !spikes.some((month) => month.startsWith(year))) faults.push({ place, message: `${year} has no spike month` });
  }
  return { faults, detail: spikes.length === 0 ? 'no spike month in the window' : `spike months ${spikes.toSorted().join(', ')}` };
}

/** Reasons overall, exact but for chance; and by category of the first item. */
function judgeReasons(
  seen: Observations,
  config: Config,
  rate: number,
  weights: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Finding {
  const reasons = config.vocab.return_reasons;
  const folded = new Map(Object.entries(weights).map(([category, own]) => [category.toLowerCase(), own]));
  const redrawn = (category: string): number[] | undefined => {
    const own = folded.get(category) ?? folded.get('default');
    return own === undefined ? undefined : shares(reasons.map((reason) => own[reason] ?? 0));
  };
  // Other mess may have made something else of a reason: it does not count.
  const known = new Set(reasons.map((reason) => reason.toLowerCase()));
  const totals = new Map<string, number>();
  for (const [[category, reason], count] of seen.reasons.entries())
    if (known.has(reason)) totals.set(category, (totals.get(category) ?? 0) + count);
  const all = [...totals.values()].reduce((sum, count) => sum + count, 0);
  const even = 1 / reasons.length;
  const expectedIn = (category: string, index: number): number => {
    const choice = redrawn(category);
    return choice === undefined ? even : (1 - rate) * even + rate * choice[index]!;
  };
  const overall: Share[] = reasons.map((reason, index) => ({
    place: 'returns.reason',
    what: reason,
    count: seen.reasons.count((_, found) => found === reason.toLowerCase()),
    total: all,
    expected: [...totals].reduce((sum, [category, count]) => sum + (count / all) * expectedIn(category, index), 0),
  }));
  const byCategory: Share[] = [...totals].flatMap(([category, total]) =>
    reasons.map((reason, index) => ({
      place: 'returns.reason',
      what: `${reason} in ${category}`,
      count: seen.reasons.count((own, found) => own === category && found === reason.toLowerCase()),
      total,
      expected: expectedIn(category, index),
    })),
  );
  const exact = judgeShares(overall, 0);
  return { faults: [...exact.faults, ...judgeShares(byCategory, CATEGORY_SLACK).faults], detail: exact.detail };
}

export const MESS_CHECKS: readonly MeasuredCheck[] = [
  {
    name: 'mess: padding',
    description: 'as many cells with spaces around them as the level plants',
    judge: (seen, expected) => judgeShares(paddingShares(seen, expected.config, messRates(expected)?.padding ?? NONE), 0),
  },
  {
    name: 'mess: casing',
    description: 'as many cells in another case as the level plants',
    judge: (seen, expected) => judgeShares(casingShares(seen, expected.config, messRates(expected)?.casing ?? NONE), 0),
  },
  {
    name: 'mess: missing values',
    description: 'as many missing values as the level plants',
    judge: (seen, expected) => judgeShares(missingShares(seen, messRates(expected)?.missing_value ?? NONE, expected), 0),
  },
  {
    name: 'mess: spike months',
    description: 'total_items is inflated in one month a year, and there for every order',
    judge: (seen, expected) => {
      const rates = messRates(expected);
      if (rates === undefined || rates.spikeMonths !== undefined)
        return skipped('the level inflates nothing, or only in months of the config, see total_items');
      return judgeSpikes(seen, new Set([...seen.daily.orders.keys()].map((day) => new Date(day * 86_400_000).toISOString().slice(0, 7))));
    },
  },
  {
    name: 'mess: return reasons',
    description: 'as many return reasons redrawn by category as the level plants',
    judge: (seen, expected) => {
      const rates = messRates(expected);
      return judgeReasons(seen, expected.config, rates?.biased_return_reasons.rate ?? 0, rates?.reasonWeights ?? {});
    },
  },
];
