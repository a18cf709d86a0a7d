// `_MANIFEST.json`: what a finished partition holds, and the sums to check it by.

import { z } from 'zod';
import { UserError } from '../lib/errors.ts';
import { DEFECTS } from '../tables/defects.ts';
import type { FileSchema } from '../tables/file-schema.ts';
import { TABLE_NAMES } from '../tables/index.ts';

export const MANIFEST_NAME = '_MANIFEST.json';
/** Empty, and written last. */
export const SUCCESS_NAME = '_SUCCESS';

/** Version of the manifest's own layout. */
export const MANIFEST_SCHEMA_VERSION = 1;

const count = z.int().min(0);
const date = z.iso.date();
const columnType = z.enum(['int64', 'float64', 'bool', 'string']);

/** `of`: the contract's column that it holds; null: one that drift added. */
const lakeColumn = z.strictObject({ name: z.string(), type: columnType, of: z.string().nullable() });

const manifestSchema = z.strictObject({
  schema_version: z.literal(MANIFEST_SCHEMA_VERSION),
  table: z.enum([...TABLE_NAMES, DEFECTS]),
  /** The folder below the table's, such as `ingest_dt=2020-03-01`; of the answer key `table=orders/ingest_dt=2020-03-01`. */
  partition: z.string().regex(/^([a-z_]+=[^/]+\/)?[a-z_]+=[^/]+$/, 'must look like ingest_dt=2020-03-01'),
  batch_id: z.string().min(1),
  /** The data model's version, see lib/version.ts. */
  generator_version: z.int().min(1),
  /** The ingestion clock: the `ingestion_ts` of every row. */
  created_at: z.string().min(1),
  total_rows: count,
  /** First and last date of the rows' events; null without rows and for tables without dates. */
  min_event_dt: date.nullable(),
  max_event_dt: date.nullable(),
  /** Of the table's columns, in lakes whose columns drift: 1 before the first change. */
  table_schema_version: z.int().min(1).optional(),
  /** The columns of the files, in order; the partition key stands in the path. */
  columns: z.array(z.strictObject({ name: z.string(), type: columnType })).min(1),
  /** Of the answer key, in lakes whose columns drift: those of the lake's files, each with the contract's column that it holds. */
  lake_columns: z.array(lakeColumn).optional(),
  files: z
    .array(
      z.strictObject({
        /** Name within the partition's folder. */
        path: z.string().regex(/^part-\d{4,}\.parquet$/, 'must look like part-0000.parquet'),
        rows: count,
        bytes: count,
        sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'),
        /** Base64 of the big-endian checksum, as Google Cloud Storage gives it. */
        crc32c: z.string().regex(/^[A-Za-z0-9+/]{6}==$/, 'must be base64 of 4 bytes'),
      }),
    )
    .min(1),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type LakeColumn = z.infer<typeof lakeColumn>;
export type ManifestFile = Manifest['files'][number];

/** A partition that is complete in a folder of its own, and not yet where it belongs. */
export interface StagedPartition {
  table: string;
  /** The folder's name, such as `ingest_dt=2020-03-01`. */
  partition: string;
  dir: string;
  manifest: Manifest;
}

/** Keys in the schema's order, so that equal manifests are equal bytes. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifestSchema.parse(manifest), null, 2)}\n`;
}

/** Throws a UserError that names `where` and every problem when `text` is not a manifest. */
export function parseManifest(text: string, where: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damaged(where, ['it is not JSON'], cause);
  }
  const result = manifestSchema.safeParse(json);
  if (!result.success) {
    throw damaged(
      where,
      result.error.issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`),
    );
  }
  const manifest = result.data;
  const rows = manifest.files.reduce((sum, file) => sum + file.rows, 0);
  if (rows !== manifest.total_rows) throw damaged(where, [`total_rows: ${manifest.total_rows}, but its files have ${rows}`]);
  return manifest;
}

function damaged(where: string, problems: string[], cause?: unknown): UserError {
  return new UserError(`${where} is not a valid manifest: ${problems.join('; ')}`, {
    hint:
      'Delete that partition folder and make its day again: ecomlake run-generator --start-date DAY --end-date DAY, then export-raw of its CSVs, ' +
      'with --lookups-from for customers and products.',
    exitCode: 4,
    cause,
  });
}

/** What the answer key says of a lake's columns. */
export function lakeColumns({ columns }: FileSchema): LakeColumn[] {
  return columns.map(({ name, type, of }) => ({ name, type, of: of ?? null }));
}

/** Names of all files of a partition, in the order they are written. */
export function partitionFileNames(manifest: Manifest): string[] {
  return [...manifest.files.map((file) => file.path), MANIFEST_NAME, SUCCESS_NAME];
}

/** Bytes of a partition's parts. */
export function partitionBytes(manifest: Manifest): number {
  return manifest.files.reduce((sum, file) => sum + file.bytes, 0);
}
