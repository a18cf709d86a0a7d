// One customer's visits, from sign-up onwards: spells of repeat visits with rests between them.

import { formatDay, MS_PER_DAY } from '../lib/days.ts';
import { Stream } from '../lib/random.ts';
import type { CustomerTable } from '../lookups/load.ts';
import type { ShopClock } from './clock.ts';
import type { Model, Segment } from './model.ts';

const ONE_MINUTE_MS = 60_000;
const TO_UNIT = 2 ** -32;

/** Walks forward only and draws from the customer's own stream: nothing later or elsewhere can move a visit. */
export class Timeline {
  /** The visit that `next` moved to: milliseconds since 1970, and its number from 0. */
  moment = 0;
  ordinal = -1;
  /** Whether a long absence ended with this visit. */
  reactivated = false;
  segment: Segment;

  private readonly model: Model;
  private readonly customers: CustomerTable;
  private readonly clock: ShopClock;
  private readonly factor: number;
  private readonly stream: Stream;
  private readonly shocks = new Map<number, number>();
  private readonly noVisit = new Map<number, number>();
  private customer = 0;
  private shopTime = 0;
  private spellMean = 0;
  private spellLeft = 0;

  private readonly end: number;

  /** `factor` scales every gap but the first and the long absences. Visits end with `lastDay`; the clock must go on two days more. */
  constructor(model: Model, customers: CustomerTable, clock: ShopClock, factor: number, lastDay: number) {
    this.model = model;
    this.end = (lastDay + 1) * MS_PER_DAY;
    this.customers = customers;
    this.clock = clock;
    this.factor = factor;
    this.stream = new Stream(model.seed, 'timeline');
    this.segment = model.segments[0]!;
  }

  start(customer: number): void {
    const { model, customers } = this;
    this.customer = customer;
    this.segment = model.segments[model.segmentOf(customers.signupChannel[customer]!, customers.tier[customer]!)]!;
    this.ordinal = -1;
    this.reactivated = false;
    this.spellMean = this.segment.spellMean * this.shockOf(customers.signupDay[customer]!);
    this.stream.open(customer);
  }

  /** Moves to the next visit. False when it would lie beyond the last day. */
  next(): boolean {
    const { stream } = this;
    this.ordinal++;
    if (this.ordinal === 0) return this.visitFirst();
    let gap: number;
    this.reactivated = false;
    if (this.spellLeft > 0) {
      this.spellLeft--;
      gap = this.segment.gap.at(stream.next()) * this.factor;
    } else {
      if (stream.next() < this.model.reactivation) {
        const [min, max] = this.model.reactivationDays;
        gap = min + (max - min) * stream.next() * TO_UNIT;
        this.reactivated = true;
      } else {
        gap = this.segment.gap.at(stream.next()) * this.model.restFactor * this.factor;
      }
      this.spellLeft = this.poisson(stream.next());
    }
    this.shopTime += gap;
    this.moment = this.clock.toMoment(this.shopTime);
    return this.moment < this.end;
  }

  /** Says that the current visit keeps the customer busy until `moment`: the next one begins after it. */
  busyUntil(moment: number): void {
    const earliest = this.clock.toShopTime(this.clock.toDayTime(moment + ONE_MINUTE_MS));
    if (earliest > this.shopTime) this.shopTime = earliest;
  }

  /** A guest's first visit is on the day of sign-up, any other's some days after. */
  private visitFirst(): boolean {
    const { stream, clock } = this;
    const [min, max] = this.model.firstCartDays;
    const delay = Math.floor(stream.next() * TO_UNIT * (max - min + 1)) + min;
    const day = this.customers.signupDay[this.customer]! + (this.customers.isGuest[this.customer] === 1 ? 0 : delay);
    const dayTime = day + stream.next() * TO_UNIT;
    this.spellLeft = this.poisson(stream.next());
    if (day * MS_PER_DAY >= this.end) return false;
    this.shopTime = clock.toShopTime(dayTime);
    this.moment = clock.fromDayTime(dayTime);
    return true;
  }

  /** A Poisson number of mean `spellMean` by inversion of one uniform 32-bit number. */
  private poisson(u32: number): number {
    const mean = this.spellMean;
    let p = this.noVisit.get(mean);
    if (p === undefined) {
      p = Math.exp(-mean);
      this.noVisit.set(mean, p);
    }
    const u = u32 * TO_UNIT;
    let count = 0;
    for (let below = p; u >= below && count < 1000; below += p) {
      count++;
      p *= mean / count;
    }
    return count;
  }

  private shockOf(signupDay: number): number {
    let shock = this.shocks.get(signupDay);
    if (shock === undefined) {
      shock = this.model.retentionShocks[formatDay(signupDay).slice(0, 7)] ?? 1;
      this.shocks.set(signupDay, shock);
    }
    return shock;
  }
}
