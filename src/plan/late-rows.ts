// Late rows: carts, orders and returns that arrive some days after their event, with their items.

import { rowRate } from '../config/planted-kinds.ts';
import { MOST_DAYS_LATE } from '../config/planted-values.ts';
import type { Config } from '../config/schema.ts';
import { Stream, threshold } from '../lib/random.ts';
import { PARENT_TABLES, type ParentTable } from '../tables/index.ts';
import type { Plan, RowsBefore } from './build-plan.ts';

/** Table of the items, column of the plan that counts them, and the plan's events, by parent. */
export const FAMILIES = {
  shopping_carts: { items: 'cart_items', itemsOf: (plan: Plan) => plan.carts.items, eventsOf: (plan: Plan) => plan.carts },
  orders: { items: 'order_items', itemsOf: (plan: Plan) => plan.orders.lines, eventsOf: (plan: Plan) => plan.orders },
  returns: { items: 'return_items', itemsOf: (plan: Plan) => plan.returns.lines, eventsOf: (plan: Plan) => plan.returns },
} as const;

export class LateRows {
  private readonly streams: Record<ParentTable, Stream>;
  private readonly thresholds: Record<ParentTable, number>;

  /** Undefined where nothing is late. */
  static planted(config: Config, level: string | undefined): LateRows | undefined {
    const isPlanted = PARENT_TABLES.some((table) => rowRate(config, level ?? 'none', 'late_rows', table) > 0);
    return isPlanted ? new LateRows(config, level!) : undefined;
  }

  private constructor(config: Config, level: string) {
    this.streams = byParent((table) => new Stream(config.faker_seed, `mess/late_rows/${table}`));
    this.thresholds = byParent((table) => threshold(rowRate(config, level, 'late_rows', table)));
  }

  /** Days between the event and its arrival; `id` is the number in the parent's key. */
  delayOf(table: ParentTable, id: number): number {
    const stream = this.streams[table].open(id);
    return stream.next() < this.thresholds[table] ? stream.between(1, MOST_DAYS_LATE) : 0;
  }

  /** As `plan.rowsBefore`, by the day that rows arrive on; those that come after the plan's last day are in none. */
  countArrivals(plan: Plan): RowsBefore {
    const counts = { ...plan.rowsBefore };
    for (const table of PARENT_TABLES) {
      const { items, itemsOf, eventsOf } = FAMILIES[table];
      const { dayStart } = eventsOf(plan);
      const itemCounts = itemsOf(plan);
      const parents = new Float64Array(plan.days + 1);
      const children = new Float64Array(plan.days + 1);
      for (let day = 0; day < plan.days; day++) {
        for (let i = dayStart[day]!; i < dayStart[day + 1]!; i++) {
          const arrival = day + this.delayOf(table, i + 1);
          if (arrival >= plan.days) continue;
          parents[arrival + 1]!++;
          children[arrival + 1]! += itemCounts[i]!;
        }
      }
      for (let day = 0; day < plan.days; day++) {
        parents[day + 1]! += parents[day]!;
        children[day + 1]! += children[day]!;
      }
      counts[table] = parents;
      counts[items] = children;
    }
    return counts;
  }
}

function byParent<T>(make: (table: ParentTable) => T): Record<ParentTable, T> {
  return Object.fromEntries(PARENT_TABLES.map((table) => [table, make(table)])) as Record<ParentTable, T>;
}
