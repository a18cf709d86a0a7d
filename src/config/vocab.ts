// The words of the shop.

import { z } from 'zod';
import { AGENTS, CATEGORY_WORDS, REGIONS } from './default-words.ts';
import { words } from './values.ts';

/** They name folders in Hive's form. */
const categories = words('default').superRefine((list, context) => {
  list.forEach((word, i) => {
    if (/[/\\=:*?"<>|%\p{Cc}]/u.test(word) || word.startsWith('.')) {
      context.addIssue({
        code: 'custom',
        path: [i],
        message: `"${word}" cannot name a folder: leave out / \\ = : * ? " < > | % and a leading dot`,
      });
    }
  });
});

const categoryWords = z.strictObject({
  adjectives: words().describe('First words of product names'),
  nouns: words().describe('Last words of product names'),
});

export const vocabSchema = z.strictObject({
  categories: categories
    .default(['Books', 'Clothing', 'Electronics', 'Home', 'Toys'])
    .describe('Product categories: the partitions of product_catalog'),
  category_vocab: z.record(z.string(), categoryWords).default(CATEGORY_WORDS).describe('Words that product names are made of, by category'),
  payment_methods: words().default(['Credit Card', 'PayPal', 'Apple Pay', 'Google Pay', 'ACH', 'Ebay', 'NewEgg']).describe('Ways to pay'),
  customer_tiers: words().default(['Bronze', 'Silver', 'Gold', 'Platinum']).describe('Tiers an order can show'),
  loyalty_tiers: words('default', 'none').default(['Bronze', 'Silver', 'Gold', 'Platinum']).describe('Tiers at sign-up'),
  clv_buckets: words().default(['Low', 'Medium', 'High']).describe('Buckets of customer lifetime value'),
  shipping_speeds: words().default(['Standard', 'Two-Day', 'Overnight']).describe('Shipping speeds; Standard is never expedited'),
  return_reasons: words('default')
    .default([
      'Defective',
      'Wrong Item',
      'Not As Described',
      'No Longer Needed',
      'Better Price Found',
      'Arrived Late',
      'Wrong Size',
      'Damaged In Transit',
    ])
    .describe('Why things come back'),
  order_channels: words().default(['Web', 'Phone', 'Social Media', 'Ebay', 'NewEgg']).describe('Where orders are placed; Phone has agents'),
  return_channels: words().default(['Web', 'Phone', 'Mail', 'In-Store']).describe('Where returns are made; Phone has agents'),
  signup_channels: words('default').default(['Website', 'email', 'Social Media', 'Phone']).describe('Where customers sign up'),
  genders: words().default(['Female', 'Male', 'Non-binary']).describe('Genders of customers'),
  regions: words().default(REGIONS).describe('States in addresses'),
  customer_status_options: words().default(['Active', 'Inactive', 'Dormant']).describe('Status of customers who are not guests'),
  agent_pool: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether phone orders and returns have an agent'),
      agents: z
        .array(z.strictObject({ id: z.string().min(1).describe('As in agent_id'), name: z.string().describe('For people') }))
        .min(1)
        .refine((agents) => new Set(agents.map(({ id }) => id)).size === agents.length, 'has an id twice')
        .default(AGENTS)
        .describe('The agents'),
    })
    .prefault({})
    .describe('Agents of phone orders and returns'),
});
