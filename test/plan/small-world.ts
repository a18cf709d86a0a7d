// Small shops for the tests: a config as a file would give it, its lookups, and plans of them.

import { parseConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { parseDay } from '../../src/lib/days.ts';
import { buildCustomers } from '../../src/lookups/build-customers.ts';
import { buildProducts } from '../../src/lookups/build-products.ts';
import { loadLookups, NONE, type CustomerTable, type Lookups } from '../../src/lookups/load.ts';
import { buildPlan, type Plan } from '../../src/plan/build-plan.ts';
import { ShopClock } from '../../src/plan/clock.ts';
import { compileModel, type Model } from '../../src/plan/model.ts';

/** A part of a config, as one would write it in YAML. */
export type Settings = { [key: string]: unknown };

const configs = new Map<string, Config>();

/** The defaults with these settings, checked as a file is. */
export function configOf(settings: Settings = {}): Config {
  const text = JSON.stringify(settings);
  let config = configs.get(text);
  if (config === undefined) configs.set(text, (config = parseConfig(text, 'test.yaml').config));
  return config;
}

export interface World {
  readonly config: Config;
  readonly lookups: Lookups;
  readonly model: Model;
  readonly scale: number;
}

/** A shop whose customers all sign up in the eighteen months before 2021, so that a volume without growth follows. */
export function makeWorld(settings: Settings = {}, scale = 0.01): World {
  const config = configOf({
    lookup_config: {
      customers: { signup_start_date: '2019-07-01', signup_end_date: '2020-12-31' },
      product_catalog: { num_products: 200 },
    },
    simulation: { calibration_window: ['2020-01-01', '2022-12-31'] },
    ...settings,
  });
  const lookups = loadLookups(buildCustomers(config, scale), buildProducts(config), config);
  return { config, lookups, model: compileModel(config, lookups), scale };
}

export function planOf({ config, lookups, scale }: World, firstDay: string, lastDay: string): Plan {
  return buildPlan(config, lookups, scale, parseDay(firstDay), parseDay(lastDay));
}

/** Customers with the given traits, all signed up on one day. */
export function customersOf(count: number, day: string, traits: { channel?: number; tier?: number; guest?: boolean } = {}): CustomerTable {
  const noText = { offsets: new Uint32Array(count + 1), bytes: new Uint8Array(0) };
  return {
    count,
    id: noText,
    email: noText,
    mailingAddress: noText,
    billingAddress: noText,
    signupDay: new Int32Array(count).fill(parseDay(day)),
    isGuest: new Uint8Array(count).fill(traits.guest === true ? 1 : 0),
    signupChannel: new Uint8Array(count).fill(traits.channel ?? NONE),
    tier: new Uint8Array(count).fill(traits.tier ?? NONE),
  };
}

export function clockOf(config: Config, firstDay: string, lastDay: string): ShopClock {
  return new ShopClock(config, parseDay(firstDay), parseDay(lastDay));
}

/** Half-width that a share measured on `n` draws keeps to but once in 150,000 times. */
export function tolerance(share: number, n: number): number {
  return 4.5 * Math.sqrt((share * (1 - share)) / n);
}

export const mean = (values: Iterable<number>): number => {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    sum += value;
    count++;
  }
  return sum / count;
};
