// A Parquet file's columns with the bytes of their chunks: pages as they lie in the file.

import { readStruct, type ThriftList, type ThriftStruct } from '../../src/parquet/thrift.ts';
import { parseFooter } from '../../src/verify/parquet-footer.ts';

/** Field numbers of parquet.thrift. */
const ROW_GROUPS = 4;
const COLUMNS = 1;
const METADATA = 3;
const META = { compressedBytes: 7, dataPage: 9, dictionaryPage: 11 } as const;

export interface ColumnChunks {
  readonly name: string;
  readonly type: string | undefined;
  readonly bytes: Buffer;
}

export function readFooter(file: Buffer): { readonly columns: readonly ColumnChunks[] } {
  const end = file.length - 8;
  const footer = file.subarray(end - file.readUInt32LE(end), end);
  const groups = (readStruct(footer).get(ROW_GROUPS)!.value as ThriftList).items as ThriftStruct[];
  const columns = parseFooter(footer).columns.map(({ name, type }, index) => {
    const chunks = groups.map((group) => {
      const chunk = (group.get(COLUMNS)!.value as ThriftList).items[index] as ThriftStruct;
      const meta = chunk.get(METADATA)!.value as ThriftStruct;
      const number = (field: number): number | undefined => meta.get(field)?.value as number | undefined;
      const start = number(META.dictionaryPage) ?? number(META.dataPage)!;
      return file.subarray(start, start + number(META.compressedBytes)!);
    });
    return { name, type, bytes: Buffer.concat(chunks) };
  });
  return { columns };
}
