// Thrift's compact protocol, the language of Parquet's footers and page headers: bytes to a tree of fields and back.

export const I32 = 5;
export const I64 = 6;
export const BINARY = 8;
export const LIST = 9;
export const STRUCT = 12;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;

/** Whole numbers up to 2^53. */
export type ThriftValue = number | boolean | Uint8Array | ThriftList | ThriftStruct;

export interface ThriftList {
  readonly elementType: number;
  items: ThriftValue[];
}

/** Fields by their number, in ascending order. */
export type ThriftStruct = Map<number, ThriftField>;

export interface ThriftField {
  readonly type: number;
  value: ThriftValue;
}

export const i32 = (value: number): ThriftField => ({ type: I32, value });
export const i64 = (value: number): ThriftField => ({ type: I64, value });
export const binary = (value: Uint8Array): ThriftField => ({ type: BINARY, value });
export const list = (elementType: number, items: ThriftValue[]): ThriftField => ({ type: LIST, value: { elementType, items } });
export const struct = (fields: Record<number, ThriftField>): ThriftStruct =>
  new Map(Object.entries(fields).map(([id, field]) => [Number(id), field]));
export const nested = (fields: Record<number, ThriftField>): ThriftField => ({ type: STRUCT, value: struct(fields) });

/** Reads the struct that begins at `bytes[0]`. Throws on types that Parquet's footers do not use. */
export function readStruct(bytes: Uint8Array): ThriftStruct {
  return new Reader(bytes).struct();
}

export function writeStruct(value: ThriftStruct): Uint8Array {
  const writer = new Writer();
  writer.struct(value);
  return writer.bytes.slice(0, writer.end);
}

class Reader {
  private at = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  struct(): ThriftStruct {
    const fields: ThriftStruct = new Map();
    let id = 0;
    for (let head = this.byte(); head !== 0; head = this.byte()) {
      const type = head & 15;
      id = head >> 4 === 0 ? this.integer() : id + (head >> 4);
      // A boolean field's value is its type.
      fields.set(id, type === TRUE || type === FALSE ? { type: TRUE, value: type === TRUE } : { type, value: this.value(type) });
    }
    return fields;
  }

  private value(type: number): ThriftValue {
    switch (type) {
      case TRUE:
      case FALSE:
        return this.byte() === TRUE;
      case BYTE:
        return this.byte();
      case I16:
      case I32:
      case I64:
        return this.integer();
      case BINARY: {
        const length = this.varint();
        return this.bytes.subarray(this.at, (this.at += length));
      }
      case LIST: {
        const head = this.byte();
        const size = head >> 4 === 15 ? this.varint() : head >> 4;
        return { elementType: head & 15, items: Array.from({ length: size }, () => this.value(head & 15)) };
      }
      case STRUCT:
        return this.struct();
      default:
        throw new Error(`Thrift type ${type} at byte ${this.at} of a footer`);
    }
  }

  private byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new Error('a footer ends too early');
    return value;
  }

  private varint(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.byte();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  }

  /** Zigzag: 0, -1, 1, -2 are written as 0, 1, 2, 3. */
  private integer(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

class Writer {
  bytes = new Uint8Array(4096);
  end = 0;

  struct(fields: ThriftStruct): void {
    let last = 0;
    for (const [id, { type, value }] of fields) {
      const written = typeof value === 'boolean' && !value ? FALSE : type;
      if (id - last < 16) this.byte(((id - last) << 4) | written);
      else {
        this.byte(written);
        this.integer(id);
      }
      last = id;
      if (typeof value !== 'boolean') this.value(type, value);
    }
    this.byte(0);
  }

  private value(type: number, value: ThriftValue): void {
    if (typeof value === 'boolean') this.byte(value ? TRUE : FALSE);
    else if (typeof value === 'number') {
      if (type === BYTE) this.byte(value);
      else this.integer(value);
    } else if (value instanceof Uint8Array) {
      this.varint(value.length);
      this.room(value.length);
      this.bytes.set(value, this.end);
      this.end += value.length;
    } else if (value instanceof Map) this.struct(value);
    else {
      const { elementType, items } = value;
      this.byte((Math.min(items.length, 15) << 4) | elementType);
      if (items.length >= 15) this.varint(items.length);
      for (const item of items) this.value(elementType, item);
    }
  }

  private byte(value: number): void {
    this.room(1);
    this.bytes[this.end++] = value;
  }

  private varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  private integer(value: number): void {
    this.varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  private room(count: number): void {
    if (this.end + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.end + count));
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
  }
}
