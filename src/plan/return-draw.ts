// Which of an order's lines come back, when and why; at most two returns an order.

import { Stream } from '../lib/random.ts';
import { MAX_CART_ITEMS, type OrderLines } from './cart-contents.ts';
import type { Model, ReturnBehavior, Segment } from './model.ts';

const MAX_RETURNS = 2;

/** Scratch space for the returns of one order. */
export class ReturnDraw {
  /** 0, 1 or 2 returns. */
  count = 0;
  /** Of each return: days after the order, index of the reason, number of lines with a quantity. */
  readonly delayDays = new Float64Array(MAX_RETURNS);
  readonly reason = new Uint8Array(MAX_RETURNS);
  readonly lines = new Uint8Array(MAX_RETURNS);
  /** Of each return and line of the order: pieces sent back. */
  readonly quantity = [new Int32Array(MAX_CART_ITEMS), new Int32Array(MAX_CART_ITEMS)] as const;

  private readonly model: Model;
  private readonly stream: Stream;
  private readonly remaining = new Int32Array(MAX_CART_ITEMS);

  constructor(model: Model) {
    this.model = model;
    this.stream = new Stream(model.seed, 'returns');
  }

  draw(segment: Segment, customer: number, ordinal: number, order: OrderLines): void {
    const { model, remaining } = this;
    const stream = this.stream.open(customer, ordinal);
    this.count = 0;
    if (stream.next() >= segment.returned) return;
    let left = 0;
    for (let line = 0; line < order.size; line++) left += remaining[line] = order.quantity[line]!;
    const second = stream.next() < model.secondReturn;
    let share = 0;
    for (let k = 0; k < (second ? 2 : 1) && left > 0; k++) {
      share += (1 - share) * stream.unit();
      this.delayDays[k] = model.returnDelays.at(share);
      const reason = stream.below(model.reasons.length);
      this.reason[k] = reason;
      left -= this.pickLines(k, order.size, model.returnBehaviors[reason]!);
      this.count = k + 1;
    }
  }

  /** Fills `quantity[k]` from what remains. Returns the pieces taken, at least one. */
  private pickLines(k: number, size: number, behavior: ReturnBehavior): number {
    const { remaining, stream } = this;
    const quantity = this.quantity[k]!;
    const full = stream.next() < behavior.fullReturn;
    const certain = this.remainingLine(stream.next(), size);
    let pieces = 0;
    let lines = 0;
    for (let line = 0; line < size; line++) {
      const left = remaining[line]!;
      const chosen = full || line === certain || stream.next() < 0x8000_0000;
      const partial = stream.next() < behavior.partialQuantity;
      let taken = chosen ? left : 0;
      if (taken > 1 && !full && partial) taken = 1 + (stream.next() % (left - 1));
      quantity[line] = taken;
      remaining[line] = left - taken;
      if (taken > 0) lines++;
      pieces += taken;
    }
    this.lines[k] = lines;
    return pieces;
  }

  /** A line with pieces left, so that no return is empty. */
  private remainingLine(u32: number, size: number): number {
    let line = u32 % size;
    while (this.remaining[line] === 0) line = (line + 1) % size;
    return line;
  }
}
