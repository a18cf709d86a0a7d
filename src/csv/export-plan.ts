// Which rows of which CSV files make each partition: from the run's index where it still holds, else by reading the files.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../lib/errors.ts';
import { TABLE_NAMES, TABLES, type TableName, type TableSpec } from '../tables/index.ts';
import { ExtentList, type Extent } from './extents.ts';
import { readHeader, type CsvHeader } from './header.ts';
import { KeyMap } from './key-map.ts';
import { readRunFile, RUN_FILE, verifyExtents, type RunFile, type TableIndex } from './run-file.ts';
import { scanByDate, scanByParent, type ParentKeys, type ScanOptions, type TableFile } from './scan-table.ts';

/** One partition of a CSV file; can be sent to another thread. */
export interface PartitionSource {
  readonly table: TableName;
  /** Partition value, such as `2020-01-01`. */
  readonly value: string;
  readonly file: string;
  readonly header: CsvHeader;
  /** Columns of the contract's numbers that the file has as text. */
  readonly textColumns: readonly string[];
  readonly rows: number;
  readonly extents: readonly Extent[];
  /** Whether the run's index gave the extents: then the rows are as they were generated, mess in their dates and all. */
  readonly isIndexed: boolean;
}

export interface ExportRequest {
  /** Default: every table that has a CSV in the folder. */
  readonly tables?: readonly TableName[] | undefined;
  /** Dates to export of the tables partitioned by `ingest_dt`; default: all that occur. Dimensions are exported whole. */
  readonly dates?: ReadonlySet<string> | undefined;
  /** Read size; for tests. */
  readonly blockBytes?: number | undefined;
}

export interface ExportPlan {
  readonly tables: ReadonlyMap<TableName, TablePartitions>;
  /** Every `ingest_dt` that occurs in any of the tables, sorted. */
  readonly dates: readonly string[];
  /** For the log: ignored columns, files changed since they were generated. */
  readonly notes: readonly string[];
  /** Content of the folder's run file, if it has one. */
  readonly run: RunFile | undefined;
}

/** The partitions of one table. */
class TablePartitions {
  readonly source: TableFile;
  /** Values with rows (or listed by the run), sorted. */
  readonly values: readonly string[];
  readonly totalRows: number;
  /** Whether the run's index gave the extents, so that the file was checked but not scanned. */
  readonly isIndexed: boolean;
  readonly #extents: ExtentList;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #rows: Float64Array;

  constructor(source: TableFile, extents: ExtentList, isIndexed: boolean, isListed: (id: number, rows: number) => boolean) {
    this.source = source;
    this.isIndexed = isIndexed;
    this.#extents = extents;
    this.#rows = extents.countRows();
    this.#ids = new Map(extents.values.map((value, id) => [value, id]));
    this.values = extents.values.filter((_, id) => isListed(id, this.#rows[id]!)).toSorted();
    this.totalRows = this.#rows.reduce((sum, rows) => sum + rows, 0);
  }

  rowsOf(value: string): number {
    return this.#rows[this.#ids.get(value) ?? -1] ?? 0;
  }

  /** A value that does not occur is a partition without rows. */
  partition(value: string): PartitionSource {
    const { table, file, header, textColumns } = this.source;
    const id = this.#ids.get(value);
    return {
      table: table.name,
      value,
      file,
      header,
      textColumns,
      rows: this.rowsOf(value),
      extents: id === undefined ? [] : this.#extents.extentsOf(id),
      isIndexed: this.isIndexed,
    };
  }
}

/** Plans the export of a folder's CSVs. Whatever is wrong with the files' structure is a UserError here, before anything is written. */
export async function planExport(folder: string, request: ExportRequest = {}): Promise<ExportPlan> {
  const run = await readRunFile(folder);
  const planner = new Planner(folder, run, request);
  const names = request.tables ?? TABLE_NAMES.filter((name) => existsSync(planner.pathOf(name)));
  if (names.length === 0) {
    throw new UserError(`${folder}: no CSV of any table`, { hint: `Expected files such as ${TABLE_NAMES.slice(2).join('.csv, ')}.csv.` });
  }
  const found = new Map<TableName, TablePartitions>();
  for (const name of TABLE_NAMES.filter((table) => names.includes(table) && TABLES[table].partitionKey !== 'ingest_dt')) {
    found.set(name, await planner.plan(TABLES[name]));
  }
  for (const name of TABLE_NAMES.filter((table) => isParent(table))) {
    await planner.planFamily(name, names, found);
  }
  const tables = new Map(TABLE_NAMES.flatMap((name) => (found.has(name) ? [[name, found.get(name)!]] : [])));
  const dates = new Set([...tables.values()].flatMap(({ source, values }) => (source.table.partitionKey === 'ingest_dt' ? values : [])));
  return { tables, dates: [...dates].toSorted(), notes: planner.notes, run };
}

const childrenOf = (parent: TableName) => TABLE_NAMES.filter((name) => TABLES[name].parent?.table === parent);
const isParent = (name: TableName) => childrenOf(name).length > 0;

class Planner {
  readonly notes: string[] = [];
  readonly #folder: string;
  readonly #run: RunFile | undefined;
  readonly #request: ExportRequest;
  readonly #files = new Map<TableName, TableFile>();
  readonly #verified = new Map<TableName, Promise<boolean>>();

  constructor(folder: string, run: RunFile | undefined, request: ExportRequest) {
    this.#folder = folder;
    this.#run = run;
    this.#request = request;
  }

  pathOf(name: TableName): string {
    return join(this.#folder, `${name}.csv`);
  }

  /** A parent and its children: the parent's keys, needed only if a child is scanned, are forgotten afterwards. */
  async planFamily(parent: TableName, names: readonly TableName[], tables: Map<TableName, TablePartitions>): Promise<void> {
    const children = childrenOf(parent).filter((name) => names.includes(name));
    if (children.length > 0 && !existsSync(this.pathOf(parent))) {
      throw new UserError(`${this.pathOf(parent)}: not found`, {
        hint: `Put it there: rows of ${children.join(' and ')} lie in the partitions of their ${parent}.`,
      });
    }
    const isParentIndexed = (names.includes(parent) || children.length > 0) && (await this.#isIndexed(parent));
    const scanned: TableName[] = [];
    for (const child of children) {
      if (isParentIndexed && (await this.#isIndexed(child))) tables.set(child, this.#fromIndex(child));
      else scanned.push(child);
    }
    if (scanned.length === 0) {
      if (names.includes(parent)) tables.set(parent, await this.plan(TABLES[parent]));
      return;
    }
    const keys = new KeyMap();
    const source = this.#fileOf(parent);
    const extents = await scanByDate(source, this.#scanOptions(TABLES[parent]), keys);
    // Late rows lie with the day that the index says; children that are scanned, with that of their parent's date.
    if (names.includes(parent)) tables.set(parent, fromScan(source, extents));
    const parentKeys: ParentKeys = { parent: source, keys, values: extents.values };
    for (const child of scanned) {
      tables.set(
        child,
        fromScan(this.#fileOf(child), await scanByParent(this.#fileOf(child), parentKeys, this.#scanOptions(TABLES[child]))),
      );
    }
  }

  /** A table that needs no parent. */
  async plan(table: TableSpec): Promise<TablePartitions> {
    if (await this.#isIndexed(table.name)) return this.#fromIndex(table.name);
    return fromScan(this.#fileOf(table.name), await scanByDate(this.#fileOf(table.name), this.#scanOptions(table)));
  }

  #fileOf(name: TableName): TableFile {
    let source = this.#files.get(name);
    if (source === undefined) {
      const table: TableSpec = TABLES[name];
      const textColumns = this.#run?.tables[name]?.text_columns ?? [];
      source = { table, file: this.pathOf(name), header: readHeader(this.pathOf(name), table), textColumns };
      this.notes.push(...source.header.notes);
      this.#files.set(name, source);
    }
    return source;
  }

  #scanOptions(table: TableSpec): ScanOptions {
    return { blockBytes: this.#request.blockBytes, isWanted: (value) => this.#isWanted(table, value) };
  }

  #isWanted(table: TableSpec, value: string): boolean {
    return table.partitionKey !== 'ingest_dt' || (this.#request.dates?.has(value) ?? true);
  }

  #isIndexed(name: TableName): Promise<boolean> {
    let result = this.#verified.get(name);
    if (result === undefined) {
      result = this.#verify(name, this.#run?.tables[name]);
      this.#verified.set(name, result);
    }
    return result;
  }

  async #verify(name: TableName, index: TableIndex | undefined): Promise<boolean> {
    if (index === undefined) return false;
    const { file, table, header } = this.#fileOf(name);
    // The checksums begin after the header: it must be the one that was written.
    const isAsWritten =
      header.names.join() === table.columns.map((column) => column.name).join() && header.bytes === (index.days[0]?.offset ?? index.bytes);
    const isValid = isAsWritten && (await verifyExtents(file, index));
    if (!isValid) this.notes.push(`${file}: not as ${RUN_FILE} describes it, so it is read from scratch`);
    return isValid;
  }

  #fromIndex(name: TableName): TablePartitions {
    const source = this.#fileOf(name);
    const days = this.#run!.tables[name]!.days.filter((day) => this.#isWanted(source.table, day.value));
    const extents = new ExtentList([...new Set(days.map((day) => day.value))]);
    const ids = new Map(extents.values.map((value, id) => [value, id]));
    for (const day of days) if (day.rows > 0) extents.add(ids.get(day.value)!, day.offset, day.bytes, day.rows, day.first_line);
    return new TablePartitions(source, extents, true, () => true);
  }
}

/** A parent's values need not occur among its children. */
function fromScan(source: TableFile, extents: ExtentList): TablePartitions {
  return new TablePartitions(source, extents, false, (_, rows) => rows > 0);
}
