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
const TOLERANCE = 2e-4;
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
  const stride = Math.max(1, Math.floor(customers.count / SAMPLE_CUSTOMERS));
  const sampled = Math.ceil(customers.count / stride);
  const wanted = (cartsPer30Days * scale * (lastDay - firstDay + 1)) / 30 / (customers.count / sampled);

  const count = (factor: number): number => countCarts(new Timeline(model, customers, clock, factor, lastDay), customers.count, stride, firstDay);
  let low = 1e-3; // too many carts
  let high = 1e3; // too few
  let factor = 1;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const carts = count(factor);
    if (Math.abs(carts / wanted - 1) <= TOLERANCE) return factor;
    if (carts > wanted) low = factor;
    else high = factor;
    // Volume goes roughly as 1 / factor: aim there, but never outside what is known.
    const aim = (factor * carts) / wanted;
    factor = aim > low && aim < high ? aim : Math.sqrt(low * high);
    if (high / low < 1 + 1e-6) break;
  }
  const carts = count(factor);
  if (Math.abs(carts / wanted - 1) <= 0.01) return factor;
  throw new UserError(
    `simulation.carts_per_30_days: no spacing of visits gives ${cartsPer30Days} carts (the nearest is ${Math.round((cartsPer30Days * carts) / wanted)})`,
    { hint: 'Lower it, or change num_customers, the propensities or the delays in repeat_purchase_settings.' },
  );
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
