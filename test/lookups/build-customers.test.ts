import { en } from '@faker-js/faker';
import { describe, expect, it } from 'vitest';
import { MS_PER_DAY, parseDay } from '../../src/lib/days.ts';
import { buildCustomers } from '../../src/lookups/build-customers.ts';
import { TABLES } from '../../src/tables/index.ts';
import { configWith, rowsOf, type Changes, type CustomerRow } from './sample-lookups.ts';

const WINDOW = { signup_start_date: '2019-12-20', signup_end_date: '2020-03-10' };
const DAYS = 82;

function customersOf(changes: Changes = {}, scale = 0.04): CustomerRow[] {
  return rowsOf(buildCustomers(configWith({ ...changes, customers: { ...WINDOW, ...changes.customers } }), scale));
}

const rows = customersOf();
const registered = rows.filter((row) => !row.is_guest);
const guests = rows.filter((row) => row.is_guest);

/** A share within 4.5 standard deviations of its sample size. */
function expectShare(rowsOfKind: readonly CustomerRow[], is: (row: CustomerRow) => boolean, share: number): void {
  const measured = rowsOfKind.filter(is).length / rowsOfKind.length;
  expect(Math.abs(measured - share)).toBeLessThanOrEqual(4.5 * Math.sqrt((share * (1 - share)) / rowsOfKind.length));
}

describe('the table', () => {
  it('has the contract’s columns, nulls only where it allows them', () => {
    const names = TABLES.customers.columns.map((column) => column.name);
    expect(Object.keys(rows[0]!)).toEqual(names);
    for (const column of TABLES.customers.columns) {
      const nulls = rows.filter((row) => row[column.name as keyof CustomerRow] === null).length;
      if (column.nullable) expect(nulls, column.name).toBeGreaterThan(0);
      else expect(nulls, column.name).toBe(0);
    }
  });

  it('is the same for the same seed, scale and config, and another for another seed', () => {
    expect(customersOf({}, 0.01)).toEqual(customersOf({}, 0.01));
    expect(customersOf({ seed: 7 }, 0.01)).not.toEqual(customersOf({}, 0.01));
  });

  it('has as many customers as the scale says, one at least', () => {
    expect(customersOf({}, 0.01)).toHaveLength(3000);
    expect(customersOf({}, 0.012_345)).toHaveLength(3704);
    expect(customersOf({}, 1e-9)).toHaveLength(1);
    expect(customersOf({ customers: { num_customers: 500 } }, 1)).toHaveLength(500);
  });

  it('has the exact number of guests, spread evenly over the days', () => {
    expect(guests).toHaveLength(4800);
    for (const [share, count] of [
      [0, 0],
      [1, 3000],
      [0.3333, 1000],
    ] as const) {
      const some = customersOf({ customers: { guest_shopper_pct: share } }, 0.01);
      expect(some.filter((row) => row.is_guest)).toHaveLength(count);
    }
    for (const today of Map.groupBy(rows, (row) => row.signup_date).values()) {
      expect(Math.abs(today.filter((row) => row.is_guest).length - today.length * 0.4)).toBeLessThan(1);
    }
  });

  it('has sign-ups on every day of the window and on no other', () => {
    const days = new Set(rows.map((row) => row.signup_date));
    expect(days.size).toBe(DAYS);
    expect(rows[0]!.signup_date).toBe(WINDOW.signup_start_date);
    expect(rows.at(-1)!.signup_date).toBe(WINDOW.signup_end_date);
    expect(new Set(customersOf({ customers: { num_customers: DAYS } }, 1).map((row) => row.signup_date)).size).toBe(DAYS);
    const oneDay = customersOf({ customers: { signup_start_date: '2024-02-29', signup_end_date: '2024-02-29' } }, 0.001);
    expect(new Set(oneDay.map((row) => row.signup_date))).toEqual(new Set(['2024-02-29']));
  });

  it('is sorted by day, then guests after others, then number; both kinds are numbered from 1 without gaps', () => {
    const sortKeys = rows.map((row) => `${row.signup_date} ${row.customer_id}`);
    expect(sortKeys).toEqual(sortKeys.toSorted());
    const idsFrom = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, i) => `${prefix}-${String(i + 1).padStart(6, '0')}`);
    expect(registered.map((row) => row.customer_id)).toEqual(idsFrom('CUST', registered.length));
    expect(guests.map((row) => row.customer_id)).toEqual(idsFrom('GUEST', guests.length));
  });
});

describe('independence', () => {
  const traitsOf = ({ signup_date: _day, loyalty_enrollment_date: _enrolled, ...traits }: CustomerRow) => traits;
  const byId = (all: readonly CustomerRow[]) => new Map(all.map((row) => [row.customer_id, traitsOf(row)]));

  it('leaves everyone as they are when there are more customers or more days', () => {
    const more = byId(customersOf({ customers: { signup_end_date: '2020-12-31' } }, 0.05));
    for (const row of rows) expect(more.get(row.customer_id)).toEqual(traitsOf(row));
  });

  it('changes nothing but the tier when the tiers change', () => {
    const changed = byId(customersOf({ parameters: { no_tier_probability: 1 } }));
    for (const row of rows) {
      const tierless = { ...traitsOf(row), loyalty_tier: null, initial_loyalty_tier: null, clv_bucket: row.is_guest ? null : 'Low' };
      expect(changed.get(row.customer_id)).toEqual(tierless);
    }
  });
});

describe('registered customers', () => {
  it('have the configured shares', () => {
    const { parameters, lookup_config } = configWith({});
    for (const [channel, share] of Object.entries(parameters.signup_channel_distribution)) {
      expectShare(registered, (row) => row.signup_channel === channel, share);
      const ofChannel = registered.filter((row) => row.signup_channel === channel);
      const tiered = ofChannel.filter((row) => row.loyalty_tier !== null);
      expectShare(ofChannel, (row) => row.loyalty_tier === null, parameters.no_tier_probability);
      const weights = parameters.loyalty_distribution_by_channel[channel] as Record<string, number>;
      for (const [tier, weight] of Object.entries(weights)) expectShare(tiered, (row) => row.loyalty_tier === tier, weight);
    }
    ['Active', 'Inactive', 'Dormant'].forEach((status, i) => {
      expectShare(registered, (row) => row.customer_status === status, parameters.customer_status_probs[i]!);
    });
    expectShare(registered, (row) => row.gender === null, lookup_config.customers.gender_unknown_prob);
    expectShare(registered, (row) => row.email_verified, parameters.email_verified_prob);
    expectShare(registered, (row) => row.marketing_opt_in, parameters.marketing_opt_in_prob);
    expectShare(registered, (row) => row.billing_address === row.mailing_address, 0.85);
  });

  it('have every age of the range alike', () => {
    for (let age = 18; age <= 70; age++) expectShare(registered, (row) => row.age === age, 1 / 53);
    const sameAge = customersOf({ customers: { min_age: 33, max_age: 33, guest_shopper_pct: 0 } }, 0.001);
    expect(new Set(sameAge.map((row) => row.age))).toEqual(new Set([33]));
  });

  it('show the tier and bucket of their sign-up', () => {
    const { clv_map } = configWith({}).vocab;
    for (const row of registered) {
      expect(row.initial_loyalty_tier).toBe(row.loyalty_tier);
      expect(row.clv_bucket).toBe(clv_map[row.loyalty_tier ?? 'none']);
    }
  });

  it('take tier weights as a list, and all tiers alike where none are given', () => {
    const onlyGold = customersOf(
      { parameters: { loyalty_distribution_by_channel: { default: [0, 0, 1, 0] }, no_tier_probability: 0 } },
      0.001,
    );
    expect(new Set(onlyGold.map((row) => row.loyalty_tier))).toEqual(new Set(['Gold', null]));
    const alike = customersOf({
      parameters: { loyalty_distribution_by_channel: {}, no_tier_probability: 0 },
      customers: { guest_shopper_pct: 0 },
    });
    for (const tier of ['Bronze', 'Silver', 'Gold', 'Platinum']) expectShare(alike, (row) => row.loyalty_tier === tier, 0.25);
  });

  it('join the programme within 30 days of sign-up, in the window, if they have a tier', () => {
    for (const row of registered) {
      expect(row.loyalty_enrollment_date === null).toBe(row.loyalty_tier === null);
      if (row.loyalty_enrollment_date === null) continue;
      const delay = parseDay(row.loyalty_enrollment_date) - parseDay(row.signup_date);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(30);
      expect(row.loyalty_enrollment_date <= WINDOW.signup_end_date).toBe(true);
    }
    expect(
      new Set(registered.slice(0, 1000).map((row) => Date.parse(row.loyalty_enrollment_date ?? row.signup_date) / MS_PER_DAY)).size,
    ).toBeGreaterThan(20);
  });

  it('have e-mail addresses of their own that reach nobody, and addresses in the regions', () => {
    expect(new Set(registered.map((row) => row.email)).size).toBe(registered.length);
    const { regions } = configWith({}).vocab;
    for (const row of rows) {
      expect(row.email).toMatch(/^[a-z]+\.[a-z]+(\.guest\d+|\.shared\d+|\d+)@example\.(com|org|net)$/);
      for (const address of [row.mailing_address, row.billing_address]) {
        const [, region] = /^\d+ [^,]+, [^,]+, (.+) \d{5}$/.exec(address) ?? [];
        expect(regions).toContain(region);
      }
    }
    for (const row of registered) expect(row.phone_number).toMatch(/^\(\d{3}\) \d{3}-\d{4}$/);
  });

  it('have first names that go with their gender, in whatever order the vocabulary has them', () => {
    const names = en.person!.first_name as { female: string[]; male: string[]; generic: string[] };
    const female = new Set(names.female);
    const male = new Set(names.male);
    for (const genders of [
      ['Female', 'Male', 'Non-binary'],
      ['Other', 'male', 'female'],
      ['M', 'F'],
    ]) {
      const some = customersOf({ vocab: { genders } }, 0.01).filter((row) => !row.is_guest);
      const women = some.filter((row) => /^f/i.test(row.gender ?? ''));
      const men = some.filter((row) => /^m/i.test(row.gender ?? ''));
      expectShare(some, (row) => row.gender !== null && women.includes(row), 0.95 * (genders.length === 2 ? 0.5 : 0.49));
      expect(women.filter((row) => male.has(row.first_name!) && !female.has(row.first_name!))).toEqual([]);
      expect(men.filter((row) => female.has(row.first_name!) && !male.has(row.first_name!))).toEqual([]);
      expect(men.length).toBeGreaterThan(some.length / 3);
    }
  });

  it('live with a vocabulary of one gender', () => {
    const some = customersOf({ vocab: { genders: ['Unstated'] }, customers: { gender_unknown_prob: 0, guest_shopper_pct: 0 } }, 0.001);
    expect(new Set(some.map((row) => row.gender))).toEqual(new Set(['Unstated']));
  });
});

describe('guests', () => {
  it('are known by their contact alone', () => {
    for (const row of guests) {
      const {
        first_name,
        last_name,
        phone_number,
        gender,
        age,
        signup_channel,
        loyalty_tier,
        initial_loyalty_tier,
        loyalty_enrollment_date,
        clv_bucket,
      } = row;
      expect([
        first_name,
        last_name,
        phone_number,
        gender,
        age,
        signup_channel,
        loyalty_tier,
        initial_loyalty_tier,
        loyalty_enrollment_date,
        clv_bucket,
      ]).toEqual(Array(10).fill(null));
      expect(row.customer_status).toBe('Guest');
      expect(row.email_verified).toBe(false);
    }
    expectShare(guests, (row) => row.marketing_opt_in, 0.5);
  });

  it('share whole contacts of the pool at the configured rate, and have their own otherwise', () => {
    const isShared = (row: CustomerRow) => row.email.includes('.shared');
    expectShare(guests, isShared, 0.2);
    const contactOf = (row: CustomerRow) => `${row.email} ${row.mailing_address} ${row.billing_address}`;
    const shared = guests.filter(isShared);
    expect(new Set(shared.map(contactOf)).size).toBe(50);
    expect(new Set(shared.map((row) => row.email)).size).toBe(50);
    const own = guests.filter((row) => !isShared(row));
    expect(new Set(own.map((row) => row.email)).size).toBe(own.length);
    const one = customersOf({ parameters: { guest_contact_pool_size: 1, guest_contact_reuse_prob: 1 } }, 0.001).filter(
      (row) => row.is_guest,
    );
    expect(new Set(one.map(contactOf)).size).toBe(1);
  });
});
