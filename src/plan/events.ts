// Events of all customers: gathered in the order they are simulated, then sorted by day and time into shared memory.

import { MS_PER_DAY } from '../lib/days.ts';

const BLOCK_EVENTS = 1 << 18;

type ColumnArray = Uint8Array | Uint32Array;
type ColumnConstructor = Uint8ArrayConstructor | Uint32ArrayConstructor;

/** Columns an event has beside its day and time. */
export type EventLayout = Readonly<Record<string, ColumnConstructor>>;

type ColumnsOf<L extends EventLayout> = { [K in keyof L]: InstanceType<L[K]> };

/** `day` counts from the first day gathered; `time` is in milliseconds since midnight. */
export type EventBlock<L extends EventLayout> = ColumnsOf<L> & { day: Uint16Array; time: Uint32Array; size: number };

/** Sorted events: those of day d stand at `[dayStart[d], dayStart[d + 1])`, by time, ties in the order gathered. */
export type SortedEvents<L extends EventLayout> = ColumnsOf<L> & { time: Uint32Array; dayStart: Float64Array };

export class EventGatherer<L extends EventLayout> {
  private readonly layout: L;
  private blocks: EventBlock<L>[] = [];
  private block: EventBlock<L>;
  private readonly dayCounts: Float64Array;

  constructor(layout: L, days: number) {
    this.layout = layout;
    this.dayCounts = new Float64Array(days);
    this.block = this.addBlock();
  }

  private addBlock(): EventBlock<L> {
    const columns = Object.entries(this.layout).map(([name, type]) => [name, new type(BLOCK_EVENTS)] as const);
    this.block = {
      ...Object.fromEntries(columns),
      day: new Uint16Array(BLOCK_EVENTS),
      time: new Uint32Array(BLOCK_EVENTS),
      size: 0,
    } as EventBlock<L>;
    this.blocks.push(this.block);
    return this.block;
  }

  /** The block to write the next event to, at index `size`; call `added` after. */
  next(): EventBlock<L> {
    return this.block.size < BLOCK_EVENTS ? this.block : this.addBlock();
  }

  /** Counts the event just written. */
  added(block: EventBlock<L>): void {
    this.dayCounts[block.day[block.size]!]!++;
    block.size++;
  }

  /** Sorts everything into shared memory and lets the blocks go. */
  sort(): SortedEvents<L> {
    const days = this.dayCounts.length;
    const dayStart = shared(Float64Array, days + 1);
    for (let day = 0; day < days; day++) dayStart[day + 1] = dayStart[day]! + this.dayCounts[day]!;
    const total = dayStart[days]!;
    const names = ['time', ...Object.keys(this.layout)];
    const sorted: Record<string, ColumnArray> = {};
    for (const name of names) sorted[name] = shared(name === 'time' ? Uint32Array : this.layout[name]!, total);

    this.place(dayStart, names, sorted);
    sortDays(dayStart, Object.values(sorted), sorted['time'] as Uint32Array);
    return { ...sorted, dayStart } as SortedEvents<L>;
  }

  private place(dayStart: Float64Array, names: string[], sorted: Record<string, ColumnArray>): void {
    const cursor = dayStart.slice();
    const target = new Float64Array(BLOCK_EVENTS);
    for (let block = this.blocks.shift(); block !== undefined; block = this.blocks.shift()) {
      for (let i = 0; i < block.size; i++) target[i] = cursor[block.day[i]!]!++;
      for (const name of names) {
        const from = block[name] as ColumnArray;
        const to = sorted[name]!;
        for (let i = 0; i < block.size; i++) to[target[i]!] = from[i]!;
      }
    }
  }
}

/**
 * Sorts each day by time; equal times keep their order. Times are spread over as many buckets as there are events and
 * then put right among neighbours: linear, where a comparison sort of 23 million events costs 2 s.
 */
function sortDays(dayStart: Float64Array, columns: ColumnArray[], time: Uint32Array): void {
  let capacity = 0;
  for (let day = 0; day + 1 < dayStart.length; day++) capacity = Math.max(capacity, dayStart[day + 1]! - dayStart[day]!);
  const order = new Uint32Array(capacity);
  const scratch = new Uint32Array(capacity);
  const bucketEnd = new Uint32Array(capacity + 1);
  for (let day = 0; day + 1 < dayStart.length; day++) {
    const start = dayStart[day]!;
    const count = dayStart[day + 1]! - start;
    const dayTimes = time.subarray(start, start + count);
    orderByTime(dayTimes, order, bucketEnd);
    for (const column of columns) {
      const values = column.subarray(start, start + count);
      scratch.set(values);
      for (let i = 0; i < count; i++) values[i] = scratch[order[i]!]!;
    }
  }
}

/** Fills `order` with the positions of `times` from earliest to latest. */
function orderByTime(times: Uint32Array, order: Uint32Array, bucketEnd: Uint32Array): void {
  const count = times.length;
  const bucketOf = count / MS_PER_DAY;
  bucketEnd.fill(0, 0, count + 1);
  for (let i = 0; i < count; i++) bucketEnd[Math.floor(times[i]! * bucketOf) + 1]!++;
  for (let i = 1; i <= count; i++) bucketEnd[i]! += bucketEnd[i - 1]!;
  // Placing turns each bucket's start into its end.
  for (let i = 0; i < count; i++) order[bucketEnd[Math.floor(times[i]! * bucketOf)]!++] = i;
  for (let i = 1; i < count; i++) {
    const position = order[i]!;
    const moved = times[position]!;
    let at = i;
    while (at > 0 && times[order[at - 1]!]! > moved) {
      order[at] = order[at - 1]!;
      at--;
    }
    order[at] = position;
  }
}

function shared<T extends ColumnConstructor | Float64ArrayConstructor>(type: T, length: number): InstanceType<T> {
  const memory: unknown = new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT);
  return new type(memory as ArrayBuffer) as InstanceType<T>;
}
