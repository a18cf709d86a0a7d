// Words: every text is of its vocabulary once trimmed and case-folded, and goes with the words beside it.

import type { Config } from '../../../config/schema.ts';
import { quote, quoteList, word, words } from '../duck.ts';
import { faultyRows, mayBeMissing, type LoadedTable, type RowCheck, type RuleContext, type Rule } from '../rule.ts';

const ONLINE = 'ONLINE';
const CART_STATUSES = ['converted', 'abandoned', 'emptied'];
const RETURN_TYPES = ['Refund'];

interface Vocabulary {
  readonly table: 'carts' | 'orders' | 'returns';
  readonly column: string;
  readonly words: readonly string[];
}

/** Columns of words, by the table's name in a window; categories are compared with the catalogue instead. */
export function vocabularies({ vocab, parameters }: Config): Vocabulary[] {
  return [
    { table: 'carts', column: 'status', words: CART_STATUSES },
    { table: 'orders', column: 'order_channel', words: vocab.order_channels },
    { table: 'orders', column: 'customer_tier', words: Object.keys(parameters.tier_spend_thresholds) },
    { table: 'orders', column: 'payment_method', words: vocab.payment_methods },
    { table: 'orders', column: 'shipping_speed', words: vocab.shipping_speeds },
    { table: 'orders', column: 'clv_bucket', words: Object.keys(parameters.clv_spend_thresholds) },
    { table: 'returns', column: 'reason', words: vocab.return_reasons },
    { table: 'returns', column: 'return_type', words: RETURN_TYPES },
    { table: 'returns', column: 'return_channel', words: vocab.return_channels },
    { table: 'returns', column: 'refund_method', words: vocab.payment_methods },
  ];
}

function allowedPayments({ vocab, channel_rules: rules }: Config): Rule[] {
  return vocab.order_channels.flatMap((channel) => {
    const allowed = rules[channel]?.allowed_payment_methods;
    if (allowed === undefined) return [];
    return faultyRows(
      'orders',
      `${word('t.order_channel')} = ${quote(channel.toLowerCase())} AND ${word('t.payment_method')} NOT IN ${words(allowed)}`,
      `'payment_method ' || t.payment_method || ' is not allowed for ' || t.order_channel`,
    );
  });
}

/** Agents answer the phone where there are any; a return's channel counts when orders have it too. */
function agents(context: RuleContext, table: LoadedTable, channelColumn: string): Rule[] {
  const { vocab } = context.config;
  const hasAgents = vocab.agent_pool.enabled && vocab.order_channels.includes('Phone');
  const ids = hasAgents ? vocab.agent_pool.agents.map(({ id }) => id) : [];
  const byPhone = hasAgents ? `${word(`t.${channelColumn}`)} = 'phone'` : 'false';
  return [
    faultyRows(
      table,
      `CASE WHEN ${byPhone} THEN t.agent_id NOT IN ${quoteList(ids)} ELSE t.agent_id <> ${quote(ONLINE)} END`,
      `'agent_id ' || t.agent_id || ' does not go with ' || t.${channelColumn}`,
    ),
    ...(mayBeMissing(context, `${table}.agent_id`) ? [] : [faultyRows(table, 't.agent_id IS NULL', `'agent_id is missing'`)]),
  ];
}

export const WORD_CHECKS: readonly RowCheck[] = [
  {
    name: 'words',
    description: 'status, channels, tiers, payments, speeds, reasons are words of the config, once trimmed and case-folded',
    rules: ({ config }) =>
      vocabularies(config).map(({ table, column, words: list }) =>
        faultyRows(table, `${word(`t.${column}`)} NOT IN ${words(list)}`, `${quote(`${column} is "`)} || t.${column} || '"'`),
      ),
  },
  {
    name: 'payments',
    description: 'the payment method is one that the order channel allows',
    rules: ({ config }) => allowedPayments(config),
  },
  {
    name: 'agents',
    description: 'orders and returns by phone have an agent of the pool, all others ONLINE',
    rules: (context) => [...agents(context, 'orders', 'order_channel'), ...agents(context, 'returns', 'return_channel')],
  },
  {
    name: 'expedited',
    description: 'an expedited order never has Standard shipping',
    rules: () => [
      faultyRows('orders', `t.is_expedited AND ${word('t.shipping_speed')} = 'standard'`, `'it is expedited with Standard shipping'`),
    ],
  },
];
