// Columns with one value in every row, put into a finished Parquet file: a dictionary of one word and a run of zeros.
// Through the encoder they would cost a fifth of its time: copied, checked and hashed row by row.

import {
  binary,
  BINARY,
  i32,
  I32,
  i64,
  list,
  nested,
  readStruct,
  struct,
  writeStruct,
  type ThriftField,
  type ThriftList,
  type ThriftStruct,
} from './thrift.ts';

/** Field numbers of parquet.thrift. */
const FILE = { schema: 2, rowGroups: 4, keyValues: 5, columnOrders: 7 } as const;
const SCHEMA_ELEMENT = { name: 4, children: 5 } as const;
const ROW_GROUP = { columns: 1, totalBytes: 2, rows: 3, compressedBytes: 6 } as const;

const BYTE_ARRAY = 6;
const UNCOMPRESSED = 0;
const PLAIN = 0;
const RLE = 3;
const RLE_DICTIONARY = 8;
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;

const MAGIC_BYTES = 4;
/** The footer's length and the magic bytes. */
const TAIL_BYTES = 8;

/**
 * `file` with the text columns of `values` at their places among `names`, which lists all columns. The file must have the
 * others in that order, `like` among them: a required text column, whose description the new ones share.
 * The Arrow schema that the encoder adds is dropped, since it would not fit any more; Parquet's own says the same.
 */
export function addConstantColumns(
  file: Uint8Array,
  names: readonly string[],
  values: ReadonlyMap<string, string>,
  like: string,
): Uint8Array {
  const bodyEnd =
    file.length - TAIL_BYTES - Buffer.from(file.buffer, file.byteOffset, file.byteLength).readUInt32LE(file.length - TAIL_BYTES);
  const footer = readStruct(file.subarray(bodyEnd, file.length - TAIL_BYTES));
  const likeIndex = names.filter((name) => !values.has(name)).indexOf(like);
  const pieces = [file.subarray(0, bodyEnd)];
  let end = bodyEnd;

  const schema = listAt(footer, FILE.schema);
  const [root, ...elements] = schema.items as ThriftStruct[];
  const model = elements[likeIndex]!;
  root!.set(SCHEMA_ELEMENT.children, i32(names.length));
  schema.items = [root!, ...merge(elements, (name) => replaced(model, SCHEMA_ELEMENT.name, binary(Buffer.from(name))))];
  const orders = listAt(footer, FILE.columnOrders);
  orders.items = merge(orders.items, () => orders.items[likeIndex]!);
  for (const rowGroup of listAt(footer, FILE.rowGroups).items as ThriftStruct[]) {
    const rows = numberAt(rowGroup, ROW_GROUP.rows);
    let added = 0;
    const columns = listAt(rowGroup, ROW_GROUP.columns);
    columns.items = merge(columns.items, (name, value) => {
      const chunk = encodeChunk(name, value, rows, end);
      pieces.push(...chunk.pages);
      end += chunk.bytes;
      added += chunk.bytes;
      return chunk.metadata;
    });
    for (const total of [ROW_GROUP.totalBytes, ROW_GROUP.compressedBytes]) rowGroup.set(total, i64(numberAt(rowGroup, total) + added));
  }
  footer.delete(FILE.keyValues);

  const written = writeStruct(footer);
  const tail = Buffer.alloc(TAIL_BYTES);
  tail.writeUInt32LE(written.length);
  tail.set(file.subarray(file.length - MAGIC_BYTES), MAGIC_BYTES);
  return Buffer.concat([...pieces, written, tail]);

  function merge<T>(present: readonly T[], make: (name: string, value: string) => T): T[] {
    let next = 0;
    return names.map((name) => {
      const value = values.get(name);
      return value === undefined ? present[next++]! : make(name, value);
    });
  }
}

/** One column of a row group: its two pages and what the footer says of them. */
function encodeChunk(
  name: string,
  value: string,
  rows: number,
  offset: number,
): { pages: Uint8Array[]; bytes: number; metadata: ThriftStruct } {
  const text = Buffer.from(value);
  const word = Buffer.alloc(4 + text.length);
  word.writeUInt32LE(text.length);
  word.set(text, 4);
  const dictionary = encodePage(DICTIONARY_PAGE, word, 7, { 1: i32(1), 2: i32(PLAIN) });
  // Indexes of one bit: a run of `rows` zeros.
  const indexes = Uint8Array.from([1, ...varint(rows * 2), 0]);
  const data = encodePage(DATA_PAGE, indexes, 5, { 1: i32(rows), 2: i32(RLE_DICTIONARY), 3: i32(RLE), 4: i32(RLE) });
  const dictionaryBytes = dictionary.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = dictionaryBytes + data.reduce((sum, piece) => sum + piece.length, 0);
  const metadata = struct({
    2: i64(0),
    3: nested({
      1: i32(BYTE_ARRAY),
      2: list(I32, [PLAIN, RLE, RLE_DICTIONARY]),
      3: list(BINARY, [Buffer.from(name)]),
      4: i32(UNCOMPRESSED),
      5: i64(rows),
      6: i64(bytes),
      7: i64(bytes),
      9: i64(offset + dictionaryBytes),
      11: i64(offset),
    }),
  });
  return { pages: [...dictionary, ...data], bytes, metadata };
}

function encodePage(type: number, body: Uint8Array, headerField: number, header: Record<number, ThriftField>): Uint8Array[] {
  return [writeStruct(struct({ 1: i32(type), 2: i32(body.length), 3: i32(body.length), [headerField]: nested(header) })), body];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

function replaced(fields: ThriftStruct, id: number, field: ThriftField): ThriftStruct {
  return new Map(fields).set(id, field);
}

function listAt(fields: ThriftStruct, id: number): ThriftList {
  return fields.get(id)!.value as ThriftList;
}

function numberAt(fields: ThriftStruct, id: number): number {
  return fields.get(id)!.value as number;
}
