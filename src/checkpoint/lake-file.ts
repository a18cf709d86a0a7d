// lake.json: what the lake holds so far, for `verify`, `status` and people.

import { z } from 'zod';
import { TABLE_NAMES } from '../tables/index.ts';
import { identitySchema, lastIdsSchema } from './id-state.ts';
import { parseJsonText, readJsonFile } from './json-file.ts';

export const LAKE_FILE = 'lake.json';

const count = z.number().int().nonnegative();

const lakeFileSchema = z.strictObject({
  version: z.literal(1),
  fingerprint: z.string(),
  batch_id: z.string(),
  made_with: identitySchema,
  start_date: z.string(),
  /** Last completed date. */
  end_date: z.string(),
  signup_start_date: z.string(),
  signup_end_date: z.string(),
  tables: z.record(z.enum(TABLE_NAMES), z.strictObject({ rows: count, partitions: count })),
  last_ids: lastIdsSchema,
  /** The effective config, so that a lake can be checked without the YAML it was made from. */
  config: z.unknown(),
});
export type LakeFile = z.infer<typeof lakeFileSchema>;

export function readLakeFile(path: string): LakeFile | undefined {
  return readJsonFile(path, lakeFileSchema, 'lake description');
}

/** `where` is the object's address. */
export function parseLakeFile(text: string, where: string): LakeFile {
  return parseJsonText(text, where, lakeFileSchema, 'lake description');
}
