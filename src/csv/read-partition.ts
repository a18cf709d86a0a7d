// One partition of a CSV file as a record batch, its rows in the order of their keys.

import { closeSync, openSync, readSync } from 'node:fs';
import type { RecordBatch } from 'apache-arrow';
import { UserError } from '../lib/errors.ts';
import { BatchBuilder } from '../tables/column-builders.ts';
import { writtenTable } from '../tables/file-schema.ts';
import { TABLES, type TableSpec } from '../tables/index.ts';
import type { PartitionSource } from './export-plan.ts';
import { showText } from './problem.ts';
import { CsvParser } from './read.ts';
import { copyRows, keyOrder, sortedRows } from './sort-rows.ts';

/** Extents closer together than this are read in one go. */
const MAX_GAP_BYTES = 4096;

/** One call of the system reads less than 2 GiB. */
const MAX_READ_BYTES = 1 << 30;

export interface PartitionRows {
  readonly batch: RecordBatch;
  /** Whether there are keys that stand there twice. */
  readonly hasRepeated: boolean;
}

/** Reads partitions one after the other; a batch is valid until the next one of the same table. */
class PartitionReader {
  readonly #builders = new Map<string, { parsed: BatchBuilder; sorted: BatchBuilder }>();
  #buffer = new Uint8Array(1 << 20);

  /**
   * Throws a UserError for the first row that cannot be read, for a file changed meanwhile, and for a key that comes twice,
   * unless the rows are as they were generated.
   */
  read(source: PartitionSource): PartitionRows {
    const table = writtenTable(TABLES[source.table], source.textColumns);
    const form = [source.table, ...source.textColumns].join();
    let builders = this.#builders.get(form);
    if (builders === undefined) {
      builders = { parsed: new BatchBuilder(table.columns), sorted: new BatchBuilder(table.columns) };
      this.#builders.set(form, builders);
    }
    const { parsed, sorted } = builders;
    parsed.reset(source.rows);
    if (source.extents.length > 0) this.#parse(source, table, parsed);
    let hasRepeated = false;
    const onDuplicate = (row: number): void => {
      hasRepeated = true;
      if (source.isIndexed) return;
      throw new UserError(
        `${source.file}: two rows of ${table.partitionKey}=${source.value} have the same key ${showKey(table, parsed.finish(), row)}`,
        {
          hint: `Keep one row for each ${table.key.join(' and ')}.`,
        },
      );
    };
    const order = sortedRows(source.rows, keyOrder(table, parsed), onDuplicate);
    if (order === undefined) return { batch: parsed.finish(), hasRepeated };
    copyRows(parsed, sorted, order);
    return { batch: sorted.finish(), hasRepeated };
  }

  #parse({ file, header, rows, extents, isIndexed }: PartitionSource, table: TableSpec, builder: BatchBuilder): void {
    const parser = new CsvParser(table, header, file, builder, isIndexed);
    let found = 0;
    let descriptor: number;
    try {
      descriptor = openSync(file, 'r');
    } catch (cause) {
      throw new UserError(`${file}: cannot be read`, { hint: 'It was there a moment ago: do not move it during an export.', cause });
    }
    try {
      for (let next = 0; next < extents.length;) {
        const first = extents[next]!;
        let end = next + 1;
        let last = first;
        while (end < extents.length && extents[end]!.offset - last.offset - last.bytes <= MAX_GAP_BYTES) last = extents[end++]!;
        this.#fill(descriptor, file, first.offset, last.offset + last.bytes - first.offset);
        for (; next < end; next++) {
          const extent = extents[next]!;
          const from = extent.offset - first.offset;
          found += parser.parse(this.#buffer, from, from + extent.bytes, extent.firstLine);
        }
      }
    } finally {
      closeSync(descriptor);
    }
    if (found !== rows) throw changed(file);
  }

  #fill(descriptor: number, file: string, offset: number, bytes: number): void {
    if (bytes > this.#buffer.length) this.#buffer = new Uint8Array(Math.max(bytes, this.#buffer.length * 2));
    for (let filled = 0; filled < bytes;) {
      const count = readSync(descriptor, this.#buffer, filled, Math.min(bytes - filled, MAX_READ_BYTES), offset + filled);
      if (count === 0) throw changed(file);
      filled += count;
    }
  }
}

function changed(file: string): UserError {
  return new UserError(`${file}: changed while it was exported`, { hint: 'Run the export again when nothing writes to the file.' });
}

function showKey(table: TableSpec, batch: RecordBatch, row: number): string {
  const values = table.key.map((name) => String(batch.getChild(name)!.get(row)));
  return showText(new TextEncoder().encode(values.join('|')));
}

const reader = new PartitionReader();

/** Reads with this thread's reader: the batch is valid until the next call for the same table. */
export function readPartition(source: PartitionSource): PartitionRows {
  return reader.read(source);
}
