// Finds the one factor on all gaps that gives the configured number of carts.

import type { Config } from '../config/schema.ts';
import { MS_PER_DAY, parseDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import type { CustomerTable } from '../lookups/load.ts';
import { CLOCK_SLACK_DAYS, ShopClock } from './clock.ts';
import type { Model } from './model.ts';
import { Timeline } from './timeline.ts';

/** Customers walked per try: their spread leaves the volume within about 0.4 % (one sigma), five times under the 2 % allowed. */
const SAMPLE_CUSTOMERS = 30_000;
/** A tenth of that finds the neighbourhood. */
const ROUGH_CUSTOMERS = 3_000;
const MIN_FACTOR = 1e-3;
const MAX_FACTOR = 1e3;
const TOLERANCE = 5e-4;
const MAX_TRIES = 40;

/**
 * Depends on config and lookups alone, never on the window written.
 * Throws a UserError when no factor from 1/1000 to 1000 gives the volume.
 */
export function calibrateGaps(config: Config, model: Model, customers: CustomerTable, scale: number): number {
  const { carts_per_30_days: cartsPer30Days, calibration_window: window } = config.simulation;
  const firstDay = parseDay(window[0]);
  const lastDay = parseDay(window[1]);
  const clock = new ShopClock(config, Math.min(firstDay, customers.signupDay[0]!), lastDay + CLOCK_SLACK_DAYS);
  const wanted = cartsPer30Days * scale * ((lastDay - firstDay + 1) / 30);
  const countWith = (factor: number, sample: number): number => {
    const stride = Math.max(1, Math.floor(customers.count / sample));
    const timeline = new Timeline(model, customers, clock, factor, lastDay);
    return countCarts(timeline, customers.count, stride, firstDay) * (customers.count / Math.ceil(customers.count / stride));
  };
  const near = search(1, wanted, (factor) => countWith(factor, ROUGH_CUSTOMERS));
  const { factor, carts } = search(near.factor, wanted, (candidate) => countWith(candidate, SAMPLE_CUSTOMERS));
  // The volume of a tiny lake goes up and down by whole carts.
  if (Math.abs(carts - wanted) <= Math.max(0.01 * wanted, 1)) return factor;
  throw new UserError(
    `simulation.carts_per_30_days: no spacing of visits gives ${cartsPer30Days} carts (the nearest is ${Math.round((cartsPer30Days * carts) / wanted)})`,
    { hint: 'Lower it, or change num_customers, the propensities or the delays in repeat_purchase_settings.' },
  );
}

/** Volume falls roughly as 1 / factor: aims there, and halves the bracket when that leaves it. Returns the best factor tried. */
function search(first: number, wanted: number, count: (factor: number) => number): { factor: number; carts: number } {
  let low = MIN_FACTOR; // too many carts
  let high = MAX_FACTOR; // too few
  let factor = first;
  let best = { factor, carts: NaN };
  for (let tries = 0; tries < MAX_TRIES && high / low > 1 + 1e-6; tries++) {
    const carts = count(factor);
    if (!(Math.abs(carts - wanted) >= Math.abs(best.carts - wanted))) best = { factor, carts };
    if (Math.abs(carts / wanted - 1) <= TOLERANCE) break;
    if (carts > wanted) low = factor;
    else high = factor;
    const aim = (factor * carts) / wanted;
    factor = aim > low && aim < high ? aim : Math.sqrt(low * high);
  }
  return best;
}

function countCarts(timeline: Timeline, customers: number, stride: number, firstDay: number): number {
  const from = firstDay * MS_PER_DAY;
  let carts = 0;
  for (let customer = 0; customer < customers; customer += stride) {
    timeline.start(customer);
    while (timeline.next()) if (timeline.moment >= from) carts++;
  }
  return carts;
}
