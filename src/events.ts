// What the pipeline tells whoever runs it, and what it hands back at the end.

/** Everything the pipeline may not do by itself: talk, know the time, be told to stop. */
export interface Effects {
  emit(event: PipelineEvent): void;
  clock(): Date;
  signal: AbortSignal;
}

export type PipelineEvent = PhaseEvent | NoteEvent | WarningEvent | ProgressEvent | ChunkEvent;

/** A part of the work begins: 'building lookups', 'planning'. */
export interface PhaseEvent {
  type: 'phase';
  name: string;
  detail?: string;
}

/** One line of information, such as where a run resumes or which keys are ignored. */
export interface NoteEvent {
  type: 'note';
  message: string;
}

export interface WarningEvent {
  type: 'warning';
  message: string;
}

interface ChunkPlace {
  /** 1 to `chunks`. */
  chunk: number;
  chunks: number;
  /** First and last date of the chunk, both inclusive. */
  start: string;
  end: string;
  /** Rows of the whole job that exist by now, those of earlier runs included. */
  rowsDone: number;
  rowsTotal: number;
  /** Rows made by this run alone: what a rate may count. */
  runRowsDone: number;
}

/** Within a chunk, often. */
export interface ProgressEvent extends ChunkPlace {
  type: 'progress';
  bytesDone: number;
  /** Since the run's first row. */
  elapsedMs: number;
}

/** A chunk is committed. */
export interface ChunkEvent extends ChunkPlace {
  type: 'chunk';
  /** Of this chunk. */
  rows: number;
  bytes: number;
  elapsedMs: number;
  /** Since the run's first row. */
  runElapsedMs: number;
}

export interface TableTotals {
  table: string;
  rows: number;
  partitions: number;
  files: number;
  bytes: number;
}

export interface LookupsSummary {
  dir: string;
  tables: TableTotals[];
  elapsedMs: number;
}

/** A folder of CSVs: one window, one file a table. */
export interface RunSummary {
  dir: string;
  tables: TableTotals[];
  start: string;
  end: string;
  elapsedMs: number;
}

export interface LakeSummary {
  root: string;
  tables: TableTotals[];
  /** Hash of the lake's files and their contents; absent when nothing was written. */
  identity?: string;
  elapsedMs: number;
  start: string;
  end: string;
  /** Nothing was left to do. */
  alreadyComplete: boolean;
  chunks: number;
}

/** A dry run: rows and partitions exact, bytes estimated. */
export type LakePlan = LakeSummary & { estimated: true };
