// Customers and products as the dimensions show them.

import type { Config } from '../../../config/schema.ts';
import { quote, quoteList } from '../duck.ts';
import { faultyRows, type RowCheck, type Rule } from '../rule.ts';

/** What an account has and a guest has not. */
const ACCOUNT_COLUMNS = [
  'first_name',
  'last_name',
  'phone_number',
  'gender',
  'age',
  'signup_channel',
  'loyalty_tier',
  'initial_loyalty_tier',
  'loyalty_enrollment_date',
];
/** Columns of an account that may be null. */
const OPTIONAL_COLUMNS = new Set(['gender', 'loyalty_tier', 'initial_loyalty_tier', 'loyalty_enrollment_date']);

function accounts({ vocab }: Config): Rule[] {
  const oneOf = (column: string, words: readonly string[]): Rule =>
    faultyRows('customers', `NOT t.is_guest AND t.${column} NOT IN ${quoteList(words)}`, `${quote(`${column} is `)} || t.${column}`);
  return [
    ...ACCOUNT_COLUMNS.filter((column) => !OPTIONAL_COLUMNS.has(column)).map((column) =>
      faultyRows('customers', `NOT t.is_guest AND t.${column} IS NULL`, quote(`${column} is missing`)),
    ),
    oneOf('customer_status', vocab.customer_status_options),
    oneOf('signup_channel', vocab.signup_channels),
    oneOf('initial_loyalty_tier', vocab.loyalty_tiers),
    oneOf('gender', vocab.genders),
  ];
}

function standingAtSignup({ vocab }: Config): Rule[] {
  const tiers = Object.entries(vocab.clv_map).filter(([tier]) => tier !== 'none');
  const bucket = `CASE t.initial_loyalty_tier ${tiers.map(([tier, name]) => `WHEN ${quote(tier)} THEN ${quote(name)}`).join(' ')} ELSE ${quote(vocab.clv_map['none'] ?? '')} END`;
  return [
    faultyRows('customers', 't.loyalty_tier IS DISTINCT FROM t.initial_loyalty_tier', `'loyalty_tier is not initial_loyalty_tier'`),
    faultyRows(
      'customers',
      `NOT t.is_guest AND t.clv_bucket IS DISTINCT FROM nullif(${bucket}, '')`,
      `'clv_bucket is not that of the tier'`,
    ),
    faultyRows(
      'customers',
      `(t.initial_loyalty_tier IS NULL) <> (t.loyalty_enrollment_date IS NULL)`,
      `'loyalty_enrollment_date does not go with the tier'`,
    ),
    faultyRows(
      'customers',
      `t.loyalty_enrollment_date IS NOT NULL AND coalesce(t.loyalty_enrollment_date < t.signup_date OR try_strptime(t.loyalty_enrollment_date, '%Y-%m-%d') IS NULL, true)`,
      `'loyalty_enrollment_date ' || t.loyalty_enrollment_date || ' is no date from the sign-up on'`,
    ),
  ];
}

const GUESTS: readonly Rule[] = [
  ...ACCOUNT_COLUMNS.map((column) =>
    faultyRows('customers', `t.is_guest AND t.${column} IS NOT NULL`, quote(`${column} is given for a guest`)),
  ),
  faultyRows(
    'customers',
    `t.is_guest <> (t.customer_status = 'Guest')`,
    `'customer_status ' || t.customer_status || ' does not go with is_guest'`,
  ),
  faultyRows('customers', `t.is_guest <> starts_with(t.customer_id, 'GUEST-')`, `'customer_id does not go with is_guest'`),
  faultyRows(
    'customers',
    `NOT regexp_full_match(t.customer_id, '(CUST|GUEST)-(\\d{6}|[1-9]\\d{6,})')`,
    `'customer_id is not CUST- or GUEST- and at least six digits'`,
  ),
];

export const PEOPLE_CHECKS: readonly RowCheck[] = [
  {
    name: 'guests',
    description: 'guests have no name, phone, age, gender, channel or tier, and are marked as guests',
    rules: () => GUESTS,
  },
  {
    name: 'accounts',
    description: 'other customers have what an account needs, in the words of the config',
    rules: ({ config }) => accounts(config),
  },
  {
    name: 'customers at sign-up',
    description: 'tier, enrolment and CLV bucket are those of the sign-up',
    rules: ({ config }) => standingAtSignup(config),
  },
];
