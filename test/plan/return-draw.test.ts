import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrderLines } from '../../src/plan/cart-contents.ts';
import { compileModel, type Model } from '../../src/plan/model.ts';
import { ReturnDraw } from '../../src/plan/return-draw.ts';
import { configOf, makeWorld, tolerance, type Settings } from './small-world.ts';

const { lookups } = makeWorld({}, 1e-5);
const lines = new OrderLines(lookups.products);

function setLines(quantities: readonly number[]): void {
  lines.size = quantities.length;
  quantities.forEach((quantity, i) => {
    lines.product[i] = i;
    lines.quantity[i] = quantity;
  });
}

const modelOf = (parameters: Settings = {}): Model => compileModel(configOf({ parameters }), lookups);
/** Everything comes back, most of it twice, in every way. */
const busy = modelOf({ return_rate: 1, return_rate_by_signup_channel: {}, multi_return_probability: 0.8 });

describe('ReturnDraw', () => {
  it('sends back what is there, at least a piece a return, the second one later and of what is left', () => {
    const sentBack = new ReturnDraw(busy);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 }),
        fc.nat(1e6),
        fc.nat(100),
        (quantities, customer, ordinal) => {
          setLines(quantities);
          sentBack.draw(busy.segments[0]!, customer, ordinal, lines);
          expect(sentBack.count).toBeGreaterThanOrEqual(1);
          expect(sentBack.count).toBeLessThanOrEqual(2);
          const left = [...quantities];
          for (let k = 0; k < sentBack.count; k++) {
            expect(left.some((pieces) => pieces > 0)).toBe(true);
            let touched = 0;
            quantities.forEach((_, line) => {
              const pieces = sentBack.quantity[k]![line]!;
              expect(pieces).toBeGreaterThanOrEqual(0);
              expect(pieces).toBeLessThanOrEqual(left[line]!);
              left[line]! -= pieces;
              if (pieces > 0) touched++;
            });
            expect(touched).toBeGreaterThan(0);
            expect(sentBack.lines[k]).toBe(touched);
            expect(sentBack.reason[k]).toBeLessThan(busy.reasons.length);
            expect(sentBack.delayDays[k]).toBeGreaterThanOrEqual(k === 0 ? 1 : sentBack.delayDays[0]!);
            expect(sentBack.delayDays[k]).toBeLessThanOrEqual(365);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is drawn the same again, whatever was drawn in between', () => {
    const sentBack = new ReturnDraw(busy);
    const snapshot = () => [
      sentBack.count,
      ...sentBack.delayDays.slice(0, sentBack.count),
      ...sentBack.quantity[0].slice(0, 3),
      ...sentBack.reason.slice(0, sentBack.count),
    ];
    for (let customer = 0; customer < 200; customer++) {
      setLines([3, 1, 4]);
      sentBack.draw(busy.segments[0]!, customer, 2, lines);
      const first = snapshot();
      setLines([9, 9]);
      sentBack.draw(busy.segments[0]!, customer + 1, 2, lines);
      setLines([3, 1, 4]);
      sentBack.draw(busy.segments[0]!, customer, 2, lines);
      expect(snapshot()).toEqual(first);
    }
  });
});

interface Drawn {
  count: number;
  delays: number[];
  reasons: number[];
  quantities: number[][];
}

/** Returns of many orders with the same lines. */
function drawMany(model: Model, segment: number, quantities: readonly number[], orders: number): Drawn[] {
  const sentBack = new ReturnDraw(model);
  setLines(quantities);
  return Array.from({ length: orders }, (_, customer) => {
    sentBack.draw(model.segments[segment]!, customer, 0, lines);
    const { count, delayDays, reason, quantity } = sentBack;
    return {
      count,
      delays: [...delayDays.slice(0, count)],
      reasons: [...reason.slice(0, count)],
      quantities: quantity.slice(0, count).map((of) => [...of.slice(0, quantities.length)]),
    };
  });
}

function expectShare(found: number, of: number, share: number, what = ''): void {
  expect(Math.abs(found / of - share), what).toBeLessThanOrEqual(tolerance(share, of));
}

describe('rates', () => {
  const ORDERS = 30_000;
  const { vocab, parameters } = configOf();
  const defaults = modelOf();

  it.each([...vocab.signup_channels, 'guests'])('%s: orders come back at the rate of their channel', (channel) => {
    const index = channel === 'guests' ? 255 : vocab.signup_channels.indexOf(channel);
    const drawn = drawMany(defaults, defaults.segmentOf(index, channel === 'guests' ? 255 : 2), [1, 2, 3], ORDERS);
    const rate = parameters.return_rate_by_signup_channel[channel] ?? parameters.return_rate;
    expectShare(drawn.filter(({ count }) => count > 0).length, ORDERS, rate);
  });

  const always = { return_rate: 1, return_rate_by_signup_channel: {} };

  it('delays of first returns follow the curve', () => {
    const drawn = drawMany(modelOf(always), 0, [2, 2], ORDERS);
    const within = (days: number) => drawn.filter(({ delays }) => delays[0]! <= days).length;
    for (const [days, share] of parameters.return_timing_distribution) expectShare(within(days), ORDERS, share, `${days} days`);
    expectShare(within(15.5), ORDERS, 0.4);
  });

  it('a second return is drawn at its probability where lines remain, and never where none do', () => {
    const partly = { ...always, refund_behavior_by_reason: { default: { full_return_prob: 0, partial_quantity_prob: 1 } } };
    const drawn = drawMany(modelOf(partly), 0, [5], ORDERS);
    expectShare(drawn.filter(({ count }) => count === 2).length, ORDERS, parameters.multi_return_probability);
    const whole = {
      ...always,
      multi_return_probability: 1,
      refund_behavior_by_reason: { default: { full_return_prob: 1, partial_quantity_prob: 1 } },
    };
    for (const { count, quantities } of drawMany(modelOf(whole), 0, [5, 2], 2000)) expect([count, quantities]).toEqual([1, [[5, 2]]]);
  });

  it('reasons are all alike', () => {
    const drawn = drawMany(modelOf(always), 0, [2], ORDERS);
    vocab.return_reasons.forEach((reason, i) => {
      expectShare(drawn.filter(({ reasons }) => reasons[0] === i).length, ORDERS, 1 / vocab.return_reasons.length, reason);
    });
  });

  it('whole orders and parts of lines come back as the reason says', () => {
    const behavior = {
      Defective: { full_return_prob: 0.2, partial_quantity_prob: 0.7 },
      default: { full_return_prob: 0.9, partial_quantity_prob: 0 },
    };
    const drawn = drawMany(modelOf({ ...always, refund_behavior_by_reason: behavior }), 0, [3, 3], ORDERS);
    const defective = drawn.filter(({ reasons }) => reasons[0] === 0).map(({ quantities }) => quantities[0]!);
    const other = drawn.filter(({ reasons }) => reasons[0] !== 0).map(({ quantities }) => quantities[0]!);
    const whole = (list: number[][]) => list.filter(([a, b]) => a === 3 && b === 3).length;
    // Not drawn whole, but each of two lines: one is certain, the other comes half the time, each complete with 1 - partial.
    expectShare(whole(defective), defective.length, 0.2 + 0.8 * 0.5 * 0.3 ** 2);
    expectShare(whole(other), other.length, 0.9 + 0.1 * 0.5);
    const partial = defective.filter(([a, b]) => a === 1 || a === 2 || b === 1 || b === 2).length;
    expectShare(partial, defective.length, 0.8 * (0.5 * 0.7 + 0.5 * (1 - 0.3 ** 2)));
    expect(other.flat().filter((pieces) => pieces === 1 || pieces === 2)).toEqual([]);
  });
});
