// Keys as bytes -> small number, for tens of millions of keys: an arena under an open-addressing table, about 25 bytes a key.

import { UserError } from '../lib/errors.ts';

/** Before each key in the arena: its length in two bytes, its value in three. */
const HEAD_BYTES = 5;
const MAX_KEY_BYTES = 0xffff;
const MAX_ARENA_BYTES = 2 ** 32 - 2;

export class KeyMap {
  size = 0;
  /** Arena position + 1, or 0 where free. Never more than three quarters full. */
  #slots = new Uint32Array(1 << 12);
  #arena = new Uint8Array(1 << 16);
  #end = 0;
  /** Record that was found last: whoever asks in the order of insertion finds the next one without hashing. */
  #last = -1;

  /** Adds `bytes[from, to)`; false if it is there already. `value` is below 2^24. */
  add(bytes: Uint8Array, from: number, to: number, value: number): boolean {
    const length = to - from;
    if (length > MAX_KEY_BYTES)
      throw new UserError(`a key of ${length} bytes is too long`, { hint: `Keys have at most ${MAX_KEY_BYTES} bytes.` });
    if ((this.size + 1) * 4 > this.#slots.length * 3) this.#growSlots();
    const slot = this.#find(bytes, from, to);
    if (this.#slots[slot] !== 0) return false;
    this.#slots[slot] = this.#end + 1;
    this.size++;
    this.#growArena(HEAD_BYTES + length);
    const arena = this.#arena;
    let end = this.#end;
    arena[end++] = length & 0xff;
    arena[end++] = length >> 8;
    arena[end++] = value & 0xff;
    arena[end++] = (value >> 8) & 0xff;
    arena[end++] = value >> 16;
    for (let i = from; i < to; i++) arena[end++] = bytes[i]!;
    this.#end = end;
    return true;
  }

  /** The value of `bytes[from, to)`, or -1. */
  get(bytes: Uint8Array, from: number, to: number): number {
    let record = this.#last;
    if (record < 0 || !this.#isAt(record, bytes, from, to)) {
      const next = record < 0 ? 0 : record + HEAD_BYTES + this.#lengthAt(record);
      if (next < this.#end && this.#isAt(next, bytes, from, to)) record = next;
      else record = this.#slots[this.#find(bytes, from, to)]! - 1;
      if (record < 0) return -1;
      this.#last = record;
    }
    const arena = this.#arena;
    return arena[record + 2]! | (arena[record + 3]! << 8) | (arena[record + 4]! << 16);
  }

  #lengthAt(record: number): number {
    return this.#arena[record]! | (this.#arena[record + 1]! << 8);
  }

  #isAt(record: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#lengthAt(record) !== to - from) return false;
    const arena = this.#arena;
    // Neighbouring keys differ at their end.
    for (let i = to - 1, at = record + HEAD_BYTES + to - from - 1; i >= from; i--, at--) if (bytes[i] !== arena[at]) return false;
    return true;
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #find(bytes: Uint8Array, from: number, to: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash(bytes, from, to) & mask;
    for (let position = slots[slot]!; position !== 0; position = slots[slot]!) {
      if (this.#isAt(position - 1, bytes, from, to)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #growSlots(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let record = 0; record < this.#end;) {
      const first = record + HEAD_BYTES;
      const last = first + this.#lengthAt(record);
      let slot = hash(this.#arena, first, last) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = record + 1;
      record = last;
    }
    this.#slots = slots;
  }

  #growArena(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed <= this.#arena.length) return;
    if (needed > MAX_ARENA_BYTES)
      throw new UserError('the source has too many keys to join in one go', { hint: 'Split it into folders by date.' });
    const grown = new Uint8Array(Math.min(MAX_ARENA_BYTES, Math.max(needed, Math.ceil(this.#arena.length * 1.5))));
    grown.set(this.#arena.subarray(0, this.#end));
    this.#arena = grown;
  }
}

/** FNV-1a with a final mix, since the low bits choose the slot. */
function hash(bytes: Uint8Array, from: number, to: number): number {
  let h = 0x811c9dc5 | 0;
  for (let i = from; i < to; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
