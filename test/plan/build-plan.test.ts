import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay, monthOf, MS_PER_DAY, parseDay, weekdayOf, yearOf } from '../../src/lib/days.ts';
import { buildPlan, ordinalOf, rowsOn, statusOf, type Plan } from '../../src/plan/build-plan.ts';
import { CART_STATUSES } from '../../src/plan/visit.ts';
import { TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { makeWorld, mean, planOf, tolerance } from './small-world.ts';

/** Twice the volume of a scale of 0.01, so that a month has thousands of carts. */
const world = makeWorld({}, 0.02);
const { config, lookups } = world;
const FIRST = '2020-01-01';
const LAST = '2022-12-31';
const firstDay = parseDay(FIRST);
const plan = planOf(world, FIRST, LAST);
const CONVERTED = CART_STATUSES.indexOf('converted');

const dailyCarts = Array.from({ length: plan.days }, (_, day) => rowsOn(plan, 'shopping_carts', day));

type Events = Plan['carts'] | Plan['orders'] | Plan['returns'];
/** Calls with each event's index, day and moment. */
function eachEvent(events: Events, call: (i: number, day: number, moment: number) => void): void {
  for (let day = 0; day + 1 < events.dayStart.length; day++) {
    for (let i = events.dayStart[day]!; i < events.dayStart[day + 1]!; i++)
      call(i, day, (plan.firstDay + day) * MS_PER_DAY + events.time[i]!);
  }
}

describe('volume', () => {
  it('meets carts_per_30_days within 2 % over the calibration window, whatever is written', () => {
    const wanted = (days: number) => 315_000 * world.scale * (days / 30);
    expect(Math.abs(plan.carts.time.length / wanted(plan.days) - 1)).toBeLessThan(0.02);
  });

  it('meets other volumes and windows too', () => {
    for (const carts of [100_000, 900_000]) {
      const other = makeWorld({ simulation: { carts_per_30_days: carts, calibration_window: ['2020-07-01', '2021-03-15'] } }, 0.01);
      const its = planOf(other, '2020-07-01', '2021-03-15');
      expect(Math.abs(its.carts.time.length / (carts * 0.01 * (its.days / 30)) - 1)).toBeLessThan(0.02);
    }
  });

  it('is refused when no spacing of visits gives it', () => {
    const impossible = makeWorld({ simulation: { carts_per_30_days: 1, calibration_window: ['2020-01-01', '2022-12-31'] } }, 0.001);
    const attempt = () => planOf(impossible, FIRST, FIRST);
    expect(attempt).toThrow(/simulation\.carts_per_30_days: no spacing of visits gives 1 carts \(the nearest is \d+\)/);
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('num_customers') }));
  });

  it('of a tiny shop is met to the cart', () => {
    for (const scale of [1e-6, 3e-6, 1e-5]) {
      const tiny = planOf(makeWorld({}, scale), FIRST, LAST);
      expect(Math.abs(tiny.carts.time.length - 315_000 * scale * (tiny.days / 30))).toBeLessThanOrEqual(2);
    }
  });
});

/** Nobody signs up after 2020: the two years after it have no growth. */
const SETTLED = parseDay('2021-02-01') - firstDay;

describe('seasons and rhythm', () => {
  const weekdays = Object.values(config.simulation.day_of_week_factors);
  const weekdayMean = mean(weekdays);
  const weekdayOfIndex = (day: number) => weekdayOf(firstDay + day);
  const seasonOf = (day: number) => config.parameters.seasonal_factors[String(monthOf(firstDay + day))] ?? 1;
  /** A day's carts with its season and weekday taken out. */
  const level = (day: number) => dailyCarts[day]! / seasonOf(day) / (weekdays[weekdayOfIndex(day)]! / weekdayMean);
  const settled = dailyCarts.map((_, day) => day).filter((day) => day >= SETTLED);
  const usual = mean(settled.map(level));

  it('every month of every year has its factor', () => {
    const months = Map.groupBy(settled, (day) => `${yearOf(firstDay + day)}-${monthOf(firstDay + day)}`);
    expect(months.size).toBe(23);
    for (const [month, days] of months) {
      const carts = days.reduce((sum, day) => sum + dailyCarts[day]!, 0);
      expect(Math.abs(mean(days.map(level)) / usual - 1), month).toBeLessThan(0.05 + 3 / Math.sqrt(carts));
    }
  });

  it('July, November and December have 1.2, 1.6 and 2.1 times the carts of other months', () => {
    const perDay = (month: number) => mean(settled.filter((day) => monthOf(firstDay + day) === month).map((day) => dailyCarts[day]!));
    const others = mean([2, 3, 4, 5, 6, 8, 9, 10].map(perDay));
    for (const [month, factor] of [
      [7, 1.2],
      [11, 1.6],
      [12, 2.1],
    ] as const) {
      expect(Math.abs(perDay(month) / others / factor - 1), `month ${month}`).toBeLessThan(0.05);
    }
  });

  it('every weekday has its factor', () => {
    for (let weekday = 0; weekday < 7; weekday++) {
      const days = settled.filter((day) => weekdayOfIndex(day) === weekday);
      const carts = days.reduce((sum, day) => sum + dailyCarts[day]!, 0);
      expect(Math.abs(mean(days.map(level)) / usual - 1), `weekday ${weekday}`).toBeLessThan(4.5 / Math.sqrt(carts));
    }
  });

  it('every hour has its weight', () => {
    const { hour_of_day_weights: weights } = config.simulation;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const counts = new Float64Array(24);
    for (const time of plan.carts.time) counts[Math.floor(time / 3_600_000)]!++;
    const carts = plan.carts.time.length;
    counts.forEach((count, hour) => {
      const share = weights[hour]! / total;
      expect(Math.abs(count / carts - share), `hour ${hour}`).toBeLessThan(tolerance(share, carts));
    });
  });

  it('no position in a chunk of 30 days stands out: there are no seams', () => {
    const positions = Map.groupBy(settled, (day) => day % 30);
    for (const [position, days] of positions) {
      const carts = days.reduce((sum, day) => sum + dailyCarts[day]!, 0);
      expect(Math.abs(mean(days.map(level)) / usual - 1), `position ${position}`).toBeLessThan(0.03 + 3 / Math.sqrt(carts));
    }
  });
});

describe('the business before the first day', () => {
  it('is running: the first week is as busy as the customers so far make it', () => {
    const perCustomer = (from: number, customers: number) => mean(dailyCarts.slice(from, from + 28)) / customers;
    const signedUpBefore = (day: number) => lookups.customers.signupDay.filter((signup) => signup < firstDay + day).length;
    const first = perCustomer(0, signedUpBefore(14));
    const later = perCustomer(SETTLED, signedUpBefore(SETTLED));
    // Newcomers shop a little more often than a settled crowd, never a fraction of it.
    expect(first / later).toBeGreaterThan(0.9);
    expect(first / later).toBeLessThan(1.6);
  });

  it('does not depend on it: a later start has the same carts from there on', () => {
    const late = planOf(world, '2021-06-01', '2021-06-30');
    const offset = late.firstDay - plan.firstDay;
    const from = plan.carts.dayStart[offset]!;
    expect(late.carts.time).toEqual(plan.carts.time.slice(from, from + late.carts.time.length));
    expect(late.carts.customer).toEqual(plan.carts.customer.slice(from, from + late.carts.customer.length));
    // Spend before the first day counts; orders of carts before it are not written.
    const placeOf = (events: Plan['orders'], i: number) => `${events.customer[i]}/${events.visit[i]}`;
    const standing = new Map<string, string>();
    eachEvent(plan.orders, (i) => standing.set(placeOf(plan.orders, i), `${plan.orders.tier[i]} ${plan.orders.clvBucket[i]}`));
    expect(late.orders.time.length).toBeGreaterThan(100);
    for (let i = 0; i < late.orders.time.length; i++) {
      expect(`${late.orders.tier[i]} ${late.orders.clvBucket[i]}`).toBe(standing.get(placeOf(late.orders, i)));
    }
  });
});

describe('events', () => {
  it('are in order of time within a day, ties by customer', () => {
    for (const events of [plan.carts, plan.orders, plan.returns]) {
      expect(events.dayStart[0]).toBe(0);
      expect(events.dayStart[plan.days]).toBe(events.time.length);
      let previous = -1;
      eachEvent(events, (i, _, moment) => {
        if (moment < previous) expect.fail(`event ${i} is earlier than the one before`);
        if (moment === previous && events.customer[i]! < events.customer[i - 1]!) expect.fail(`event ${i} is out of the customers' order`);
        previous = moment;
      });
    }
  });

  it('begin with the sign-up: guests on the day itself, others one to fourteen days after', () => {
    const { signupDay, isGuest, count } = lookups.customers;
    const firsts = new Map<number, number>();
    eachEvent(plan.carts, (i, day) => {
      const customer = plan.carts.customer[i]!;
      if (ordinalOf(plan.carts.visit[i]!) === 0) firsts.set(customer, firstDay + day - signupDay[customer]!);
      if (firstDay + day < signupDay[customer]!) expect.fail(`customer ${customer} shops before signing up`);
    });
    let seen = 0;
    for (let customer = 0; customer < count; customer++) {
      const delay = firsts.get(customer);
      if (delay === undefined) {
        // Their first visit was before the first day written.
        expect(signupDay[customer]).toBeLessThan(firstDay);
        continue;
      }
      seen++;
      if (isGuest[customer] === 1) expect(delay).toBe(0);
      else expect(delay >= 1 && delay <= 14).toBe(true);
    }
    expect(seen).toBeGreaterThan(count / 3);
  });

  it('have one cart for every order and one order for every converted cart, save at the end', () => {
    const orderOf = new Map<string, number>();
    const keyOf = (customer: number, ordinal: number) => `${customer}/${ordinal}`;
    eachEvent(plan.orders, (i, _, moment) => orderOf.set(keyOf(plan.orders.customer[i]!, plan.orders.visit[i]!), moment));
    expect(orderOf.size).toBe(plan.orders.time.length);
    const end = (plan.firstDay + plan.days) * MS_PER_DAY;
    let matched = 0;
    const missing: number[] = [];
    eachEvent(plan.carts, (i, _, moment) => {
      const visit = plan.carts.visit[i]!;
      const ordered = orderOf.get(keyOf(plan.carts.customer[i]!, ordinalOf(visit)));
      if ((ordered !== undefined) !== (statusOf(visit) === CONVERTED)) missing.push(end - moment);
      if (ordered === undefined) return;
      matched++;
      if (!(ordered > moment && ordered - moment < 6 * 3_600_000)) expect.fail(`order of cart ${i} is not minutes later`);
    });
    expect(matched).toBe(orderOf.size);
    for (const untilEnd of missing) expect(untilEnd).toBeLessThan(6 * 3_600_000);
  });

  it('point returns to their orders, which they follow within 365 days', () => {
    const orderMoments: number[] = [];
    eachEvent(plan.orders, (_i, _day, moment) => orderMoments.push(moment));
    const returnsOf = new Map<number, number[]>();
    let lateCount = 0;
    eachEvent(plan.returns, (i, _, moment) => {
      const order = plan.returns.order[i]!;
      expect(plan.returns.customer[i]).toBe(plan.orders.customer[order]);
      expect(plan.returns.visit[i]).toBe(plan.orders.visit[order]);
      expect(plan.returns.items[i]).toBe(plan.orders.items[order]);
      expect(plan.returns.lines[i]).toBeGreaterThan(0);
      expect(plan.returns.lines[i]).toBeLessThanOrEqual(plan.orders.lines[order]!);
      const delayDays = (moment - orderMoments[order]!) / MS_PER_DAY;
      // A day's traffic, not its milliseconds, is counted: up to a day more.
      expect(delayDays > 0 && delayDays < 366.01).toBe(true);
      if (delayDays > 300) lateCount++;
      const numbers = returnsOf.get(order) ?? [];
      numbers.push(plan.returns.which[i]!);
      returnsOf.set(order, numbers);
    });
    expect(lateCount).toBeGreaterThan(5);
    const lists = [...returnsOf.values()];
    for (const numbers of lists) expect(numbers).toEqual(numbers.length === 1 ? [0] : [0, 1]);
    expect(lists.filter((numbers) => numbers.length === 2).length).toBeGreaterThan(50);
  });

  it('give tiers and buckets that never fall', () => {
    const standing = new Map<number, [number, number]>();
    eachEvent(plan.orders, (i) => {
      const customer = plan.orders.customer[i]!;
      const now: [number, number] = [plan.orders.tier[i]!, plan.orders.clvBucket[i]!];
      const before = standing.get(customer) ?? [0, 0];
      expect(now[0]).toBeGreaterThanOrEqual(before[0]);
      expect(now[1]).toBeGreaterThanOrEqual(before[1]);
      standing.set(customer, now);
    });
    expect(new Set([...standing.values()].map(([tier]) => tier)).size).toBe(4);
  });

  it('convert at the configured rates, more often until the first order', () => {
    const { conversion_rate: rate, first_purchase_conversion_boost: boosts } = config.parameters;
    const hasOrdered = new Set<number>();
    const counts = new Map<string, { carts: number; converted: number }>();
    eachEvent(plan.carts, (i) => {
      const customer = plan.carts.customer[i]!;
      // Of those who came before the first day it is not known whether they have ordered.
      if (lookups.customers.signupDay[customer]! < firstDay) return;
      const channel = config.vocab.signup_channels[lookups.customers.signupChannel[customer]!] ?? 'guests';
      const key = `${channel} ${hasOrdered.has(customer) ? 'again' : 'first'}`;
      const count = counts.get(key) ?? { carts: 0, converted: 0 };
      counts.set(key, count);
      count.carts++;
      if (statusOf(plan.carts.visit[i]!) !== CONVERTED) return;
      count.converted++;
      hasOrdered.add(customer);
    });
    expect(counts.size).toBe(10);
    for (const [key, { carts, converted }] of counts) {
      const [, channel, when] = /^(.*) (again|first)$/.exec(key)!;
      const share = rate * (when === 'first' ? (boosts[channel!] ?? 1) : 1);
      expect(Math.abs(converted / carts - share), key).toBeLessThan(tolerance(share, carts));
    }
  });

  it('mark orders after a long absence, and only those', () => {
    const visits = new Map<number, number[]>();
    eachEvent(plan.carts, (i, _, moment) => {
      const customer = plan.carts.customer[i]!;
      visits.set(customer, [...(visits.get(customer) ?? []), moment]);
    });
    const firstOrdinal = new Map<number, number>();
    eachEvent(plan.carts, (i) => {
      const customer = plan.carts.customer[i]!;
      if (!firstOrdinal.has(customer)) firstOrdinal.set(customer, ordinalOf(plan.carts.visit[i]!));
    });
    const gaps = { yes: [] as number[], no: [] as number[] };
    eachEvent(plan.orders, (i) => {
      const customer = plan.orders.customer[i]!;
      const at = plan.orders.visit[i]! - firstOrdinal.get(customer)!;
      if (at === 0) return;
      const moments = visits.get(customer)!;
      gaps[plan.orders.reactivated[i] === 1 ? 'yes' : 'no'].push((moments[at]! - moments[at - 1]!) / MS_PER_DAY);
    });
    expect(gaps.yes.length).toBeGreaterThan(50);
    // 200 to 400 days of average traffic; a December counts double.
    expect(Math.min(...gaps.yes)).toBeGreaterThan(100);
    expect(Math.max(...gaps.yes)).toBeLessThan(401);
    expect(gaps.no.filter((days) => days > 200).length / gaps.no.length).toBeLessThan(0.01);
  });
});

describe('counts', () => {
  it('are those of the events', () => {
    const sumOn = (events: Events, day: number, column: ArrayLike<number>) => {
      let sum = 0;
      for (let i = events.dayStart[day]!; i < events.dayStart[day + 1]!; i++) sum += column[i]!;
      return sum;
    };
    for (let day = 0; day < plan.days; day++) {
      expect(rowsOn(plan, 'shopping_carts', day)).toBe(plan.carts.dayStart[day + 1]! - plan.carts.dayStart[day]!);
      expect(rowsOn(plan, 'orders', day)).toBe(plan.orders.dayStart[day + 1]! - plan.orders.dayStart[day]!);
      expect(rowsOn(plan, 'returns', day)).toBe(plan.returns.dayStart[day + 1]! - plan.returns.dayStart[day]!);
      expect(rowsOn(plan, 'cart_items', day)).toBe(sumOn(plan.carts, day, plan.carts.items));
      expect(rowsOn(plan, 'order_items', day)).toBe(sumOn(plan.orders, day, plan.orders.lines));
      expect(rowsOn(plan, 'return_items', day)).toBe(sumOn(plan.returns, day, plan.returns.lines));
    }
    for (const table of TRANSACTION_TABLES) {
      expect(plan.rowsBefore[table]).toHaveLength(plan.days + 1);
      expect(plan.rowsBefore[table][0]).toBe(0);
    }
  });

  it('lie in shared memory like the events', () => {
    const arrays = [plan.carts, plan.orders, plan.returns, plan.rowsBefore].flatMap((part): ArrayBufferView[] => Object.values(part));
    expect(arrays.length).toBeGreaterThan(20);
    for (const array of arrays) expect(array.buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});

describe('a prefix is final', () => {
  const small = makeWorld({}, 0.002);
  const full = planOf(small, FIRST, LAST);

  it('whatever the last day, the days before are the same', () => {
    const lastDays = fc.integer({ min: 0, max: full.days - 1 });
    fc.assert(
      fc.property(lastDays, (last) => {
        const short = buildPlan(small.config, small.lookups, small.scale, firstDay, firstDay + last);
        expect(short.days).toBe(last + 1);
        for (const kind of ['carts', 'orders', 'returns'] as const) {
          const columns = Object.entries(short[kind]) as [string, Uint32Array][];
          for (const [name, values] of columns) {
            // When an order was gathered depends on how many customers had how many before: only its use must not.
            if (name === 'gathered') continue;
            const whole = (full[kind] as unknown as Record<string, Uint32Array>)[name]!;
            expect(
              Buffer.compare(bytesOf(values), bytesOf(whole.subarray(0, values.length))),
              `${kind}.${name} to ${formatDay(firstDay + last)}`,
            ).toBe(0);
          }
        }
        for (const table of TRANSACTION_TABLES) expect(short.rowsBefore[table]).toEqual(full.rowsBefore[table].slice(0, last + 2));
      }),
      { numRuns: 12, examples: [[0], [full.days - 2]] },
    );
  });

  it('and another seed gives another plan', () => {
    const other = planOf(makeWorld({ faker_seed: 43 }, 0.002), FIRST, LAST);
    expect(other.carts.time.slice(0, 50)).not.toEqual(full.carts.time.slice(0, 50));
  });
});

function bytesOf(array: ArrayBufferView): Buffer {
  return Buffer.from(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}
