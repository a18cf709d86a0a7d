import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MS_PER_DAY } from '../../src/lib/days.ts';
import { mix32 } from '../../src/lib/random.ts';
import { EventGatherer } from '../../src/plan/events.ts';

const LAYOUT = { customer: Uint32Array, mark: Uint8Array } as const;

interface Event {
  day: number;
  time: number;
  customer: number;
  mark: number;
}

function sortWith(gathered: Iterable<Event>, days: number) {
  const gatherer = new EventGatherer(LAYOUT, days);
  for (const event of gathered) {
    const block = gatherer.next();
    const at = block.size;
    block.day[at] = event.day;
    block.time[at] = event.time;
    block.customer[at] = event.customer;
    block.mark[at] = event.mark;
    gatherer.added(block);
  }
  return gatherer.sort();
}

function expectSorted(events: readonly Event[], days: number): void {
  const sorted = sortWith(events, days);
  // toSorted is stable: ties stay in the order gathered.
  const expected = events.toSorted((a, b) => a.day - b.day || a.time - b.time);
  expect([...sorted.time]).toEqual(expected.map(({ time }) => time));
  expect([...sorted.customer]).toEqual(expected.map(({ customer }) => customer));
  expect([...sorted.mark]).toEqual(expected.map(({ mark }) => mark));
  const starts = Array.from({ length: days + 1 }, (_, day) => events.filter((event) => event.day < day).length);
  expect([...sorted.dayStart]).toEqual(starts);
}

/** Times all over the day, at its very end, and the same again and again. */
const time = fc.oneof(
  fc.integer({ min: 0, max: MS_PER_DAY - 1 }),
  fc.integer({ min: MS_PER_DAY - 3, max: MS_PER_DAY - 1 }),
  fc.constantFrom(0, 1, 43_200_000, MS_PER_DAY - 1),
);

describe('EventGatherer', () => {
  it('sorts by day and time, ties as they were gathered', () => {
    const days = 4;
    const event = fc.record({ day: fc.nat(days - 1), time, customer: fc.nat(0xffff_ffff), mark: fc.nat(255) });
    fc.assert(fc.property(fc.array(event, { maxLength: 300 }), (events) => expectSorted(events, days)));
  });

  it('sorts days whose events all come in one second', () => {
    const event = fc.record({
      day: fc.nat(1),
      time: fc.integer({ min: 7_000_000, max: 7_001_000 }),
      customer: fc.nat(9),
      mark: fc.nat(255),
    });
    fc.assert(fc.property(fc.array(event, { minLength: 50, maxLength: 300 }), (events) => expectSorted(events, 2)));
  });

  it('takes more events than fit a block', () => {
    const count = 600_000;
    const days = 50;
    const eventAt = (i: number): Event => ({ day: mix32(i) % days, time: mix32(i + count) % MS_PER_DAY, customer: i, mark: i & 255 });
    const sorted = sortWith(
      Array.from({ length: count }, (_, i) => eventAt(i)),
      days,
    );
    const seen = new Uint8Array(count);
    for (let day = 0; day < days; day++) {
      for (let i = sorted.dayStart[day]!; i < sorted.dayStart[day + 1]!; i++) {
        const expected = eventAt(sorted.customer[i]!);
        seen[expected.customer]!++;
        if (expected.day !== day || expected.time !== sorted.time[i] || expected.mark !== sorted.mark[i])
          expect.fail(`event ${i} is torn apart`);
        if (i > sorted.dayStart[day]! && sorted.time[i]! < sorted.time[i - 1]!) expect.fail(`event ${i} is out of order`);
      }
    }
    expect(sorted.dayStart[days]).toBe(count);
    expect(seen.every((times) => times === 1)).toBe(true);
  });

  it('lies in shared memory', () => {
    const { time: times, customer, mark, dayStart } = sortWith([{ day: 0, time: 1, customer: 2, mark: 3 }], 1);
    for (const array of [times, customer, mark, dayStart]) expect(array.buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});
