// Which of the kinds that only a config turns on are planted at a level, and where.

import { OPTIONAL_KINDS, type OptionalKind } from './mess-levels.ts';
import type { Config } from './schema.ts';

export interface PlantedKind {
  readonly kind: OptionalKind;
  readonly rate: number;
  /** As the config names them: `table.column`, or `table.column/other` for two that are exchanged. */
  readonly columns: readonly string[];
}

/** None at a level that the config has no rates of, such as `none`. */
export function plantedKinds({ mess }: Pick<Config, 'mess'>, level: string): PlantedKind[] {
  const rates = mess[level as keyof Config['mess']] as Config['mess']['heavy_mess'] | undefined;
  if (rates === undefined) return [];
  return OPTIONAL_KINDS.map((kind) => ({ kind, ...rates[kind] })).filter(({ rate, columns }) => rate > 0 && columns.length > 0);
}

/** `orders.a/b` is `orders.a` and `orders.b`. */
export function singleColumns(columns: readonly string[]): string[] {
  return columns.flatMap((path) => {
    const [table, names] = path.split('.') as [string, string];
    return names.split('/').map((name) => `${table}.${name}`);
  });
}
