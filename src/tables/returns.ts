import { money, text, timestamp, type TableSpec } from './spec.ts';

export const returns: TableSpec = {
  name: 'returns',
  key: ['return_id'],
  partitionKey: 'ingest_dt',
  dateColumn: 'return_date',
  idPrefix: 'RTN-',
  columns: [
    text('return_id', { encoding: 'prefix', statistics: true }),
    text('order_id', { encoding: 'plain', statistics: true }),
    text('customer_id', { encoding: 'plain', statistics: true }),
    text('email', { encoding: 'plain' }),
    timestamp('return_date'),
    text('reason'),
    text('return_type'),
    money('refunded_amount', { encoding: 'plain' }),
    text('return_channel'),
    text('agent_id?'),
    text('refund_method'),
  ],
};
