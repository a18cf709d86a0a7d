// Which of the kinds that only a config turns on are planted at a level, and where.

import type { TableName } from '../tables/index.ts';
import { OPTIONAL_KINDS, ROW_KINDS, type OptionalKind, type RowKind } from './mess-levels.ts';
import type { Config } from './schema.ts';

interface Planted<K> {
  readonly kind: K;
  readonly rate: number;
  /** As the config names them: `table.column`, or `table.column/other` for two that are exchanged; of a row kind, the tables. */
  readonly columns: readonly string[];
}
export type PlantedKind = Planted<OptionalKind>;

/** None at a level that the config has no rates of, such as `none`. */
export function plantedKinds(config: Pick<Config, 'mess'>, level: string): PlantedKind[] {
  const rates = ratesAt(config, level);
  if (rates === undefined) return [];
  return OPTIONAL_KINDS.map((kind) => ({ kind, ...rates[kind] })).filter(({ rate, columns }) => rate > 0 && columns.length > 0);
}

type Rates = Config['mess']['heavy_mess'];

function ratesAt({ mess }: Pick<Config, 'mess'>, level: string): Rates | undefined {
  const { drift: _drift, ...levels } = mess;
  return (levels as Readonly<Record<string, Rates | undefined>>)[level];
}

/** Share of a table's rows that a kind hits; 0 where it is not planted. */
export function rowRate(config: Pick<Config, 'mess'>, level: string, kind: RowKind, table: TableName): number {
  const settings = ratesAt(config, level)?.[kind];
  return (settings?.tables as readonly string[] | undefined)?.includes(table) === true ? settings!.rate : 0;
}

export function plantedRowKinds(config: Pick<Config, 'mess'>, level: string): Planted<RowKind>[] {
  const rates = ratesAt(config, level);
  if (rates === undefined) return [];
  return ROW_KINDS.map((kind) => ({ kind, rate: rates[kind].rate, columns: rates[kind].tables })).filter(
    ({ rate, columns }) => rate > 0 && columns.length > 0,
  );
}

/** Names of a table's columns in which a kind is planted. */
export function plantedIn(config: Pick<Config, 'mess'>, level: string, kind: OptionalKind, table: TableName): string[] {
  return columnsOf(table, plantedKinds(config, level).find((planted) => planted.kind === kind)?.columns ?? []);
}

/** `orders.email` is the column `email` of `orders`; other tables' columns are left out. */
export function columnsOf(table: TableName, paths: readonly string[]): string[] {
  return paths.filter((path) => path.startsWith(`${table}.`)).map((path) => path.slice(table.length + 1));
}

/** Whether rows of the table may come twice: delivered again, or corrected. */
export function comesTwice(config: Pick<Config, 'mess'>, level: string, table: TableName): boolean {
  return rowRate(config, level, 'redelivered_rows', table) > 0 || plantedIn(config, level, 'corrections', table).length > 0;
}

/** `orders.a/b` is `orders.a` and `orders.b`. */
export function singleColumns(columns: readonly string[]): string[] {
  return columns.flatMap((path) => {
    const [table, names] = path.split('.') as [string, string];
    return names.split('/').map((name) => `${table}.${name}`);
  });
}
