import { describe, expect, it } from 'vitest';
import { MS_PER_DAY, parseDay } from '../../src/lib/days.ts';
import type { CustomerTable } from '../../src/lookups/load.ts';
import type { ShopClock } from '../../src/plan/clock.ts';
import { compileModel, type Model } from '../../src/plan/model.ts';
import { Timeline } from '../../src/plan/timeline.ts';
import { clockOf, configOf, customersOf, makeWorld, mean, tolerance, type Settings } from './small-world.ts';

const { lookups } = makeWorld({}, 1e-5);
const SIGNUP = '2020-03-10';
const signupDay = parseDay(SIGNUP);

interface Visit {
  moment: number;
  reactivated: boolean;
}

interface Walk {
  model: Model;
  clock: ShopClock;
  visitsOf(customer: number): Visit[];
}

/** Timelines of these customers until `lastDay`. */
function walk(settings: Settings, customers: CustomerTable, lastDay: string, factor = 1): Walk {
  const config = configOf(settings);
  const model = compileModel(config, lookups);
  const clock = clockOf(config, '2019-01-01', '2060-12-31');
  const timeline = new Timeline(model, customers, clock, factor, parseDay(lastDay));
  return {
    model,
    clock,
    visitsOf: (customer) => {
      const visits: Visit[] = [];
      timeline.start(customer);
      while (timeline.next()) {
        if (timeline.ordinal !== visits.length) expect.fail(`visit ${visits.length} has the number ${timeline.ordinal}`);
        visits.push({ moment: timeline.moment, reactivated: timeline.reactivated });
      }
      return visits;
    },
  };
}

const everyone = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const dayOf = ({ moment }: Visit): number => Math.floor(moment / MS_PER_DAY) - signupDay;

describe('first visits', () => {
  const COUNT = 7000;

  it('are one to fourteen days after sign-up, all alike', () => {
    const { visitsOf } = walk({}, customersOf(COUNT, SIGNUP, { channel: 0, tier: 0 }), '2020-04-10');
    const days = new Float64Array(40);
    for (const customer of everyone(COUNT)) days[dayOf(visitsOf(customer)[0]!)]!++;
    days.forEach((count, day) => {
      const share = day >= 1 && day <= 14 ? 1 / 14 : 0;
      expect(Math.abs(count / COUNT - share), `day ${day}`).toBeLessThanOrEqual(tolerance(share, COUNT));
    });
  });

  it('of guests are on the day itself, over all its hours', () => {
    const { visitsOf } = walk({}, customersOf(COUNT, SIGNUP, { guest: true }), '2020-03-10');
    const firsts = everyone(COUNT).map((customer) => visitsOf(customer)[0]!);
    expect(new Set(firsts.map(dayOf))).toEqual(new Set([0]));
    expect(new Set(firsts.map(({ moment }) => new Date(moment).getUTCHours())).size).toBe(24);
  });

  it('keep to another range', () => {
    const { visitsOf } = walk(
      { parameters: { time_to_first_cart_days_range: [3, 4] } },
      customersOf(500, SIGNUP, { channel: 0 }),
      '2020-04-10',
    );
    expect(new Set(everyone(500).map((customer) => dayOf(visitsOf(customer)[0]!)))).toEqual(new Set([3, 4]));
  });

  it('do not come when they would lie beyond the last day', () => {
    const { visitsOf } = walk({}, customersOf(200, SIGNUP, { channel: 0 }), '2020-03-12');
    const visits = everyone(200).flatMap(visitsOf);
    expect(visits.length).toBeGreaterThan(5);
    for (const visit of visits) expect(dayOf(visit)).toBeLessThanOrEqual(2);
  });
});

describe('visits', () => {
  const customers = customersOf(300, SIGNUP, { channel: 1, tier: 2 });

  it('come one after the other until the last day and not before sign-up', () => {
    const { visitsOf } = walk({}, customers, '2022-12-31');
    const end = (parseDay('2022-12-31') + 1) * MS_PER_DAY;
    for (const customer of everyone(300)) {
      const visits = visitsOf(customer);
      expect(visits.length).toBeGreaterThan(5);
      visits.forEach(({ moment }, i) => {
        const before = visits[i - 1]?.moment ?? signupDay * MS_PER_DAY;
        if (!(moment > before && moment < end)) expect.fail(`visit ${i} of customer ${customer} is out of order`);
      });
    }
  });

  it('are a customer’s own: order of walking, other customers and a later end change none', () => {
    const { visitsOf } = walk({}, customers, '2022-12-31');
    const all = everyone(300).map(visitsOf);
    const backwards = everyone(300).toReversed().map(visitsOf).toReversed();
    expect(backwards).toEqual(all);

    const others: CustomerTable = {
      ...customers,
      tier: customers.tier.map((tier, i) => (i === 150 ? tier : 0)),
      signupDay: customers.signupDay.slice(),
    };
    others.signupDay.fill(signupDay + 100, 151);
    const alone = walk({}, others, '2022-12-31');
    expect(alone.visitsOf(150)).toEqual(all[150]);
    expect(alone.visitsOf(149)).not.toEqual(all[149]);

    const longer = walk({}, customers, '2023-12-31');
    for (const customer of everyone(300)) {
      const visits = longer.visitsOf(customer);
      expect(visits.slice(0, all[customer]!.length)).toEqual(all[customer]);
      expect(visits.length).toBeGreaterThan(all[customer]!.length);
    }
  });

  it('differ from customer to customer and from seed to seed', () => {
    const { visitsOf } = walk({}, customers, '2020-12-31');
    expect(new Set(everyone(300).map((customer) => visitsOf(customer)[0]!.moment)).size).toBe(300);
    expect(walk({ faker_seed: 43 }, customers, '2020-12-31').visitsOf(0)).not.toEqual(visitsOf(0));
  });

  it('are kept apart by busyUntil', () => {
    const config = configOf({
      parameters: {
        reactivation_settings: { probability: 0 },
        repeat_purchase_settings: { time_delay_by_channel_and_tier: { default: { default: { range: [0, 0.01], sigma: 1 } } } },
      },
    });
    const clock = clockOf(config, '2019-01-01', '2021-12-31');
    const timeline = new Timeline(compileModel(config, lookups), customersOf(5, SIGNUP, { guest: true }), clock, 1, parseDay('2020-03-20'));
    for (const customer of everyone(5)) {
      timeline.start(customer);
      let busy = 0;
      while (timeline.next()) {
        expect(timeline.moment).toBeGreaterThan(busy);
        busy = timeline.moment + 3_600_000;
        timeline.busyUntil(busy);
      }
      // Eleven days of visits an hour and some minutes apart, more at night.
      expect(timeline.ordinal).toBeGreaterThan(100);
      expect(timeline.ordinal).toBeLessThan(11 * 24);
    }
  });
});

describe('gaps', () => {
  /** Propensity 2 a spell; gaps of 45 to some 90 days within it, of at least 180 between spells. */
  const settings = (probability: number, more: Settings = {}): Settings => ({
    simulation: { spell_rest_factor: 4 },
    parameters: {
      reactivation_settings: { probability, delay_days_range: [2000, 2400] },
      repeat_purchase_settings: {
        propensity_by_channel_and_tier: { default: { default: 2 } },
        time_delay_by_channel_and_tier: { default: { default: { range: [45, 55], sigma: 0.3 } } },
      },
      ...more,
    },
  });
  /** Gaps in shop days, each with whether it was an absence. */
  function gapsOf({ clock, visitsOf }: Walk, count: number): { days: number; reactivated: boolean }[] {
    return everyone(count).flatMap((customer) => {
      const visits = visitsOf(customer);
      const times = visits.map(({ moment }) => clock.toShopTime(clock.toDayTime(moment)));
      return times.slice(1).map((time, i) => ({ days: time - times[i]!, reactivated: visits[i + 1]!.reactivated }));
    });
  }

  it('within spells and between them have their means and minimum, scaled by the factor', () => {
    const factor = 0.5;
    const gaps = gapsOf(walk(settings(0), customersOf(150, SIGNUP), '2059-12-31', factor), 150).map(({ days }) => days / factor);
    expect(Math.min(...gaps)).toBeGreaterThan(45 - 1e-3);
    // Poisson(2) visits follow each rest's: two gaps in three within a spell, mean 50; one in three four times as long.
    expect(gaps.length).toBeGreaterThan(10_000);
    const sigma = Math.sqrt(mean(gaps.map((gap) => (gap - 100) ** 2)) / gaps.length);
    expect(Math.abs(mean(gaps) - (50 * 2 + 200) / 3)).toBeLessThan(6 * sigma);
    const short = gaps.filter((gap) => gap < 120);
    expect(Math.abs(mean(short) - 50)).toBeLessThan(0.3);
    expect(Math.abs(short.length / gaps.length - 2 / 3)).toBeLessThan(0.02);
  });

  it('are long absences at the configured rate, not scaled by the factor, and marked', () => {
    const walked = walk(settings(0.4), customersOf(600, SIGNUP), '2059-12-31', 0.25);
    const gaps = gapsOf(walked, 600);
    const absences = gaps.filter(({ reactivated }) => reactivated).map(({ days }) => days);
    expect(Math.min(...absences)).toBeGreaterThanOrEqual(2000 - 1e-3);
    expect(Math.max(...absences)).toBeLessThanOrEqual(2400 + 1e-3);
    expect(Math.abs(mean(absences) - 2200)).toBeLessThan((4.5 * 400) / Math.sqrt(12 * absences.length));
    for (const { days } of gaps.filter(({ reactivated }) => !reactivated)) expect(days).toBeLessThan(2000);
    // Rests are the other long gaps; the end of the walk cuts off some absences, so only roughly.
    const rests = gaps.filter(({ days, reactivated }) => !reactivated && days / 0.25 > 120).length;
    expect(absences.length / (absences.length + rests)).toBeGreaterThan(0.33);
    expect(absences.length / (absences.length + rests)).toBeLessThan(0.42);
  });

  it('come rarer for a cohort that was shocked, others unchanged', () => {
    const shocked = walk(settings(0, { retention_shocks: { '2020-03': 0 } }), customersOf(100, SIGNUP), '2030-12-31');
    const usual = walk(settings(0), customersOf(100, SIGNUP), '2030-12-31');
    // No spell has a repeat visit: every gap is a rest.
    expect(Math.min(...gapsOf(shocked, 100).map(({ days }) => days))).toBeGreaterThan(180 - 1e-3);
    expect(Math.min(...gapsOf(usual, 100).map(({ days }) => days))).toBeLessThan(60);
    const april = customersOf(100, '2020-04-01');
    const untouched = walk(settings(0, { retention_shocks: { '2020-03': 0 } }), april, '2030-12-31');
    expect(everyone(100).map(untouched.visitsOf)).toEqual(everyone(100).map(walk(settings(0), april, '2030-12-31').visitsOf));
  });

  it('have Poisson many repeat visits in a spell', () => {
    const { clock, visitsOf } = walk(settings(0), customersOf(200, SIGNUP), '2059-12-31');
    const spells: number[] = [];
    for (const customer of everyone(200)) {
      const times = visitsOf(customer).map(({ moment }) => clock.toShopTime(clock.toDayTime(moment)));
      let repeats = 0;
      times.slice(1).forEach((time, i) => {
        if (time - times[i]! < 120) repeats++;
        else {
          spells.push(repeats);
          repeats = 0;
        }
      });
    }
    let probability = Math.exp(-2);
    for (let k = 0; k < 6; k++) {
      const share = spells.filter((repeats) => repeats === k).length / spells.length;
      expect(Math.abs(share - probability), `${k} repeats`).toBeLessThan(tolerance(probability, spells.length));
      probability *= 2 / (k + 1);
    }
  });
});
