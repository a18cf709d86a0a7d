// A lake as the checks see it, wherever it lies: partitions with their manifests, sums and footers, and what does not belong.

import { createHash } from 'node:crypto';
import { EXIT, UserError } from '../lib/errors.ts';
import { parseManifest, type Manifest } from '../parquet/manifest.ts';
import type { FileSum } from '../store/identity.ts';
import type { TableSpec } from '../tables/index.ts';
import type { Layout } from './layout.ts';
import type { ParquetFooter } from './parquet-footer.ts';

export const EMPTY_SHA256 = createHash('sha256').digest('hex');

export interface PartInfo {
  readonly name: string;
  readonly bytes: number;
  /** Base64, as in the manifest. */
  readonly crc32c: string;
  /** Undefined: nobody read the part, size and CRC32C are the store's word. */
  readonly content: PartContent | undefined;
}

export interface PartContent {
  readonly sha256: string;
  /** Or why it cannot be read. */
  readonly footer: ParquetFooter | { readonly problem: string };
}

export interface PartitionFiles {
  /** Of the answer key: the table whose cells it lists. */
  readonly table: TableSpec;
  /** Below the root, such as `orders/ingest_dt=2020-03-01`. */
  readonly place: string;
  /** The folder's name, such as `ingest_dt=2020-03-01`. */
  readonly folder: string;
  /** The partition key's value, such as `2020-03-01`. */
  readonly value: string;
  /** Or why there is none. */
  readonly manifest: Manifest | { readonly problem: string };
  /** By name. */
  readonly parts: ReadonlyMap<string, PartInfo>;
  /** Undefined: there is no marker. */
  readonly markerBytes: number | undefined;
}

export interface LakeFiles {
  readonly layout: Layout;
  /** A folder, or an address such as `gs://bucket/ecom/raw`. */
  readonly root: string;
  /** In order of table and value. */
  readonly partitions: readonly PartitionFiles[];
  /** Paths below the root of what belongs to no partition. */
  readonly strangers: readonly string[];
  readonly sums: readonly FileSum[];
  /** Whether `sums` has every file: of what no manifest vouches for, a listing does not tell. */
  readonly isSummed: boolean;
  /** Whether the parts have their content. */
  readonly isRead: boolean;
}

export const NO_MANIFEST: PartitionFiles['manifest'] = { problem: 'is missing' };

export function manifestOf({ manifest }: PartitionFiles): Manifest | undefined {
  return 'problem' in manifest ? undefined : manifest;
}

/** `path` is the manifest's. */
export function readManifestText(text: string, path: string): PartitionFiles['manifest'] {
  try {
    return parseManifest(text, path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { problem: error.message.slice(path.length + 1) };
  }
}

/** What an aborted signal makes of a check. */
export function stopped(): UserError {
  return new UserError('interrupted: the lake was not checked to its end', {
    hint: 'Run the same command again.',
    exitCode: EXIT.incomplete,
  });
}
