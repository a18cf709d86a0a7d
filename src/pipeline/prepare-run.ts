// Everything a run must know before it makes a row: lookups, plan, identity.

import type { LastIds } from '../checkpoint/id-state.ts';
import { csvSchemas, driftOf } from '../config/file-schemas.ts';
import { plantsNothing } from '../config/mess-levels.ts';
import type { Config } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import type { Effects } from '../events.ts';
import { UserError } from '../lib/errors.ts';
import type { MessyLevel } from '../mess/kind.ts';
import { buildPlan, type Plan, type RowsBefore } from '../plan/build-plan.ts';
import { LateRows } from '../plan/late-rows.ts';
import type { Drift } from '../tables/drift.ts';
import type { FileSchemas } from '../tables/file-schema.ts';
import { TRANSACTION_TABLES } from '../tables/index.ts';
import { identifyRun, type RunIdentity } from './identity.ts';
import { ensureLookups, type LookupsOptions, type ReadyLookups } from './lookups-step.ts';
import type { GeneratorSetup, LineageSettings } from './tasks.ts';

export interface PreparedRun {
  readonly config: Config;
  readonly settings: Settings;
  readonly ready: ReadyLookups;
  readonly plan: Plan;
  /** As the plan's, by the day that rows arrive on. What is delivered twice counts once. */
  readonly arrivals: RowsBefore;
  readonly identity: RunIdentity;
  readonly lineage: LineageSettings;
  readonly csvSchemas: FileSchemas;
  readonly drift: Drift;
  readonly generator: GeneratorSetup;
}

/** Plans from the lake's first day to `lastDay`. */
export async function prepareRun(
  config: Config,
  settings: Settings,
  lastDay: number,
  fx: Effects,
  options: LookupsOptions = {},
): Promise<PreparedRun> {
  if (config.simulation.shards !== 1) {
    throw new UserError(`simulation.shards is ${config.simulation.shards}: this version makes lakes of one shard`, {
      hint: 'Set it to 1.',
    });
  }
  const ready = await ensureLookups(config, settings, fx, options);
  const days = lastDay - settings.startDate + 1;
  fx.emit({ type: 'phase', name: `planning ${days.toLocaleString('en-US')} days` });
  const plan = buildPlan(config, ready.lookups, settings.scale, settings.startDate, lastDay);
  const identity = identifyRun(config, settings, ready.hash);
  const lineage: LineageSettings = {
    batchId: identity.batchId,
    sourcePrefix: settings.sourcePrefix,
    wallClock: settings.ingestionClock === 'wall' ? wallTimestamp(fx.clock()) : undefined,
    signupEndDate: ready.signupEndDate,
  };
  const mess = messyLevel(settings);
  return {
    config,
    settings,
    ready,
    plan,
    arrivals: LateRows.planted(config, mess)?.countArrivals(plan) ?? plan.rowsBefore,
    identity,
    lineage,
    csvSchemas: csvSchemas(config, settings.messinessLevel),
    drift: driftOf(config, settings.messinessLevel),
    generator: { config, lookups: ready.lookups, plan, mess, lineage },
  };
}

/** `2026-01-09T02:00:00+00:00`, in real time. */
export function wallTimestamp(now: Date): string {
  return `${now.toISOString().slice(0, 19)}+00:00`;
}

function messyLevel({ messinessLevel: level }: Settings): MessyLevel | undefined {
  return plantsNothing(level) ? undefined : level;
}

/** Last numbers of every sequence at the end of a day; zeros before the plan's first. */
export function lastIdsThrough(plan: Plan, day: number): LastIds {
  const index = Math.min(Math.max(day - plan.firstDay + 1, 0), plan.days);
  const { rowsBefore } = plan;
  return {
    last_cart_id: rowsBefore.shopping_carts[index]!,
    last_cart_item_id: rowsBefore.cart_items[index]!,
    last_order_id: rowsBefore.orders[index]!,
    last_return_id: rowsBefore.returns[index]!,
    last_return_item_id: rowsBefore.return_items[index]!,
  };
}

/** Rows of all transactional tables from one day to another, both inclusive. */
export function rowsBetween({ plan, arrivals }: Pick<PreparedRun, 'plan' | 'arrivals'>, firstDay: number, lastDay: number): number {
  const from = firstDay - plan.firstDay;
  const to = lastDay - plan.firstDay + 1;
  return TRANSACTION_TABLES.reduce((sum, table) => sum + arrivals[table][to]! - arrivals[table][from]!, 0);
}
