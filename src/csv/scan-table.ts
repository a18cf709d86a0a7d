// Finds the extents of a CSV file by reading it: by its own date, or for children by joining on the parent's key.

import { stat } from 'node:fs/promises';
import type { TableSpec } from '../tables/index.ts';
import { DATE_BYTES, isDate, isTimestamp } from './date-text.ts';
import { ExtentList, ExtentRuns } from './extents.ts';
import type { CsvHeader } from './header.ts';
import { KeyMap } from './key-map.ts';
import { csvProblem, showText } from './problem.ts';
import { RowScanner } from './row-scanner.ts';

const SHOWN_ORPHANS = 5;

/** What a folder can be called after `category=` on every system and in every bucket. */
const FOLDER_VALUE = /^[^/\\:*?"<>|=%#\p{Cc}]+$/u;

export interface TableFile {
  readonly table: TableSpec;
  readonly file: string;
  readonly header: CsvHeader;
  /** Columns of the contract's numbers that the file has as text, as the run says that wrote it. */
  readonly textColumns: readonly string[];
}

export interface ScanOptions {
  /** Which partitions to keep; all if undefined. */
  readonly isWanted?: ((value: string) => boolean) | undefined;
  /** Read size; for tests. */
  readonly blockBytes?: number | undefined;
}

/** A parent's keys, each with the id of its partition value. */
export interface ParentKeys {
  readonly parent: TableFile;
  readonly keys: KeyMap;
  readonly values: string[];
}

/** Extents of a table that has its own partition column; fills `keys` with its keys if given. */
export async function scanByDate(source: TableFile, options: ScanOptions, keys?: KeyMap): Promise<ExtentList> {
  const { table, file, header } = source;
  const dateColumn = table.columns.findIndex((column) => column.name === table.dateColumn);
  const keyColumn = table.columns.findIndex((column) => column.name === table.key[0]);
  const ids = new ValueIds(source);
  const list = new ExtentList(ids.values);
  const runs = new ExtentRuns(list);
  const scanner = await RowScanner.open(file, header, [dateColumn, keyColumn], options.blockBytes);
  try {
    const wanted: boolean[] = [];
    while (await scanner.nextBlock()) {
      while (scanner.nextRow()) {
        const id = ids.idOf(scanner.bytes, scanner.from[0]!, scanner.to[0]!, scanner.line);
        const keep = (wanted[id] ??= options.isWanted?.(ids.values[id]!) ?? true);
        runs.addRow(keep ? id : -1, scanner.offset, scanner.line);
        if (keys !== undefined && !keys.add(scanner.bytes, scanner.from[1]!, scanner.to[1]!, id)) {
          throw await duplicateKey(source, keyColumn, scanner.bytes.slice(scanner.from[1], scanner.to[1]), scanner.line, options);
        }
      }
    }
  } finally {
    await scanner.close();
  }
  runs.end((await stat(file)).size);
  return list;
}

/** Extents of a table whose rows lie in their parent's partitions. */
export async function scanByParent(source: TableFile, { parent, keys, values }: ParentKeys, options: ScanOptions): Promise<ExtentList> {
  const { table, file, header } = source;
  const keyColumn = table.columns.findIndex((column) => column.name === table.parent!.column);
  const isWanted = values.map((value) => options.isWanted?.(value) ?? true);
  const list = new ExtentList(values);
  const runs = new ExtentRuns(list);
  const orphans: string[] = [];
  let orphanCount = 0;
  let firstOrphanLine = 0;
  const scanner = await RowScanner.open(file, header, [keyColumn], options.blockBytes);
  try {
    while (await scanner.nextBlock()) {
      while (scanner.nextRow()) {
        const id = keys.get(scanner.bytes, scanner.from[0]!, scanner.to[0]!);
        if (id >= 0) {
          runs.addRow(isWanted[id] ? id : -1, scanner.offset, scanner.line);
          continue;
        }
        if (orphanCount++ === 0) firstOrphanLine = scanner.line;
        if (orphans.length < SHOWN_ORPHANS) {
          orphans.push(`${showText(scanner.bytes.subarray(scanner.from[0], scanner.to[0]))} (line ${scanner.line})`);
        }
      }
    }
  } finally {
    await scanner.close();
  }
  if (orphanCount > 0) {
    const rows = orphanCount === 1 ? '1 row has' : `${orphanCount} rows have`;
    const more = orphanCount > orphans.length ? ', ...' : '';
    throw csvProblem(
      file,
      firstOrphanLine,
      `${rows} a ${table.parent!.column} that is not in ${parent.file}: ${orphans.join(', ')}${more}`,
      'A child lies in the partition of its parent: add the missing parents to that file, or remove these rows.',
    );
  }
  runs.end((await stat(file)).size);
  return list;
}

/** Partition values as they come, numbered; checks each new one. Rows of the same value mostly follow each other. */
class ValueIds {
  readonly values: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #source: TableFile;
  readonly #format: string | undefined;
  #current: Uint8Array = new Uint8Array(0);
  #currentId = -1;

  constructor(source: TableFile) {
    this.#source = source;
    this.#format = source.table.columns.find((column) => column.name === source.table.dateColumn)!.format;
  }

  idOf(bytes: Uint8Array, from: number, to: number, line: number): number {
    const end = this.#format === undefined ? to : Math.min(to, from + DATE_BYTES);
    if (this.#currentId >= 0 && startsAlike(this.#current, bytes, from, end)) return this.#currentId;
    const isValid =
      this.#format === undefined
        ? FOLDER_VALUE.test(Buffer.from(bytes.buffer, from, to - from).toString())
        : this.#format === 'date'
          ? isDate(bytes, from, to)
          : isTimestamp(bytes, from, to);
    if (!isValid) throw this.#unfit(bytes.subarray(from, to), line);
    this.#current = bytes.slice(from, end);
    const value = Buffer.from(this.#current).toString();
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.values.push(value) - 1;
      this.#ids.set(value, id);
    }
    this.#currentId = id;
    return id;
  }

  #unfit(value: Uint8Array, line: number): Error {
    const { file, table } = this.#source;
    const what = value.length === 0 ? 'the value is missing' : `${showText(value)} cannot name a partition`;
    const hint =
      this.#format === undefined
        ? 'Each value names a folder: it cannot be empty or contain any of / \\ : * ? " < > | = % #.'
        : `This column decides the partition: it must ${this.#format === 'date' ? 'be' : 'begin with'} a calendar date, such as 2020-02-29.`;
    return csvProblem(file, line, `column "${table.dateColumn}": ${what}`, hint);
  }
}

function startsAlike(value: Uint8Array, bytes: Uint8Array, from: number, end: number): boolean {
  if (end - from !== value.length) return false;
  for (let i = value.length - 1; i >= 0; i--) if (bytes[from + i] !== value[i]) return false;
  return true;
}

/** Reads the file again for the line where the key came first: memory spent on lines would serve this message only. */
async function duplicateKey(source: TableFile, keyColumn: number, key: Uint8Array, line: number, options: ScanOptions): Promise<Error> {
  const { table, file, header } = source;
  const scanner = await RowScanner.open(file, header, [keyColumn], options.blockBytes);
  try {
    search: while (await scanner.nextBlock()) {
      while (scanner.nextRow()) if (startsAlike(key, scanner.bytes, scanner.from[0]!, scanner.to[0]!)) break search;
    }
    return csvProblem(
      file,
      line,
      `${table.key[0]} ${showText(key)} stands in line ${scanner.line} already`,
      'Keys must be unique: remove one of the two rows.',
    );
  } finally {
    await scanner.close();
  }
}
