// Where finished partitions go: a local folder or a bucket.

import type { Manifest, StagedPartition } from '../parquet/manifest.ts';

/** A partition's place in the lake. */
export interface PartitionRef {
  table: string;
  /** The folder's name, such as `ingest_dt=2020-03-01`. */
  partition: string;
}

export interface PublishedPartition extends PartitionRef {
  manifest: Manifest;
}

/** How many partitions were new, already there with the same bytes, or there with others. */
export interface PublishSummary {
  added: number;
  kept: number;
  replaced: number;
}

export interface Store {
  /** For people: a path or a `gs://` address. */
  readonly location: string;

  /**
   * Makes staged partitions part of the lake for good, each one whole or not at all. May be repeated after a kill at
   * any moment. The staged folders may be gone afterwards.
   */
  publish(staged: readonly StagedPartition[]): Promise<PublishSummary>;

  /** Every partition that is there, sorted by table and partition; optionally of one table. */
  list(table?: string): Promise<PartitionRef[]>;

  /** Undefined when there is no such partition or no manifest in it; UserError when it is not a valid one. */
  readManifest(ref: PartitionRef): Promise<Manifest | undefined>;

  /** `list` and `readManifest` in one; a folder without a manifest is passed over. */
  partitions(table?: string): AsyncIterable<PublishedPartition>;
}
