// The words that the shop has when a config gives none: product names, agents, states.

/** Words between commas, over as many lines as it takes. */
const list = (text: string): string[] => text.trim().split(/,\s+/);

const AGENT_NAMES = list(`
  Avery, Blake, Casey, Drew, Emery, Finley, Gray, Harper, Indigo, Jules, Kai, Logan, Morgan, Noel, Oakley, Parker, Quinn, Riley,
  Sage, Taylor`);

/** CSR-0001 to CSR-0020. */
export const AGENTS = AGENT_NAMES.map((name, i) => ({ id: `CSR-${String(i + 1).padStart(4, '0')}`, name }));

export const REGIONS = list(`
  AL, AK, AZ, AR, CA, CO, CT, DE, FL, GA, HI, ID, IL, IN, IA, KS, KY, LA, ME, MD, MA, MI, MN, MS, MO, MT, NE, NV, NH, NJ, NM,
  NY, NC, ND, OH, OK, OR, PA, RI, SC, SD, TN, TX, UT, VT, VA, WA, WV, WI, WY`);

/** Words of product names. */
export const CATEGORY_WORDS = {
  Books: {
    adjectives: list(`
      Annotated, Collected, Complete, Essential, Illustrated, Forgotten, Hidden, Modern, Pocket, Practical, Secret, Timeless,
      Unabridged, Wandering, Everyday, Quiet, First, Last, Northern, Little, Grand, Curious, Silent, Restless, Golden`),
    nouns: list(`
      Almanac, Anthology, Atlas, Biography, Cookbook, Diary, Dictionary, Encyclopedia, Essays, Fables, Field Guide, Handbook,
      History, Letters, Manual, Memoir, Mystery, Novel, Poems, Reader, Romance, Stories, Textbook, Thriller, Travelogue`),
  },
  Clothing: {
    adjectives: list(`
      Breathable, Cable-Knit, Casual, Classic, Cropped, Distressed, Fitted, Fleece, Lightweight, Linen, Merino, Organic,
      Oversized, Pleated, Quilted, Relaxed, Reversible, Ribbed, Slim, Stretch, Striped, Tailored, Thermal, Vintage, Waterproof`),
    nouns: list(`
      Blazer, Blouse, Cardigan, Chinos, Coat, Dress, Gloves, Hoodie, Jacket, Jeans, Jumper, Leggings, Parka, Polo, Pyjamas,
      Scarf, Shirt, Shorts, Skirt, Socks, Sweater, T-Shirt, Trousers, Tunic, Vest`),
  },
  Electronics: {
    adjectives: list(`
      Adjustable, Bluetooth, Compact, Cordless, Curved, Digital, Dual-Band, Ergonomic, Foldable, High-Speed, Magnetic,
      Mechanical, Noise-Cancelling, Outdoor, Portable, Rechargeable, Rugged, Smart, Solar, Stereo, Touchscreen, Ultra-Slim,
      USB-C, Waterproof, Wireless`),
    nouns: list(`
      Adapter, Camera, Charger, Dashcam, Drone, Earbuds, Hard Drive, Headphones, Hub, Keyboard, Lamp, Microphone, Monitor,
      Mouse, Power Bank, Printer, Projector, Radio, Router, Scanner, Smartwatch, Soundbar, Speaker, Tablet, Webcam`),
  },
  Home: {
    adjectives: list(`
      Bamboo, Brushed, Cast-Iron, Ceramic, Collapsible, Copper, Cotton, Cozy, Enamel, Glass, Handwoven, Insulated, Marble,
      Matte, Modular, Non-Stick, Oak, Padded, Rustic, Scented, Stackable, Stainless, Velvet, Walnut, Woven`),
    nouns: list(`
      Basket, Blanket, Bookend, Candle, Clock, Coaster Set, Colander, Curtain, Cushion, Cutting Board, Dutch Oven, Frame,
      Kettle, Lantern, Mirror, Mug, Planter, Rug, Shelf, Skillet, Stool, Teapot, Throw, Towel Set, Vase`),
  },
  Toys: {
    adjectives: list(`
      Bouncy, Buildable, Colorful, Cuddly, Deluxe, Giant, Glow, Jumbo, Junior, Magic, Mighty, Mini, Musical, Painted, Plush,
      Pull-Back, Rainbow, Remote, Rolling, Squeaky, Stacking, Super, Tiny, Wind-Up, Wooden`),
    nouns: list(`
      Airplane, Ball, Blocks, Board Game, Castle, Crane, Dinosaur, Doll, Dollhouse, Fire Truck, Kite, Marbles, Playset, Puppet,
      Puzzle, Race Car, Robot, Scooter, Spaceship, Spinner, Teddy Bear, Tractor, Train, Xylophone, Yo-Yo`),
  },
};
