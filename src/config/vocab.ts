// The words of the shop.

import { z } from 'zod';

const words = () => z.array(z.string().min(1)).min(1).refine((list) => new Set(list).size === list.length, 'has a word twice');

const categoryWords = z.strictObject({
  adjectives: words().describe('First words of product names'),
  nouns: words().describe('Last words of product names'),
});

const AGENTS = Array.from({ length: 20 }, (_, i) => ({
  id: `CSR-${String(i + 1).padStart(4, '0')}`,
  name: ['Avery', 'Blake', 'Casey', 'Drew', 'Emery', 'Finley', 'Gray', 'Harper', 'Indigo', 'Jules', 'Kai', 'Logan', 'Morgan', 'Noel', 'Oakley', 'Parker', 'Quinn', 'Riley', 'Sage', 'Taylor'][i]!,
}));

const CATEGORY_VOCAB = {
  Books: {
    adjectives: ['Annotated', 'Collected', 'Complete', 'Essential', 'Illustrated', 'Forgotten', 'Hidden', 'Modern', 'Pocket', 'Practical', 'Secret', 'Timeless', 'Unabridged', 'Wandering', 'Everyday', 'Quiet', 'First', 'Last', 'Northern', 'Little', 'Grand', 'Curious', 'Silent', 'Restless', 'Golden'],
    nouns: ['Almanac', 'Anthology', 'Atlas', 'Biography', 'Cookbook', 'Diary', 'Dictionary', 'Encyclopedia', 'Essays', 'Fables', 'Field Guide', 'Handbook', 'History', 'Letters', 'Manual', 'Memoir', 'Mystery', 'Novel', 'Poems', 'Reader', 'Romance', 'Stories', 'Textbook', 'Thriller', 'Travelogue'],
  },
  Clothing: {
    adjectives: ['Breathable', 'Cable-Knit', 'Casual', 'Classic', 'Cropped', 'Distressed', 'Fitted', 'Fleece', 'Lightweight', 'Linen', 'Merino', 'Organic', 'Oversized', 'Pleated', 'Quilted', 'Relaxed', 'Reversible', 'Ribbed', 'Slim', 'Stretch', 'Striped', 'Tailored', 'Thermal', 'Vintage', 'Waterproof'],
    nouns: ['Blazer', 'Blouse', 'Cardigan', 'Chinos', 'Coat', 'Dress', 'Gloves', 'Hoodie', 'Jacket', 'Jeans', 'Jumper', 'Leggings', 'Parka', 'Polo', 'Pyjamas', 'Scarf', 'Shirt', 'Shorts', 'Skirt', 'Socks', 'Sweater', 'T-Shirt', 'Trousers', 'Tunic', 'Vest'],
  },
  Electronics: {
    adjectives: ['Adjustable', 'Bluetooth', 'Compact', 'Cordless', 'Curved', 'Digital', 'Dual-Band', 'Ergonomic', 'Foldable', 'High-Speed', 'Magnetic', 'Mechanical', 'Noise-Cancelling', 'Outdoor', 'Portable', 'Rechargeable', 'Rugged', 'Smart', 'Solar', 'Stereo', 'Touchscreen', 'Ultra-Slim', 'USB-C', 'Waterproof', 'Wireless'],
    nouns: ['Adapter', 'Camera', 'Charger', 'Dashcam', 'Drone', 'Earbuds', 'Hard Drive', 'Headphones', 'Hub', 'Keyboard', 'Lamp', 'Microphone', 'Monitor', 'Mouse', 'Power Bank', 'Printer', 'Projector', 'Radio', 'Router', 'Scanner', 'Smartwatch', 'Soundbar', 'Speaker', 'Tablet', 'Webcam'],
  },
  Home: {
    adjectives: ['Bamboo', 'Brushed', 'Cast-Iron', 'Ceramic', 'Collapsible', 'Copper', 'Cotton', 'Cozy', 'Enamel', 'Glass', 'Handwoven', 'Insulated', 'Marble', 'Matte', 'Modular', 'Non-Stick', 'Oak', 'Padded', 'Rustic', 'Scented', 'Stackable', 'Stainless', 'Velvet', 'Walnut', 'Woven'],
    nouns: ['Basket', 'Blanket', 'Bookend', 'Candle', 'Clock', 'Coaster Set', 'Colander', 'Curtain', 'Cushion', 'Cutting Board', 'Dutch Oven', 'Frame', 'Kettle', 'Lantern', 'Mirror', 'Mug', 'Planter', 'Rug', 'Shelf', 'Skillet', 'Stool', 'Teapot', 'Throw', 'Towel Set', 'Vase'],
  },
  Toys: {
    adjectives: ['Bouncy', 'Buildable', 'Colorful', 'Cuddly', 'Deluxe', 'Giant', 'Glow', 'Jumbo', 'Junior', 'Magic', 'Mighty', 'Mini', 'Musical', 'Painted', 'Plush', 'Pull-Back', 'Rainbow', 'Remote', 'Rolling', 'Squeaky', 'Stacking', 'Super', 'Tiny', 'Wind-Up', 'Wooden'],
    nouns: ['Airplane', 'Ball', 'Blocks', 'Board Game', 'Castle', 'Crane', 'Dinosaur', 'Doll', 'Dollhouse', 'Fire Truck', 'Kite', 'Marbles', 'Playset', 'Puppet', 'Puzzle', 'Race Car', 'Robot', 'Scooter', 'Spaceship', 'Spinner', 'Teddy Bear', 'Tractor', 'Train', 'Xylophone', 'Yo-Yo'],
  },
};

const REGIONS = 'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY'.split(' ');

export const vocabSchema = z.strictObject({
  categories: words().default(['Books', 'Clothing', 'Electronics', 'Home', 'Toys']).describe('Product categories: the partitions of product_catalog'),
  category_vocab: z.record(z.string(), categoryWords).default(CATEGORY_VOCAB).describe('Words that product names are made of, by category'),
  payment_methods: words().default(['Credit Card', 'PayPal', 'Apple Pay', 'Google Pay', 'ACH', 'Ebay', 'NewEgg']).describe('Ways to pay'),
  customer_tiers: words().default(['Bronze', 'Silver', 'Gold', 'Platinum']).describe('Tiers an order can show'),
  loyalty_tiers: words().default(['Bronze', 'Silver', 'Gold', 'Platinum']).describe('Tiers at sign-up'),
  clv_buckets: words().default(['Low', 'Medium', 'High']).describe('Buckets of customer lifetime value'),
  shipping_speeds: words().default(['Standard', 'Two-Day', 'Overnight']).describe('Shipping speeds; Standard is never expedited'),
  return_reasons: words()
    .default(['Defective', 'Wrong Item', 'Not As Described', 'No Longer Needed', 'Better Price Found', 'Arrived Late', 'Wrong Size', 'Damaged In Transit'])
    .describe('Why things come back'),
  order_channels: words().default(['Web', 'Phone', 'Social Media', 'Ebay', 'NewEgg']).describe('Where orders are placed; Phone has agents'),
  return_channels: words().default(['Web', 'Phone', 'Mail', 'In-Store']).describe('Where returns are made; Phone has agents'),
  signup_channels: words().default(['Website', 'email', 'Social Media', 'Phone']).describe('Where customers sign up'),
  genders: words().default(['Female', 'Male', 'Non-binary']).describe('Genders of customers'),
  regions: words().default(REGIONS).describe('States in addresses'),
  customer_status_options: words().default(['Active', 'Inactive', 'Dormant']).describe('Status of customers who are not guests'),
  agent_pool: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether phone orders and returns have an agent'),
      agents: z.array(z.strictObject({ id: z.string().min(1), name: z.string() })).min(1).default(AGENTS).describe('The agents'),
    })
    .prefault({})
    .describe('Agents of phone orders and returns'),
});
