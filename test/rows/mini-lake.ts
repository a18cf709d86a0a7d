// A small lake as plain rows, made from the record batches alone: what the tests know of it does not come from the plan.

import type { RecordBatch } from 'apache-arrow';
import { parseDay } from '../../src/lib/days.ts';
import type { Plan } from '../../src/plan/build-plan.ts';
import { DayRows, type DayBatches } from '../../src/rows/day-rows.ts';
import { TRANSACTION_TABLES, type TransactionTable } from '../../src/tables/index.ts';
import { makeWorld, planOf, type Settings, type World } from '../plan/small-world.ts';

export interface Cart {
  cart_id: string;
  customer_id: string;
  created_at: string;
  updated_at: string | null;
  cart_total: number;
  status: string;
}
export interface CartItem {
  cart_item_id: bigint;
  cart_id: string;
  product_id: bigint;
  product_name: string;
  category: string;
  added_at: string | null;
  quantity: bigint;
  unit_price: number;
}
export interface Order {
  order_id: string;
  total_items: bigint;
  order_date: string;
  customer_id: string;
  email: string;
  order_channel: string;
  is_expedited: boolean;
  customer_tier: string;
  gross_total: number;
  net_total: number;
  total_discount_amount: number;
  payment_method: string;
  shipping_speed: string;
  shipping_cost: number;
  agent_id: string | null;
  actual_shipping_cost: number;
  payment_processing_fee: number;
  shipping_address: string;
  billing_address: string;
  clv_bucket: string;
  is_reactivated: boolean;
}
export interface OrderItem {
  order_id: string;
  product_id: bigint;
  product_name: string;
  category: string;
  quantity: bigint;
  unit_price: number;
  discount_amount: number;
  cost_price: number;
}
export interface Return {
  return_id: string;
  order_id: string;
  customer_id: string;
  email: string;
  return_date: string;
  reason: string;
  return_type: string;
  refunded_amount: number;
  return_channel: string;
  agent_id: string | null;
  refund_method: string;
}
export interface ReturnItem {
  return_item_id: bigint;
  return_id: string;
  order_id: string;
  product_id: bigint;
  product_name: string;
  category: string;
  quantity_returned: bigint;
  unit_price: number;
  cost_price: number;
  refunded_amount: number;
}

export interface DayOfRows {
  date: string;
  shopping_carts: Cart[];
  cart_items: CartItem[];
  orders: Order[];
  order_items: OrderItem[];
  returns: Return[];
  return_items: ReturnItem[];
}

export interface MiniLake {
  world: World;
  plan: Plan;
  rows: DayRows;
  days: DayOfRows[];
  all: { [T in TransactionTable]: DayOfRows[T] };
}

/** Many orders and returns for few customers. */
const BUSY: Settings = {
  parameters: {
    conversion_rate: 0.4,
    return_rate_by_signup_channel: { Website: 0.6, email: 0.4, 'Social Media': 0.7, Phone: 0.3 },
    multi_return_probability: 0.5,
  },
};

export function makeLake(settings: Settings, scale: number, firstDay: string, lastDay: string): MiniLake {
  const world = makeWorld({ ...BUSY, ...settings }, scale);
  const plan = planOf(world, firstDay, lastDay);
  const rows = new DayRows(world.config, world.lookups, plan);
  const days = Array.from({ length: plan.days }, (_, day) =>
    toRows(new Date((parseDay(firstDay) + day) * 86_400_000).toISOString().slice(0, 10), rows.make(day)),
  );
  const all = Object.fromEntries(
    TRANSACTION_TABLES.map((table) => [table, days.flatMap((day): object[] => day[table])]),
  ) as unknown as MiniLake['all'];
  return { world, plan, rows, days, all };
}

export function toRows(date: string, batches: DayBatches): DayOfRows {
  return { date, ...Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, rowsOf(batches[table])])) } as DayOfRows;
}

/** Copies: a batch is gone when the next day is made. */
export function rowsOf<T = Record<string, unknown>>(batch: RecordBatch): T[] {
  const names = batch.schema.fields.map((field) => field.name);
  const columns = names.map((name) => batch.getChild(name)!);
  return Array.from({ length: batch.numRows }, (_, row) => {
    const values: Record<string, unknown> = {};
    names.forEach((name, i) => (values[name] = columns[i]!.get(row)));
    return values as T;
  });
}

export const cents = (dollars: number): number => Math.round(dollars * 100);

export function sumCents<T>(rows: readonly T[], dollarsOf: (row: T) => number): number {
  return rows.reduce((sum, row) => sum + cents(dollarsOf(row)), 0);
}
