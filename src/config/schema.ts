// The config: one schema that is the source of types, defaults and the reference page.

import { z } from 'zod';
import { checkReferences } from './check-references.ts';
import { messSchema } from './mess-levels.ts';
import { TABLE_NAMES } from '../tables/index.ts';
import { parametersSchema } from './parameters.ts';
import { dateText, positiveInt, probability, range, weight } from './values.ts';
import { vocabSchema } from './vocab.ts';

const WEEKDAY = z.number().positive().max(100);

const simulation = z.strictObject({
  carts_per_30_days: z.number().positive().default(315_000).describe('Volume at scale 1'),
  calibration_window: z
    .tuple([dateText, dateText])
    .refine(([start, end]) => start <= end, 'must begin before it ends')
    .default(['2020-01-01', '2026-01-08'])
    .describe('Days over which the volume is met within 2 %'),
  spell_rest_factor: z.number().positive().max(100).default(3).describe('How much longer a rest between spells is than a gap within'),
  shards: positiveInt.max(4096).default(1).describe('Parts the customers are divided into'),
  hour_of_day_weights: z
    .array(weight)
    .length(24)
    .refine((hours) => hours.some((value) => value > 0), 'needs at least one weight above 0')
    .default([1.2, 0.8, 0.5, 0.4, 0.4, 0.7, 1.6, 2.8, 4, 5, 5.6, 6, 6.4, 6, 5.4, 5.2, 5.4, 5.8, 6.6, 7.6, 8, 7, 4.8, 2.6])
    .describe('Weights of the hours from 0 to 23, UTC'),
  day_of_week_factors: z
    .strictObject({
      Monday: WEEKDAY.default(0.95),
      Tuesday: WEEKDAY.default(0.92),
      Wednesday: WEEKDAY.default(0.94),
      Thursday: WEEKDAY.default(0.98),
      Friday: WEEKDAY.default(1.02),
      Saturday: WEEKDAY.default(1.12),
      Sunday: WEEKDAY.default(1.07),
    })
    .prefault({})
    .describe('How busy each weekday is'),
});

const customers = z.strictObject({
  num_customers: positiveInt.max(100_000_000).default(300_000).describe('Customers at scale 1, guests included'),
  guest_shopper_pct: probability.default(0.4).describe('Share of customers who are guests'),
  min_age: z.int().min(0).max(120).default(18).describe('Youngest age'),
  max_age: z.int().min(0).max(120).default(70).describe('Oldest age'),
  gender_unknown_prob: probability.default(0.05).describe('Share of customers without a gender'),
  signup_start_date: dateText.default('2019-01-01').describe('First sign-up day'),
  signup_end_date: dateText.default('2026-01-05').describe('Last sign-up day'),
});

const products = z.strictObject({
  num_products: positiveInt.max(10_000_000).default(3000).describe('Products, at any scale'),
  min_price: z.number().min(0.01).default(5).describe('Lowest price in dollars'),
  max_price: z.number().min(0.01).max(100_000).default(250).describe('Highest price in dollars'),
  cost_price_margin_range: range(probability).default([0.4, 0.7]).describe('Cost as a share of the price'),
  min_inventory_quantity: z.int().min(0).default(100).describe('Lowest stock'),
  max_inventory_quantity: z.int().min(0).default(250).describe('Highest stock'),
});

const channelRule = z.strictObject({
  allowed_payment_methods: z.array(z.string()).min(1).optional().describe('Payment methods of the channel; all where none are given'),
  return_channel_preference: z
    .record(z.string(), weight)
    .refine((map) => Object.values(map).some((value) => value > 0), 'needs at least one weight above 0')
    .optional()
    .describe('Weights of return channels; even where none are given'),
});

const PAYMENTS = ['Credit Card', 'PayPal', 'Apple Pay', 'Google Pay', 'ACH'];

const objectSchema = z.strictObject({
  faker_seed: z
    .union([z.int(), z.string().min(1)])
    .default(42)
    .describe('Master seed: same seed, scale and config, same lake'),
  simulation: simulation.prefault({}).describe('Volume and rhythm'),
  horizon: z
    .strictObject({
      start_date: dateText.default('2020-01-01').describe('First day written; IDs begin here'),
      end_date: dateText.default('2026-01-08').describe('Last day written'),
    })
    .prefault({})
    .describe('What is written'),
  tables: z
    .array(
      z.strictObject({
        name: z.enum(TABLE_NAMES).describe('Table'),
        item_count_range: range(positiveInt.max(60)).optional().describe('For cart_items: items a cart where no tier says otherwise'),
      }),
    )
    .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'has a table twice')
    .default([{ name: 'cart_items', item_count_range: [1, 8] }])
    .describe('Settings of single tables'),
  lookup_config: z
    .strictObject({
      customers: customers.prefault({}).describe('Customers'),
      product_catalog: products.prefault({}).describe('Products'),
    })
    .prefault({})
    .describe('The static lookups'),
  vocab: vocabSchema
    .extend({
      clv_map: z
        .record(z.string(), z.string())
        .default({ none: 'Low', Bronze: 'Low', Silver: 'Medium', Gold: 'High', Platinum: 'High' })
        .describe('CLV bucket of a customer at sign-up, by tier'),
    })
    .prefault({})
    .describe('The words of the shop'),
  parameters: parametersSchema.prefault({}).describe('Behaviour and money'),
  channel_rules: z
    .record(z.string(), channelRule)
    .default({
      Web: { allowed_payment_methods: PAYMENTS, return_channel_preference: { Web: 0.7, Mail: 0.2, 'In-Store': 0.1 } },
      Phone: { allowed_payment_methods: ['Credit Card', 'ACH'], return_channel_preference: { Phone: 0.7, Mail: 0.2, Web: 0.1 } },
      'Social Media': { allowed_payment_methods: PAYMENTS, return_channel_preference: { Web: 0.8, Mail: 0.2 } },
      Ebay: { allowed_payment_methods: ['Ebay'], return_channel_preference: { Web: 0.6, Mail: 0.4 } },
      NewEgg: { allowed_payment_methods: ['NewEgg'], return_channel_preference: { Web: 0.6, Mail: 0.4 } },
    })
    .describe('What each order channel allows'),
  mess: messSchema.prefault({}).describe('Rates of each kind of mess at each level'),
});

export const configSchema = objectSchema.superRefine(checkReferences);

/** The shape without the checks across sections: for the reference page and for suggestions. */
export const configShape = objectSchema;

export type Config = z.infer<typeof objectSchema>;
