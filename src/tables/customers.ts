import { bool, float, text, type TableSpec } from './spec.ts';

export const customers: TableSpec = {
  name: 'customers',
  key: ['customer_id'],
  partitionKey: 'signup_date',
  dateColumn: 'signup_date',
  columns: [
    text('customer_id', { encoding: 'prefix', statistics: true }),
    text('first_name?'),
    text('last_name?'),
    text('email', { encoding: 'plain' }),
    text('phone_number?', { encoding: 'plain' }),
    text('signup_date', { format: 'date' }),
    text('gender?'),
    float('age?'),
    bool('is_guest'),
    text('customer_status'),
    text('signup_channel?'),
    text('loyalty_tier?'),
    text('initial_loyalty_tier?'),
    bool('email_verified'),
    bool('marketing_opt_in'),
    text('mailing_address', { encoding: 'plain' }),
    text('billing_address', { encoding: 'plain' }),
    text('loyalty_enrollment_date?', { format: 'date', statistics: true }),
    text('clv_bucket?'),
  ],
};
