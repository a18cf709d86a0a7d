import { describe, expect, it } from 'vitest';
import { rowsOn } from '../../src/plan/build-plan.ts';
import { TABLES, TRANSACTION_TABLES } from '../../src/tables/index.ts';
import type { SharedText } from '../../src/lookups/load.ts';
import { cents, makeLake, sumCents, toRows, type CartItem, type OrderItem } from './mini-lake.ts';

// Ten months across a year's end, with spend from before them.
const lake = makeLake({}, 0.004, '2020-10-01', '2021-07-31');
const { world, plan, rows, days, all } = lake;
const { config, lookups } = world;

const text = ({ offsets, bytes }: SharedText, i: number): string => Buffer.from(bytes.slice(offsets[i], offsets[i + 1])).toString();
const customers = new Map(
  Array.from({ length: lookups.customers.count }, (_, i) => [
    text(lookups.customers.id, i),
    {
      email: text(lookups.customers.email, i),
      mailing: text(lookups.customers.mailingAddress, i),
      billing: text(lookups.customers.billingAddress, i),
      signup: new Date(lookups.customers.signupDay[i]! * 86_400_000).toISOString().slice(0, 10),
    },
  ]),
);
const products = new Map(
  Array.from({ length: lookups.products.count }, (_, i) => [
    BigInt(lookups.products.id[i]!),
    {
      product_name: text(lookups.products.name, i),
      category: config.vocab.categories[lookups.products.category[i]!]!,
      unit_price: lookups.products.priceCents[i]! / 100,
      cost_price: lookups.products.costCents[i]! / 100,
    },
  ]),
);
const itemsOfCart = Map.groupBy(all.cart_items, ({ cart_id }) => cart_id);
const linesOfOrder = Map.groupBy(all.order_items, ({ order_id }) => order_id);
const itemsOfReturn = Map.groupBy(all.return_items, ({ return_id }) => return_id);
const orders = new Map(all.orders.map((order) => [order.order_id, order]));

/** Orders and their carts: the same customer, and the first order after the cart. */
const cartOfOrder = new Map<string, (typeof all.shopping_carts)[number]>();
{
  const converted = Map.groupBy(
    all.shopping_carts.filter(({ status }) => status === 'converted'),
    ({ customer_id }) => customer_id,
  );
  for (const [customer, theirs] of Map.groupBy(all.orders, ({ customer_id }) => customer_id)) {
    const carts = converted.get(customer) ?? [];
    theirs.forEach((order, i) => cartOfOrder.set(order.order_id, carts[i]!));
  }
}

it('the lake is large enough to mean something', () => {
  expect(all.shopping_carts.length).toBeGreaterThan(10_000);
  expect(all.orders.length).toBeGreaterThan(4000);
  expect(all.returns.length).toBeGreaterThan(1500);
  expect(new Set(all.returns.map(({ order_id }) => order_id)).size).toBeLessThan(all.returns.length - 200);
});

describe('keys', () => {
  const dense = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => prefix + String(i + 1).padStart(8, '0'));

  it('are dense over the whole lake, in the order of the rows', () => {
    expect(all.shopping_carts.map(({ cart_id }) => cart_id)).toEqual(dense('CART-', all.shopping_carts.length));
    expect(all.orders.map(({ order_id }) => order_id)).toEqual(dense('ORD-', all.orders.length));
    expect(all.returns.map(({ return_id }) => return_id)).toEqual(dense('RTN-', all.returns.length));
    expect(all.cart_items.map(({ cart_item_id }) => Number(cart_item_id))).toEqual(Array.from(all.cart_items, (_, i) => i + 1));
    expect(all.return_items.map(({ return_item_id }) => Number(return_item_id))).toEqual(Array.from(all.return_items, (_, i) => i + 1));
  });

  it('of order items are order and product, in that order, each once', () => {
    for (const lines of linesOfOrder.values()) {
      const ids = lines.map(({ product_id }) => Number(product_id));
      expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
    }
  });

  it('follow time within a day', () => {
    for (const { shopping_carts, orders: ordersOfDay, returns } of days) {
      for (const moments of [
        shopping_carts.map((row) => row.created_at),
        ordersOfDay.map((row) => row.order_date),
        returns.map((row) => row.return_date),
      ]) {
        expect(moments).toEqual(moments.toSorted());
      }
    }
  });
});

describe('places', () => {
  it('every row lies on its day, or on its parent’s', () => {
    for (const day of days) {
      for (const row of day.shopping_carts) expect(row.created_at.slice(0, 10)).toBe(day.date);
      for (const row of day.orders) expect(row.order_date.slice(0, 10)).toBe(day.date);
      for (const row of day.returns) expect(row.return_date.slice(0, 10)).toBe(day.date);
      // In the order of their parents, each parent's together.
      const parentsOf = (ids: string[]) => [...new Set(ids)];
      const runsOf = (ids: string[]) => ids.filter((id, i) => id !== ids[i - 1]);
      const kinds = [
        [day.cart_items.map((row) => row.cart_id), day.shopping_carts.filter((row) => row.status !== 'emptied').map((row) => row.cart_id)],
        [day.order_items.map((row) => row.order_id), day.orders.map((row) => row.order_id)],
        [day.return_items.map((row) => row.return_id), day.returns.map((row) => row.return_id)],
      ] as const;
      for (const [children, parents] of kinds) {
        expect(parentsOf([...children])).toEqual(parents);
        expect(runsOf([...children])).toEqual(parents);
      }
    }
  });

  it('have as many rows as the plan says', () => {
    days.forEach((day, index) => {
      for (const table of TRANSACTION_TABLES) expect(day[table]).toHaveLength(rowsOn(plan, table, index));
    });
  });

  it('some carts’ ends and orders fall on the next day', () => {
    expect(all.shopping_carts.some((cart) => cart.updated_at!.slice(0, 10) > cart.created_at.slice(0, 10))).toBe(true);
    expect([...cartOfOrder].some(([id, cart]) => orders.get(id)!.order_date.slice(0, 10) > cart.created_at.slice(0, 10))).toBe(true);
  });

  it('nothing is null in a clean lake, save what the contract lets be', () => {
    for (const table of TRANSACTION_TABLES) {
      for (const { name } of TABLES[table].columns) {
        const values = (all[table] as unknown as Record<string, unknown>[]).map((row) => row[name]);
        expect(values.includes(null), `${table}.${name}`).toBe(false);
      }
    }
  });
});

describe('references', () => {
  it('every customer is known, with the contact of the lookup, and shops from the sign-up on', () => {
    for (const row of [...all.shopping_carts, ...all.orders, ...all.returns]) {
      const customer = customers.get(row.customer_id)!;
      if ('email' in row) expect(row.email).toBe(customer.email);
      if ('shipping_address' in row) expect([row.shipping_address, row.billing_address]).toEqual([customer.mailing, customer.billing]);
      if ('created_at' in row) expect(row.created_at.slice(0, 10) >= customer.signup).toBe(true);
    }
  });

  it('every product is the catalogue’s, at its price', () => {
    const facts = ({ product_name, category, unit_price }: CartItem | OrderItem) => ({ product_name, category, unit_price });
    for (const row of all.cart_items) {
      const { cost_price: _, ...product } = products.get(row.product_id)!;
      expect(facts(row)).toEqual(product);
    }
    for (const row of [...all.order_items, ...all.return_items])
      expect({ ...facts(row as OrderItem), cost_price: row.cost_price }).toEqual(products.get(row.product_id));
  });

  it('every order has a converted cart minutes before; every converted cart an order, save at the very end', () => {
    expect(cartOfOrder.size).toBe(all.orders.length);
    for (const [id, cart] of cartOfOrder) {
      const order = orders.get(id)!;
      expect(cart.customer_id).toBe(order.customer_id);
      expect(cart.updated_at! < order.order_date).toBe(true);
      expect(Date.parse(order.order_date) - Date.parse(cart.updated_at!)).toBeLessThanOrEqual(120_000);
    }
    const used = new Set([...cartOfOrder.values()].map(({ cart_id }) => cart_id));
    expect(used.size).toBe(all.orders.length);
    for (const cart of all.shopping_carts) {
      if (cart.status !== 'converted' || used.has(cart.cart_id)) continue;
      expect(cart.created_at.slice(0, 10)).toBe(days.at(-1)!.date);
    }
  });

  it('every return is of an order of its customer, refunded the way it was paid', () => {
    for (const row of all.returns) {
      const order = orders.get(row.order_id)!;
      expect([row.customer_id, row.refund_method]).toEqual([order.customer_id, order.payment_method]);
      for (const item of itemsOfReturn.get(row.return_id)!) expect(item.order_id).toBe(row.order_id);
    }
  });
});

describe('time', () => {
  it('created ≤ added ≤ updated ≤ order ≤ return', () => {
    for (const cart of all.shopping_carts) {
      const moments = [cart.created_at, ...(itemsOfCart.get(cart.cart_id) ?? []).map((item) => item.added_at!), cart.updated_at!];
      expect(moments).toEqual(moments.toSorted());
    }
    const returned = Map.groupBy(all.returns, ({ order_id }) => order_id);
    for (const [id, list] of returned) {
      const moments = [orders.get(id)!.order_date, ...list.map((row) => row.return_date)];
      expect(moments).toEqual(moments.toSorted());
      expect(list.length).toBeLessThanOrEqual(2);
      // A day's traffic, not its milliseconds, is counted: up to a day more.
      expect(Date.parse(moments.at(-1)!) - Date.parse(moments[0]!)).toBeLessThan(366 * 86_400_000);
    }
  });

  it('is written as the contract says', () => {
    const format = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}$/;
    for (const row of all.shopping_carts.slice(0, 500))
      expect([row.created_at, row.updated_at]).toEqual([expect.stringMatching(format), expect.stringMatching(format)]);
  });
});

describe('money', () => {
  it('has at most two decimals', () => {
    for (const table of TRANSACTION_TABLES) {
      for (const { name } of TABLES[table].columns.filter(({ format }) => format === 'money')) {
        for (const row of all[table] as unknown as Record<string, number>[]) expect(row[name]).toBe(cents(row[name]!) / 100);
      }
    }
  });

  it('of a cart is the sum of its items; emptied carts have none', () => {
    for (const cart of all.shopping_carts) {
      const items = itemsOfCart.get(cart.cart_id) ?? [];
      expect(cents(cart.cart_total)).toBe(items.reduce((sum, item) => sum + Number(item.quantity) * cents(item.unit_price), 0));
      expect(items.length === 0).toBe(cart.status === 'emptied');
    }
  });

  it('of an order is that of its cart and of its lines, less the discount', () => {
    for (const order of all.orders) {
      const lines = linesOfOrder.get(order.order_id)!;
      const cart = cartOfOrder.get(order.order_id)!;
      expect(cents(order.gross_total)).toBe(lines.reduce((sum, line) => sum + Number(line.quantity) * cents(line.unit_price), 0));
      expect(cents(order.gross_total)).toBe(cents(cart.cart_total));
      expect(cents(order.total_discount_amount)).toBe(sumCents(lines, (line) => line.discount_amount));
      expect(cents(order.net_total)).toBe(cents(order.gross_total) - cents(order.total_discount_amount));
    }
  });

  it('refunded is what was paid for the pieces, never more, and adds up', () => {
    for (const row of all.returns)
      expect(cents(row.refunded_amount)).toBe(sumCents(itemsOfReturn.get(row.return_id)!, (item) => item.refunded_amount));
    const lines = new Map(all.order_items.map((line) => [`${line.order_id}|${line.product_id}`, line]));
    let whole = 0;
    for (const [key, items] of Map.groupBy(all.return_items, (item) => `${item.order_id}|${item.product_id}`)) {
      const line = lines.get(key)!;
      const paid = Number(line.quantity) * cents(line.unit_price) - cents(line.discount_amount);
      const pieces = items.reduce((sum, item) => sum + Number(item.quantity_returned), 0);
      const refunded = sumCents(items, (item) => item.refunded_amount);
      expect(pieces).toBeLessThanOrEqual(Number(line.quantity));
      expect(refunded).toBeLessThanOrEqual(paid);
      expect(Math.abs(refunded - (paid * pieces) / Number(line.quantity))).toBeLessThanOrEqual(0.5);
      if (pieces === Number(line.quantity)) whole++;
      for (const item of items) expect(Number(item.quantity_returned)).toBeGreaterThan(0);
    }
    expect(whole).toBeGreaterThan(100);
  });
});

describe('orders', () => {
  it('count the cart’s lines before equal products became one', () => {
    let merged = 0;
    for (const order of all.orders) {
      const items = itemsOfCart.get(cartOfOrder.get(order.order_id)!.cart_id)!;
      const lines = linesOfOrder.get(order.order_id)!;
      expect(Number(order.total_items)).toBe(items.length);
      if (lines.length < items.length) merged++;
      const pieces = new Map<bigint, bigint>();
      for (const item of items) pieces.set(item.product_id, (pieces.get(item.product_id) ?? 0n) + item.quantity);
      expect(new Map(lines.map((line) => [line.product_id, line.quantity]))).toEqual(pieces);
    }
    expect(merged).toBeGreaterThan(50);
  });

  it('show tiers and buckets that never fall and are at least what the visible spend earns', () => {
    const stepsOf = (thresholds: Record<string, number>) => Object.entries(thresholds).toSorted((a, b) => a[1] - b[1]);
    const rank = (thresholds: Record<string, number>, name: string) => stepsOf(thresholds).findIndex(([step]) => step === name);
    const earned = (thresholds: Record<string, number>, spent: number) =>
      stepsOf(thresholds).findLastIndex(([, dollars]) => spent >= dollars * 100);
    const { tier_spend_thresholds: tiers, clv_spend_thresholds: buckets } = config.parameters;
    let higher = 0;
    for (const [id, theirs] of Map.groupBy(all.orders, ({ customer_id }) => customer_id)) {
      let spent = 0;
      let before = { tier: 0, bucket: 0 };
      const known = customers.get(id)!.signup >= days[0]!.date;
      for (const order of theirs) {
        spent += cents(order.gross_total);
        const now = { tier: rank(tiers, order.customer_tier), bucket: rank(buckets, order.clv_bucket) };
        const least = { tier: earned(tiers, spent), bucket: earned(buckets, spent) };
        // All orders of those who came since the first day are visible; earlier ones of the others count too.
        if (known) expect(now).toEqual(least);
        expect(now.tier).toBeGreaterThanOrEqual(Math.max(before.tier, least.tier));
        expect(now.bucket).toBeGreaterThanOrEqual(Math.max(before.bucket, least.bucket));
        if (now.tier > least.tier) higher++;
        before = now;
      }
    }
    expect(higher).toBeGreaterThan(20);
  });
});

describe('a day', () => {
  it('has the same rows whenever and however often it is made', () => {
    const order = days.map((_, day) => day).toSorted((a, b) => ((a * 7919) % 101) - ((b * 7919) % 101));
    for (const day of order.slice(0, 120)) expect(toRows(days[day]!.date, rows.make(day))).toEqual(days[day]);
  });

  it('has the columns of its tables', () => {
    const batches = rows.make(3);
    for (const table of TRANSACTION_TABLES) {
      const fields = batches[table].schema.fields.map(({ name, nullable, type }) => ({ name, nullable, type: String(type) }));
      const types = { string: 'Utf8', int64: 'Int64', float64: 'Float64', bool: 'Bool' };
      expect(fields).toEqual(TABLES[table].columns.map(({ name, nullable, type }) => ({ name, nullable, type: types[type] })));
    }
  });

  it('may have no rows', () => {
    const empty = makeLake(
      { simulation: { carts_per_30_days: 30_000, calibration_window: ['2020-01-01', '2022-12-31'] } },
      0.000_02,
      '2020-01-01',
      '2020-02-10',
    );
    const quiet = empty.days.filter((day) => day.shopping_carts.length === 0);
    expect(quiet.length).toBeGreaterThan(0);
    for (const table of TRANSACTION_TABLES) expect(quiet[0]![table]).toEqual([]);
  });
});

it('a lake that ends sooner has the same first days', () => {
  const again = makeLake({}, 0.004, '2020-10-01', '2020-10-05');
  expect(again.days).toEqual(days.slice(0, 5));
});
