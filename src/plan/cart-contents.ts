// What lies in a cart: products, quantities and when each was added; redrawn from its stream wherever it is needed.

import { Stream } from '../lib/random.ts';
import type { ProductTable } from '../lookups/load.ts';
import type { Model, Segment } from './model.ts';

/** Most items a cart can hold; the config's ranges are checked against it. */
export const MAX_CART_ITEMS = 60;

const SECOND_MS = 1000;
const FIRST_ITEM_MS = [1 * SECOND_MS, 60 * SECOND_MS] as const;
const NEXT_ITEM_MS = [5 * SECOND_MS, 240 * SECOND_MS] as const;
const DECISION_MS = [30 * SECOND_MS, 600 * SECOND_MS] as const;
const CONFIRMATION_MS = [1 * SECOND_MS, 120 * SECOND_MS] as const;

/** Scratch space for one cart at a time. Offsets are milliseconds after the cart's creation. */
export class CartContents {
  size = 0;
  readonly product = new Int32Array(MAX_CART_ITEMS);
  readonly quantity = new Int32Array(MAX_CART_ITEMS);
  readonly addedMs = new Int32Array(MAX_CART_ITEMS);
  totalCents = 0;
  /** When the cart got its last status. */
  updatedMs = 0;
  /** When the order is placed, should the cart be converted. */
  orderMs = 0;

  private readonly model: Model;
  private readonly products: ProductTable;
  private readonly stream: Stream;

  constructor(model: Model, products: ProductTable) {
    this.model = model;
    this.products = products;
    this.stream = new Stream(model.seed, 'cart contents');
  }

  draw(segment: Segment, customer: number, ordinal: number, items: number): void {
    const stream = this.stream.open(customer, ordinal);
    const { productsByCategory } = this.model;
    const { priceCents } = this.products;
    const { minQuantity, maxQuantity, category } = segment;
    let clockMs = stream.between(FIRST_ITEM_MS[0], FIRST_ITEM_MS[1]);
    let total = 0;
    for (let i = 0; i < items; i++) {
      const choices = productsByCategory[category.pick(stream.next())]!;
      const product = choices[stream.below(choices.length)]!;
      const quantity = stream.between(minQuantity, maxQuantity);
      this.product[i] = product;
      this.quantity[i] = quantity;
      this.addedMs[i] = clockMs;
      clockMs += stream.between(NEXT_ITEM_MS[0], NEXT_ITEM_MS[1]);
      total += quantity * priceCents[product]!;
    }
    const lastMs = items > 0 ? this.addedMs[items - 1]! : clockMs;
    this.size = items;
    this.totalCents = total;
    this.updatedMs = lastMs + stream.between(DECISION_MS[0], DECISION_MS[1]);
    this.orderMs = this.updatedMs + stream.between(CONFIRMATION_MS[0], CONFIRMATION_MS[1]);
  }
}

/** Scratch space for one order's lines: equal products of a cart become one line, in order of product ID. */
export class OrderLines {
  size = 0;
  readonly product = new Int32Array(MAX_CART_ITEMS);
  readonly quantity = new Int32Array(MAX_CART_ITEMS);

  private readonly productId: Int32Array;

  constructor(products: ProductTable) {
    this.productId = products.id;
  }

  /** Insertion sort with merging: carts are small. */
  merge(cart: CartContents): void {
    const { product, quantity, productId } = this;
    let size = 0;
    for (let i = 0; i < cart.size; i++) {
      const added = cart.product[i]!;
      const id = productId[added]!;
      let at = size;
      while (at > 0 && productId[product[at - 1]!]! > id) at--;
      if (at > 0 && product[at - 1] === added) {
        quantity[at - 1]! += cart.quantity[i]!;
        continue;
      }
      for (let later = size; later > at; later--) {
        product[later] = product[later - 1]!;
        quantity[later] = quantity[later - 1]!;
      }
      product[at] = added;
      quantity[at] = cart.quantity[i]!;
      size++;
    }
    this.size = size;
  }
}
