// Names, phone numbers and addresses by faker, fed from our own stream: whose they are decides them, not the order of calls.

import { base, en, Faker } from '@faker-js/faker';
import type { Config } from '../config/schema.ts';
import { Stream, threshold } from '../lib/random.ts';

/** Share of people whose bills go elsewhere than their parcels. */
const OTHER_BILLING = threshold(0.15);
/** Reserved for examples: mail to them reaches nobody (RFC 2606). */
const MAIL_DOMAINS = ['example.com', 'example.org', 'example.net'] as const;

export type Sex = 'female' | 'male';

export interface Contact {
  readonly firstName: string;
  readonly lastName: string;
  readonly phone: string;
  readonly email: string;
  readonly mailing: string;
  readonly billing: string;
}

export class ContactDraw {
  private readonly stream: Stream;
  private readonly faker: Faker;
  private readonly regions: readonly string[];

  /** One faker for all: to build or seed one a person would cost more than the person. */
  constructor(config: Config, name: string) {
    const stream = new Stream(config.faker_seed, name);
    this.stream = stream;
    this.faker = new Faker({ locale: [en, base], randomizer: { next: () => stream.unit(), seed: () => undefined } });
    this.regions = config.vocab.regions;
  }

  /** The contact of person `number`. `mark` stands in the e-mail address and must be unlike all others'. */
  draw(number: number, sex: Sex | undefined, mark: string): Contact {
    const { faker } = this;
    const stream = this.stream.open(number);
    const domain = MAIL_DOMAINS[stream.below(MAIL_DOMAINS.length)]!;
    const otherBilling = stream.next() < OTHER_BILLING;
    const firstName = faker.person.firstName(sex);
    const lastName = faker.person.lastName();
    const phone = faker.phone.number({ style: 'national' });
    const mailing = this.drawAddress();
    const billing = otherBilling ? this.drawAddress() : mailing;
    return { firstName, lastName, phone, email: `${mailWord(firstName)}.${mailWord(lastName)}${mark}@${domain}`, mailing, billing };
  }

  private drawAddress(): string {
    const { faker, stream, regions } = this;
    const region = regions[stream.below(regions.length)]!;
    const house = stream.between(1, 9999);
    const zip = String(stream.between(501, 99_950)).padStart(5, '0');
    return `${house} ${faker.location.street()}, ${faker.location.city()}, ${region} ${zip}`;
  }
}

function mailWord(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
}
