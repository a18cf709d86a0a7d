// The customers: who they are on the day they sign up, guests included.

import type { RecordBatch } from 'apache-arrow';
import type { Config } from '../config/schema.ts';
import { formatDay, parseDay } from '../lib/days.ts';
import { Stream, threshold, WeightedChoice } from '../lib/random.ts';
import { BatchBuilder } from '../tables/column-builders.ts';
import { TABLES } from '../tables/index.ts';
import { ContactDraw, type Contact, type Sex } from './draw-contact.ts';
import { spreadSignups } from './spread-signups.ts';

const GUEST_STATUS = 'Guest';
/** Most days from sign-up to the loyalty programme. */
const MAX_ENROLLMENT_DAYS = 30;
/** Share of customers whose gender is neither female nor male, where the vocabulary has a word for it. */
const OTHER_GENDER_SHARE = 0.02;

/** All customers at `scale`, in one batch: by sign-up date, within a day registered ones before guests, each by number. */
export function buildCustomers(config: Config, scale: number): RecordBatch {
  const { num_customers: atScale1, guest_shopper_pct, signup_start_date, signup_end_date } = config.lookup_config.customers;
  const count = Math.max(1, Math.round(atScale1 * scale));
  const guests = Math.round(count * guest_shopper_pct);
  const firstDay = parseDay(signup_start_date);
  const days = parseDay(signup_end_date) - firstDay + 1;
  const batch = new BatchBuilder(TABLES.customers.columns);
  const writer = new CustomerWriter(config, batch);
  batch.reset(count);

  let customers = 0;
  let guestsBefore = 0;
  spreadSignups(config.faker_seed, count, days).forEach((signups, i) => {
    const registeredBefore = customers - guestsBefore;
    customers += signups;
    // The same share of guests on every day, but for rounding.
    const guestsSoFar = Math.floor((customers * guests) / count);
    writer.openDay(firstDay + i);
    for (let number = registeredBefore + 1; number <= customers - guestsSoFar; number++) writer.pushRegistered(number);
    for (let number = guestsBefore + 1; number <= guestsSoFar; number++) writer.pushGuest(number);
    guestsBefore = guestsSoFar;
  });
  return batch.finish();
}

class CustomerWriter {
  private readonly config: Config;
  private readonly batch: BatchBuilder;
  private readonly traits: Stream;
  private readonly guestTraits: Stream;
  private readonly contacts: ContactDraw;
  private readonly guestContacts: ContactDraw;
  private readonly sharedContacts: readonly Contact[];
  private readonly sexes: readonly (Sex | undefined)[];
  private readonly gender: WeightedChoice;
  private readonly channel: WeightedChoice;
  private readonly tierByChannel: readonly WeightedChoice[];
  private readonly status: WeightedChoice;
  /** Dates by days since sign-up; none is after the sign-up window. */
  private readonly dates: string[] = [];
  private readonly lastDay: number;

  constructor(config: Config, batch: BatchBuilder) {
    const { vocab, parameters, faker_seed: seed } = config;
    this.config = config;
    this.batch = batch;
    this.traits = new Stream(seed, 'customer');
    this.guestTraits = new Stream(seed, 'guest');
    this.contacts = new ContactDraw(config, 'customer contact');
    this.guestContacts = new ContactDraw(config, 'guest contact');
    const shared = new ContactDraw(config, 'shared contact');
    this.sharedContacts = Array.from({ length: parameters.guest_contact_pool_size }, (_, i) =>
      shared.draw(i, undefined, `.shared${i + 1}`),
    );
    this.sexes = vocab.genders.map(sexOf);
    this.gender = genderChoice(this.sexes);
    this.channel = new WeightedChoice(vocab.signup_channels.map((name) => parameters.signup_channel_distribution[name] ?? 0));
    this.tierByChannel = vocab.signup_channels.map((name) => new WeightedChoice(tierWeights(config, name)));
    this.status = new WeightedChoice(parameters.customer_status_probs);
    this.lastDay = parseDay(config.lookup_config.customers.signup_end_date);
  }

  /** All that is pushed from now on signs up on `day`. */
  openDay(day: number): void {
    for (let i = 0; i <= MAX_ENROLLMENT_DAYS; i++) this.dates[i] = formatDay(Math.min(day + i, this.lastDay));
  }

  pushRegistered(number: number): void {
    const { batch, traits } = this;
    const { vocab, parameters, lookup_config: lookups } = this.config;
    const { min_age, max_age, gender_unknown_prob } = lookups.customers;
    // Every draw is taken whether it is used or not, so that none moves another.
    traits.open(number);
    const gender = this.gender.pick(traits.next());
    const genderKnown = traits.next() >= threshold(gender_unknown_prob);
    const channel = this.channel.pick(traits.next());
    const drawnTier = vocab.loyalty_tiers[this.tierByChannel[channel]!.pick(traits.next())]!;
    const tier = traits.next() < threshold(parameters.no_tier_probability) ? undefined : drawnTier;
    const age = traits.between(min_age, max_age);
    const status = this.status.pick(traits.next());
    const verified = traits.next() < threshold(parameters.email_verified_prob);
    const optIn = traits.next() < threshold(parameters.marketing_opt_in_prob);
    const enrolled = this.dates[traits.between(0, MAX_ENROLLMENT_DAYS)]!;
    const contact = this.contacts.draw(number, this.sexes[gender], String(number));

    batch.text('customer_id').pushText(customerId('CUST', number));
    batch.text('first_name').pushText(contact.firstName);
    batch.text('last_name').pushText(contact.lastName);
    batch.text('phone_number').pushText(contact.phone);
    this.pushText('gender', genderKnown ? vocab.genders[gender] : undefined);
    batch.float('age').push(age);
    batch.bool('is_guest').push(false);
    batch.text('customer_status').pushText(vocab.customer_status_options[status]!);
    batch.text('signup_channel').pushText(vocab.signup_channels[channel]!);
    this.pushText('loyalty_tier', tier);
    this.pushText('initial_loyalty_tier', tier);
    batch.bool('email_verified').push(verified);
    batch.bool('marketing_opt_in').push(optIn);
    this.pushText('loyalty_enrollment_date', tier === undefined ? undefined : enrolled);
    this.pushText('clv_bucket', vocab.clv_map[tier ?? 'none']);
    this.pushContact(contact);
  }

  pushGuest(number: number): void {
    const { batch, guestTraits: traits, sharedContacts } = this;
    const { parameters } = this.config;
    traits.open(number);
    const isShared = traits.next() < threshold(parameters.guest_contact_reuse_prob);
    const shared = sharedContacts[traits.below(sharedContacts.length)]!;
    const optIn = traits.next() < threshold(parameters.marketing_opt_in_prob);
    const contact = isShared ? shared : this.guestContacts.draw(number, undefined, `.guest${number}`);

    batch.text('customer_id').pushText(customerId('GUEST', number));
    for (const name of NULL_FOR_GUESTS) batch.text(name).pushNull();
    batch.float('age').pushNull();
    batch.bool('is_guest').push(true);
    batch.text('customer_status').pushText(GUEST_STATUS);
    // Only an account can be verified.
    batch.bool('email_verified').push(false);
    batch.bool('marketing_opt_in').push(optIn);
    this.pushContact(contact);
  }

  private pushContact({ email, mailing, billing }: Contact): void {
    const { batch } = this;
    batch.text('email').pushText(email);
    batch.text('signup_date').pushText(this.dates[0]!);
    batch.text('mailing_address').pushText(mailing);
    batch.text('billing_address').pushText(billing);
  }

  private pushText(name: string, value: string | undefined): void {
    if (value === undefined) this.batch.text(name).pushNull();
    else this.batch.text(name).pushText(value);
  }
}

/** Text columns; `age` is null as well. */
const NULL_FOR_GUESTS = [
  'first_name',
  'last_name',
  'phone_number',
  'gender',
  'signup_channel',
  'loyalty_tier',
  'initial_loyalty_tier',
  'loyalty_enrollment_date',
  'clv_bucket',
] as const;

function customerId(prefix: 'CUST' | 'GUEST', number: number): string {
  return `${prefix}-${String(number).padStart(6, '0')}`;
}

/** What first names go with a word of the vocabulary: `Female`, `F`, `woman`; `Male`, `M`, `man`; any with all others. */
function sexOf(gender: string): Sex | undefined {
  if (/^(f|female|w|woman|girl)$/i.test(gender)) return 'female';
  return /^(m|male|man|boy)$/i.test(gender) ? 'male' : undefined;
}

/** Women and men alike, and a few others. */
function genderChoice(sexes: readonly (Sex | undefined)[]): WeightedChoice {
  const others = sexes.filter((sex) => sex === undefined).length;
  const rest = sexes.length - others;
  return new WeightedChoice(sexes.map((sex) => (sex === undefined ? OTHER_GENDER_SHARE / others : (1 - OTHER_GENDER_SHARE) / rest)));
}

function tierWeights(config: Config, channel: string): number[] {
  const { vocab, parameters } = config;
  const byChannel = parameters.loyalty_distribution_by_channel;
  const weights = byChannel[channel] ?? byChannel['default'];
  if (weights === undefined) return vocab.loyalty_tiers.map(() => 1);
  return Array.isArray(weights) ? weights : vocab.loyalty_tiers.map((tier) => weights[tier] ?? 0);
}
