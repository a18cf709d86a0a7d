// What the pipeline tells whoever runs it, and what it hands back at the end.

/** Everything the pipeline may not do by itself: talk, know the time, be told to stop. */
export interface Effects {
  emit: (event: PipelineEvent) => void;
  clock: () => Date;
  signal: AbortSignal;
}

export type PipelineEvent =
  /** A part of the work begins: 'building lookups', 'planning 2,200 days'. */
  | { type: 'phase'; name: string }
  /** One line of information, such as where a run resumes. */
  | { type: 'note'; message: string }
  | { type: 'warning'; message: string }
  | ProgressEvent
  | UploadEvent
  | ChunkEvent;

interface ChunkPlace {
  /** 1 to `chunks`. */
  chunk: number;
  chunks: number;
  /** First and last date of the chunk, both inclusive. */
  start: string;
  end: string;
  /** Rows this run is to make, those made already included. */
  totalRows: number;
  /** Since the run's first row. */
  elapsedMs: number;
}

/** Within a chunk, often. */
export interface ProgressEvent extends ChunkPlace {
  type: 'progress';
  /** Made by this run so far. */
  rows: number;
  bytes: number;
  /** Safe in the bucket, of this run; undefined without a bucket. */
  uploadedBytes?: number;
}

/** Objects on their way to the bucket. */
export interface UploadEvent {
  type: 'upload';
  /** Sent, or found there already. */
  objects: number;
  totalObjects: number;
  bytes: number;
  totalBytes: number;
  elapsedMs: number;
}

/** A chunk was committed. */
export interface ChunkEvent extends ChunkPlace {
  type: 'chunk';
  /** Of this chunk. */
  rows: number;
  bytes: number;
  chunkMs: number;
  /** Made by this run so far. */
  runRows: number;
}

export interface TableTotals {
  table: string;
  rows: number;
  partitions: number;
  files: number;
  bytes: number;
}

/** The answer key of a lake: what mess changed. */
export interface TruthSummary {
  root: string;
  defects: number;
  partitions: number;
  files: number;
  bytes: number;
  identity: string;
}

export interface LakeSummary {
  root: string;
  tables: TableTotals[];
  /** Undefined where there is none. */
  truth?: TruthSummary | undefined;
  /** Hash of the lake's paths and the sums of their files; undefined when nothing was written. */
  identity: string | undefined;
  elapsedMs: number;
  start: string;
  end: string;
  chunks: number;
  /** A dry run: rows and partitions are exact, bytes are not. */
  estimated: boolean;
  /** One line for people, such as that nothing was left to do. */
  note: string | undefined;
}
