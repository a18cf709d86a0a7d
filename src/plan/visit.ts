// What becomes of a visit: how many items, and whether the cart is converted, abandoned or emptied.

import { Stream } from '../lib/random.ts';
import type { Model, Segment } from './model.ts';

/** Codes of a cart's status, and their words in `shopping_carts.status`. */
export const CONVERTED = 0;
const ABANDONED = 1;
const EMPTIED = 2;
export const CART_STATUSES = ['converted', 'abandoned', 'emptied'] as const;

export class VisitDraw {
  items = 0;
  status = ABANDONED;

  private readonly emptied: number;
  private readonly stream: Stream;

  constructor(model: Model) {
    this.emptied = model.emptied;
    this.stream = new Stream(model.seed, 'visit');
  }

  draw(segment: Segment, customer: number, ordinal: number, hasOrdered: boolean): void {
    const stream = this.stream.open(customer, ordinal);
    const items = stream.between(segment.minItems, segment.maxItems);
    const converted = stream.next() < (hasOrdered ? segment.conversion : segment.firstConversion);
    const emptied = stream.next() < this.emptied;
    this.status = converted ? CONVERTED : emptied ? EMPTIED : ABANDONED;
    this.items = this.status === EMPTIED ? 0 : items;
  }
}
