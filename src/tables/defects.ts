// The answer key: one row for every cell of the lake that differs from the clean one, with both values.

import type { Data } from 'apache-arrow';
import type { FileColumn } from './file-schema.ts';
import { text, type ColumnSpec, type TableName } from './spec.ts';

/** Of the files; `table` and `ingest_dt` stand in the path. A row is one cell: (`event_id`, `column`) is unique in a partition. */
export const DEFECT_COLUMNS: readonly ColumnSpec[] = [
  text('event_id', { encoding: 'prefix' }),
  text('key', { encoding: 'prefix' }),
  text('column'),
  text('kind'),
  text('clean_value?'),
  text('dirty_value?'),
  text('partition'),
];

/** What a manifest of the answer key calls its table. */
export const DEFECTS = 'defects';

/** Folder below the key's root that holds the defects of one table, such as `table=orders`. */
export function defectsFolder(table: TableName): string {
  return `table=${table}`;
}

/** Between the names of kinds that acted on one cell, in the order they acted. */
export const KIND_SEPARATOR = '+';

/** One column of a batch with what mess did to it. */
export interface DirtyCells {
  /** As the lake has it. */
  readonly column: FileColumn;
  /** Of the same type: where the lake has numbers as text, so are these. */
  readonly clean: Data;
  readonly dirty: Data;
  /** One bit a kind for each row, by its place in `kinds`; 0: the cell is clean. Valid for as many rows as `clean` has. */
  readonly hits: Uint32Array;
  readonly kinds: readonly string[];
}

/** A row that the lake has once more, right behind the first: with a later `ingestion_ts`. */
export interface RepeatedRow {
  /** Of the clean batch. */
  readonly row: number;
  readonly kind: string;
}

/** Rows `[from, to)` of the clean batch, which lie in the partition of a later day than that of their events. */
export interface LateRange {
  /** Of the events, such as `2020-03-01`. */
  readonly date: string;
  readonly from: number;
  readonly to: number;
}

/** All that mess did to one table's day. */
export interface TableDefects {
  /** Only columns that mess may touch. */
  readonly cells: readonly DirtyCells[];
  readonly repeated: readonly RepeatedRow[];
  readonly late: readonly LateRange[];
}
