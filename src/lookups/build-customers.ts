// The customers: who they are on the day they sign up, guests included.

import { base, en, Faker } from '@faker-js/faker';
import type { RecordBatch } from 'apache-arrow';
import type { Config } from '../config/schema.ts';
import { formatDay, parseDay } from '../lib/days.ts';
import { Stream, threshold, WeightedChoice } from '../lib/random.ts';
import { BatchBuilder } from '../tables/column-builders.ts';
import { TABLES } from '../tables/index.ts';

const GUEST_STATUS = 'Guest';
/** Share of customers whose bills go elsewhere than their parcels. */
const OTHER_BILLING = threshold(0.15);
/** Most days from sign-up to the loyalty programme. */
const MAX_ENROLLMENT_DAYS = 30;
/** Sign-ups stay at full strength for the first two sevenths of the window, then fall to a tenth: 2019 and 2020 of seven years. */
const STRONG_SHARE = 2 / 7;
const FINAL_STRENGTH = 0.1;
/** Domains that are reserved for examples and reach nobody (RFC 2606). */
const MAIL_DOMAINS = ['example.com', 'example.org', 'example.net'];

interface Contact {
  email: string;
  mailing: string;
  billing: string;
}

/** All customers at `scale`, in one batch: by sign-up date, within a day registered ones before guests, each by number. */
export function buildCustomers(config: Config, scale: number): RecordBatch {
  const { num_customers: atScale1, guest_shopper_pct, signup_start_date, signup_end_date } = config.lookup_config.customers;
  const count = Math.max(1, Math.round(atScale1 * scale));
  const guests = Math.round(count * guest_shopper_pct);
  const firstDay = parseDay(signup_start_date);
  const perDay = spreadSignups(count, parseDay(signup_end_date) - firstDay + 1);
  const batch = new BatchBuilder(TABLES.customers.columns);
  const writer = new CustomerWriter(config, batch);
  batch.reset(count);

  let customer = 0;
  let registered = 0;
  let asGuest = 0;
  perDay.forEach((signups, day) => {
    // Every so many customers is a guest, so that guests are a steady share of each day.
    const guestsBefore = Math.floor((customer * guests) / count);
    customer += signups;
    const guestsToday = Math.floor((customer * guests) / count) - guestsBefore;
    for (let i = guestsToday; i < signups; i++) writer.pushRegistered(++registered, firstDay + day);
    for (let i = 0; i < guestsToday; i++) writer.pushGuest(++asGuest, firstDay + day);
  });
  return batch.finish();
}

/** Sign-ups of each day; at least one on every day when there are enough customers. */
function spreadSignups(count: number, days: number): number[] {
  const everyDay = count >= days ? 1 : 0;
  const free = count - everyDay * days;
  const strength = Array.from({ length: days }, (_, day) => {
    const past = (day + 0.5) / days - STRONG_SHARE;
    return past <= 0 ? 1 : 1 - ((1 - FINAL_STRENGTH) * past) / (1 - STRONG_SHARE);
  });
  const total = strength.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  let given = 0;
  return strength.map((value, day) => {
    sum += value;
    const upTo = day === days - 1 ? free : Math.floor((free * sum) / total);
    const today = upTo - given;
    given = upTo;
    return everyDay + today;
  });
}

class CustomerWriter {
  private readonly config: Config;
  private readonly batch: BatchBuilder;
  private readonly stream: Stream;
  private readonly faker: Faker;
  private readonly channel: WeightedChoice;
  private readonly tierByChannel: readonly WeightedChoice[];
  private readonly status: WeightedChoice;
  private readonly pool: readonly Contact[];
  private readonly lastDay: number;

  constructor(config: Config, batch: BatchBuilder) {
    const { vocab, parameters } = config;
    this.config = config;
    this.batch = batch;
    const stream = new Stream(config.faker_seed, 'customers');
    this.stream = stream;
    // One instance for all: whose numbers it draws is decided by what the stream was opened for.
    this.faker = new Faker({ locale: [en, base], randomizer: { next: () => stream.unit(), seed: () => undefined } });
    this.channel = new WeightedChoice(vocab.signup_channels.map((name) => parameters.signup_channel_distribution[name] ?? 0));
    this.tierByChannel = vocab.signup_channels.map((name) => new WeightedChoice(tierWeights(config, name)));
    this.status = new WeightedChoice(parameters.customer_status_probs);
    this.lastDay = parseDay(config.lookup_config.customers.signup_end_date);
    this.pool = Array.from({ length: parameters.guest_contact_pool_size }, (_, i) => {
      stream.open(2, i);
      return this.drawContact(this.faker.person.firstName(), this.faker.person.lastName(), `.shared${i + 1}`);
    });
  }

  pushRegistered(number: number, day: number): void {
    const { batch, stream, faker } = this;
    const { vocab, parameters, lookup_config: lookups } = this.config;
    const { min_age, max_age, gender_unknown_prob } = lookups.customers;
    stream.open(0, number);
    const female = stream.next() < 2 ** 31;
    const other = vocab.genders.length > 2 && stream.next() < threshold(0.02);
    const gender = other ? vocab.genders[2 + stream.below(vocab.genders.length - 2)]! : vocab.genders[Math.min(female ? 0 : 1, vocab.genders.length - 1)]!;
    const unknown = stream.next() < threshold(gender_unknown_prob);
    const channel = this.channel.pick(stream.next());
    const tier = this.tierByChannel[channel]!.pick(stream.next());
    const hasTier = stream.next() >= threshold(parameters.no_tier_probability);
    const age = stream.between(min_age, max_age);
    const status = this.status.pick(stream.next());
    const verified = stream.next() < threshold(parameters.email_verified_prob);
    const optIn = stream.next() < threshold(parameters.marketing_opt_in_prob);
    const enrolled = Math.min(day + stream.between(0, MAX_ENROLLMENT_DAYS), this.lastDay);
    const firstName = faker.person.firstName(female ? 'female' : 'male');
    const lastName = faker.person.lastName();
    const contact = this.drawContact(firstName, lastName, String(number));

    batch.text('customer_id').pushText(`CUST-${String(number).padStart(6, '0')}`);
    batch.text('first_name').pushText(firstName);
    batch.text('last_name').pushText(lastName);
    batch.text('phone_number').pushText(faker.phone.number({ style: 'national' }));
    pushOrNull(batch, 'gender', unknown ? undefined : gender);
    batch.float('age').push(age);
    batch.bool('is_guest').push(false);
    batch.text('customer_status').pushText(vocab.customer_status_options[status]!);
    batch.text('signup_channel').pushText(vocab.signup_channels[channel]!);
    const tierName = hasTier ? vocab.loyalty_tiers[tier]! : undefined;
    pushOrNull(batch, 'loyalty_tier', tierName);
    pushOrNull(batch, 'initial_loyalty_tier', tierName);
    batch.bool('email_verified').push(verified);
    batch.bool('marketing_opt_in').push(optIn);
    pushOrNull(batch, 'loyalty_enrollment_date', hasTier ? formatDay(enrolled) : undefined);
    pushOrNull(batch, 'clv_bucket', vocab.clv_map[tierName ?? 'none']);
    this.pushCommon(contact, day);
  }

  pushGuest(number: number, day: number): void {
    const { batch, stream, faker } = this;
    const { parameters } = this.config;
    stream.open(1, number);
    const shared = stream.next() < threshold(parameters.guest_contact_reuse_prob);
    const fromPool = this.pool[stream.below(this.pool.length)]!;
    const optIn = stream.next() < threshold(parameters.marketing_opt_in_prob);
    const contact = shared ? fromPool : this.drawContact(faker.person.firstName(), faker.person.lastName(), `.guest${number}`);

    batch.text('customer_id').pushText(`GUEST-${String(number).padStart(6, '0')}`);
    for (const name of ['first_name', 'last_name', 'phone_number', 'gender', 'signup_channel', 'loyalty_tier', 'initial_loyalty_tier', 'loyalty_enrollment_date', 'clv_bucket']) {
      batch.text(name).pushNull();
    }
    batch.float('age').pushNull();
    batch.bool('is_guest').push(true);
    batch.text('customer_status').pushText(GUEST_STATUS);
    batch.bool('email_verified').push(false);
    batch.bool('marketing_opt_in').push(optIn);
    this.pushCommon(contact, day);
  }

  private pushCommon({ email, mailing, billing }: Contact, day: number): void {
    this.batch.text('email').pushText(email);
    this.batch.text('signup_date').pushText(formatDay(day));
    this.batch.text('mailing_address').pushText(mailing);
    this.batch.text('billing_address').pushText(billing);
  }

  /** `distinct` keeps the address unlike all others. */
  private drawContact(firstName: string, lastName: string, distinct: string): Contact {
    const domain = MAIL_DOMAINS[this.stream.below(MAIL_DOMAINS.length)]!;
    const mailing = this.drawAddress();
    const billing = this.stream.next() < OTHER_BILLING ? this.drawAddress() : mailing;
    return { email: `${mailWord(firstName)}.${mailWord(lastName)}${distinct}@${domain}`, mailing, billing };
  }

  private drawAddress(): string {
    const { faker, stream } = this;
    const { regions } = this.config.vocab;
    const region = regions[stream.below(regions.length)]!;
    return `${stream.between(1, 9999)} ${faker.location.street()}, ${faker.location.city()}, ${region} ${String(stream.between(501, 99950)).padStart(5, '0')}`;
  }
}

function tierWeights(config: Config, channel: string): number[] {
  const { vocab, parameters } = config;
  const byChannel = parameters.loyalty_distribution_by_channel;
  const weights = byChannel[channel] ?? byChannel['default'];
  if (weights === undefined) return vocab.loyalty_tiers.map(() => 1);
  return Array.isArray(weights) ? weights : vocab.loyalty_tiers.map((tier) => weights[tier] ?? 0);
}

function mailWord(name: string): string {
  return name.normalize('NFD').replace(/[^A-Za-z0-9]/g, '').toLowerCase() || 'x';
}

function pushOrNull(batch: BatchBuilder, name: string, value: string | undefined): void {
  if (value === undefined) batch.text(name).pushNull();
  else batch.text(name).pushText(value);
}
