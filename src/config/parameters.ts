// How customers behave and what things cost.

import { z } from 'zod';
import { byMonth, positiveInt, probability, range, thresholds, weight, weights } from './values.ts';

const days = z.number().min(0).max(3650);
const dollars = z.number().min(0);

const behavior = z.strictObject({
  item_count_range: range(positiveInt.max(60)).optional().describe('Items a cart'),
  quantity_range: range(positiveInt.max(1000)).default([1, 2]).describe('Pieces an item'),
});

const delay = z.strictObject({
  range: range(days)
    .refine(([, max]) => max > 0, 'must end above 0')
    .describe('Days between visits: never fewer than the first, the mean in the middle'),
  sigma: z.number().min(0).max(3).default(0.5).describe('Spread of the log-normal'),
});

const byChannelAndTier = <T extends z.ZodType>(value: T) => z.record(z.string(), z.record(z.string(), value));

const refundBehavior = z.strictObject({
  full_return_prob: probability.describe('The whole order comes back'),
  partial_quantity_prob: probability.describe('Only some pieces of a line come back'),
});

const PROPENSITY = {
  default: { default: 1, Bronze: 1.2, Silver: 1.6, Gold: 2.2, Platinum: 3 },
  Website: { default: 1.1, Bronze: 1.3, Silver: 1.7, Gold: 2.3, Platinum: 3.1 },
  email: { default: 1.2, Bronze: 1.4, Silver: 1.9, Gold: 2.5, Platinum: 3.4 },
  'Social Media': { default: 0.8, Bronze: 1, Silver: 1.4, Gold: 2, Platinum: 2.7 },
  Phone: { default: 0.9, Bronze: 1.1, Silver: 1.5, Gold: 2.1, Platinum: 2.9 },
};

const DELAYS = {
  default: {
    default: { range: [20, 80], sigma: 0.6 },
    Bronze: { range: [18, 72], sigma: 0.6 },
    Silver: { range: [14, 60], sigma: 0.55 },
    Gold: { range: [10, 50], sigma: 0.5 },
    Platinum: { range: [7, 42], sigma: 0.5 },
  },
  Phone: { default: { range: [25, 90], sigma: 0.6 }, Platinum: { range: [9, 45], sigma: 0.5 } },
} satisfies Record<string, Record<string, { range: [number, number]; sigma: number }>>;

const REFUNDS = {
  default: { full_return_prob: 0.5, partial_quantity_prob: 0.3 },
  Defective: { full_return_prob: 0.35, partial_quantity_prob: 0.4 },
  'Wrong Item': { full_return_prob: 0.3, partial_quantity_prob: 0.2 },
  'No Longer Needed': { full_return_prob: 0.7, partial_quantity_prob: 0.3 },
  'Arrived Late': { full_return_prob: 0.85, partial_quantity_prob: 0.1 },
};

const BIAS = {
  medium: {
    Books: { 'Damaged In Transit': 4, 'Not As Described': 2, 'No Longer Needed': 2, 'Arrived Late': 2 },
    Clothing: { 'Wrong Size': 6, 'Not As Described': 2, 'No Longer Needed': 1 },
    Electronics: { Defective: 5, 'Better Price Found': 2, 'Not As Described': 1 },
    Home: { 'Damaged In Transit': 4, 'Not As Described': 3, 'No Longer Needed': 1 },
    Toys: { Defective: 2, 'No Longer Needed': 3, 'Arrived Late': 3 },
    default: { 'No Longer Needed': 1, 'Not As Described': 1 },
  },
  high: {
    Books: { 'Damaged In Transit': 8, 'Arrived Late': 2 },
    Clothing: { 'Wrong Size': 9, 'Not As Described': 1 },
    Electronics: { Defective: 8, 'Better Price Found': 2 },
    Home: { 'Damaged In Transit': 7, 'Not As Described': 3 },
    Toys: { 'Arrived Late': 6, 'No Longer Needed': 4 },
    default: { 'No Longer Needed': 1 },
  },
};

export const parametersSchema = z.strictObject({
  conversion_rate: probability.default(0.12).describe('Share of carts that become orders'),
  first_purchase_conversion_boost: z
    .record(z.string(), z.number().min(0))
    .default({ Phone: 1.5, email: 1.3, Website: 1.1 })
    .describe('Factor on the conversion rate by sign-up channel, until the first order'),
  time_to_first_cart_days_range: range(z.int().min(0).max(365))
    .default([1, 14])
    .describe("Days from sign-up to the first visit; a guest's is on the day itself"),
  repeat_purchase_settings: z
    .strictObject({
      propensity_by_channel_and_tier: byChannelAndTier(z.number().min(0).max(50))
        .default(PROPENSITY)
        .describe('Mean repeat visits in a spell, by sign-up channel, then tier'),
      time_delay_by_channel_and_tier: byChannelAndTier(delay)
        .default(DELAYS)
        .describe('Gaps between visits, by sign-up channel, then tier'),
    })
    .prefault({})
    .describe('Repeat visits; `default` may stand at either level'),
  cart_behavior_by_tier: z
    .record(z.string(), behavior)
    .default({
      Platinum: { item_count_range: [4, 15], quantity_range: [1, 6] },
      Gold: { item_count_range: [2, 10], quantity_range: [1, 5] },
      Silver: { item_count_range: [1, 8], quantity_range: [1, 3] },
      Bronze: { item_count_range: [1, 6], quantity_range: [1, 2] },
      default: { item_count_range: [1, 5], quantity_range: [1, 2] },
    })
    .describe('What carts hold, by initial loyalty tier'),
  category_preference_by_signup_channel: z
    .record(z.string(), weights())
    .default({
      Website: { Books: 0.2, Clothing: 0.2, Electronics: 0.25, Home: 0.2, Toys: 0.15 },
      email: { Books: 0.25, Clothing: 0.2, Electronics: 0.15, Home: 0.25, Toys: 0.15 },
      'Social Media': { Books: 0.1, Clothing: 0.35, Electronics: 0.25, Home: 0.1, Toys: 0.2 },
      Phone: { Books: 0.2, Clothing: 0.15, Electronics: 0.1, Home: 0.4, Toys: 0.15 },
    })
    .describe('Weights of categories, by sign-up channel; 1 where none is given'),
  seasonal_factors: byMonth(z.number().min(0.1).max(10))
    .default({ '7': 1.2, '11': 1.6, '12': 2.1 })
    .describe('How busy a month is; 1 where none is given'),
  retention_shocks: z
    .record(z.string(), z.number().min(0))
    .default({})
    .describe('Factor on the propensity of those who signed up in a month, by YYYY-MM'),
  reactivation_settings: z
    .strictObject({
      probability: probability.default(0.08).describe('Share of rests that are long'),
      delay_days_range: range(days).default([200, 400]).describe('Days of a long rest'),
    })
    .prefault({})
    .describe('Long absences'),
  abandoned_cart_emptied_prob: probability.default(0.15).describe('Share of unconverted carts that are emptied'),
  discount_settings: z
    .strictObject({
      probability: probability.default(0.2).describe('Share of orders with a discount'),
      range_pct: range(probability).default([0.05, 0.25]).describe('Discount as a share of the price'),
    })
    .prefault({})
    .describe('Discounts'),
  order_channel_distribution: weights()
    .default({ Web: 0.45, Phone: 0.2, 'Social Media': 0.15, Ebay: 0.15, NewEgg: 0.05 })
    .describe('Weights of order channels'),
  shipping_speed_distribution: weights()
    .default({ Standard: 0.65, 'Two-Day': 0.2, Overnight: 0.15 })
    .describe('Weights of shipping speeds'),
  shipping_costs: z
    .record(z.string(), dollars)
    .default({ Standard: 5, 'Two-Day': 45, Overnight: 80 })
    .describe('What the customer pays for shipping, in dollars'),
  expedited_pct: z.number().min(0).max(100).default(20).describe('Percent of orders that are expedited, never with Standard shipping'),
  global_payment_method_distribution: weights()
    .default({ 'Credit Card': 0.6, PayPal: 0.2, 'Apple Pay': 0.1, 'Google Pay': 0.05, ACH: 0.05, Ebay: 0, NewEgg: 0 })
    .describe('Weights of payment methods, among those the channel allows'),
  financials: z
    .strictObject({
      shipping_business_costs: z
        .strictObject({
          base_costs: z
            .record(z.string(), dollars)
            .default({ Standard: 4.5, 'Two-Day': 38, Overnight: 70 })
            .describe('What shipping costs the shop, in dollars'),
          cost_variance_pct: range(z.number().min(-1).max(10)).default([-0.15, 0.1]).describe('How far that varies, as a share'),
        })
        .prefault({})
        .describe("The shop's shipping costs"),
      payment_fee_rates: z
        .record(z.string(), probability)
        .default({ 'Credit Card': 0.025, PayPal: 0.03, 'Apple Pay': 0.02, 'Google Pay': 0.02, ACH: 0.01, Ebay: 0.035, NewEgg: 0.035 })
        .describe('Fee as a share of the net total, by payment method'),
    })
    .prefault({})
    .describe('What the shop pays'),
  tier_spend_thresholds: thresholds()
    .default({ Platinum: 1000, Gold: 500, Silver: 100, Bronze: 0 })
    .describe('Spend from which an order shows a tier, in dollars'),
  clv_spend_thresholds: thresholds()
    .default({ High: 750, Medium: 250, Low: 0 })
    .describe('Spend from which an order shows a CLV bucket, in dollars'),
  return_rate: probability.default(0.25).describe('Share of orders that come back, where no channel says otherwise'),
  return_rate_by_signup_channel: z
    .record(z.string(), probability)
    .default({ 'Social Media': 0.35, Website: 0.25, Phone: 0.15, email: 0.2 })
    .describe('Share of orders that come back, by sign-up channel'),
  multi_return_probability: probability.default(0.15).describe('Share of returned orders that come back a second time'),
  return_timing_distribution: z
    .array(z.tuple([z.number().positive().max(365), probability]))
    .min(1)
    .refine(
      (knots) => knots.every((knot, i) => i === 0 || (knot[0] > knots[i - 1]![0] && knot[1] >= knots[i - 1]![1])),
      'must rise in days and in share',
    )
    .refine((knots) => knots.at(-1)?.[1] === 1, 'must end with a share of 1')
    .default([
      [30, 0.8],
      [90, 0.95],
      [365, 1],
    ])
    .describe('Share of returns made within so many days'),
  refund_behavior_by_reason: z.record(z.string(), refundBehavior).default(REFUNDS).describe('What comes back, by reason'),
  signup_channel_distribution: weights()
    .default({ Website: 0.55, email: 0.2, 'Social Media': 0.15, Phone: 0.1 })
    .describe('Weights of sign-up channels'),
  loyalty_distribution_by_channel: z
    .record(z.string(), z.union([weights(), z.array(weight)]))
    .default({
      Website: { Bronze: 0.43, Silver: 0.29, Gold: 0.19, Platinum: 0.09 },
      email: { Bronze: 0.36, Silver: 0.31, Gold: 0.22, Platinum: 0.11 },
      'Social Media': { Bronze: 0.52, Silver: 0.28, Gold: 0.14, Platinum: 0.06 },
      Phone: { Bronze: 0.4, Silver: 0.31, Gold: 0.2, Platinum: 0.09 },
      default: { Bronze: 0.43, Silver: 0.29, Gold: 0.19, Platinum: 0.09 },
    })
    .describe('Weights of loyalty tiers at sign-up, by channel; as a list, in the order of vocab.loyalty_tiers'),
  no_tier_probability: probability.default(0.1).describe('Share of customers without a tier'),
  customer_status_probs: z
    .array(weight)
    .refine((list) => list.some((value) => value > 0), 'needs at least one weight above 0')
    .default([0.7, 0.2, 0.1])
    .describe('Weights of vocab.customer_status_options'),
  email_verified_prob: probability.default(0.8).describe('Share of customers with a verified e-mail address'),
  marketing_opt_in_prob: probability.default(0.5).describe('Share of customers who take marketing mail'),
  guest_contact_pool_size: positiveInt.default(50).describe('Contact details that guests may share'),
  guest_contact_reuse_prob: probability.default(0.2).describe('Share of guests who have contact details from the pool'),
  seasonal_spike_factors: z
    .strictObject({
      medium: byMonth(z.number().min(1).max(100)).default({}).describe('At light_mess and medium_mess'),
      high: byMonth(z.number().min(1).max(100)).default({}).describe('At heavy_mess'),
    })
    .prefault({})
    .describe('Mess: factor on total_items by month; empty = one month a year from the seed'),
  return_reason_bias_schemas: z
    .strictObject({
      medium: z.record(z.string(), weights()).default(BIAS.medium).describe('At light_mess and medium_mess'),
      high: z.record(z.string(), weights()).default(BIAS.high).describe('At heavy_mess'),
    })
    .prefault({})
    .describe('Mess: weights of return reasons by product category'),
});
