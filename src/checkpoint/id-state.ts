// The ID state: the last number of every sequence, and the run it belongs to.

import { z } from 'zod';
import { parseJsonText, readJsonFile } from './json-file.ts';

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'is not a date (YYYY-MM-DD)');
const id = z.number().int().nonnegative();

export const ID_STATE_VERSION = 1;

/** What decides a lake's bytes, in words: tells which setting differs when two fingerprints do. */
export const identitySchema = z.strictObject({
  model_version: z.number().int(),
  seed: z.union([z.number(), z.string()]),
  scale: z.number(),
  shards: z.number().int(),
  start_date: date,
  config: z.string(),
  lookups: z.string(),
  messiness_level: z.string(),
  mess: z.string(),
  source_prefix: z.string(),
  ingestion_clock: z.string(),
});
export type LakeIdentity = z.infer<typeof identitySchema>;

export const lastIdsSchema = z.strictObject({
  last_cart_id: id,
  last_cart_item_id: id,
  last_order_id: id,
  last_return_id: id,
  last_return_item_id: id,
});
export type LastIds = z.infer<typeof lastIdsSchema>;

const idStateSchema = z.strictObject({
  ...lastIdsSchema.shape,
  /** Null before the first chunk. */
  last_completed_date: date.nullable(),
  /** First day of the chunk that ended at `last_completed_date`: shows a chunk in flight for what it is. */
  chunk_start_date: date.nullable(),
  last_updated: z.iso.datetime(),
  version: z.literal(ID_STATE_VERSION),
  fingerprint: z.string(),
  made_with: identitySchema,
});
export type IdState = z.infer<typeof idStateSchema>;

/** Undefined when there is no such file. Throws a UserError when it is not an ID state. */
export function readIdState(path: string): IdState | undefined {
  return readJsonFile(path, idStateSchema, 'ID state');
}

/** `where` is the object's address. */
export function parseIdState(text: string, where: string): IdState {
  return parseJsonText(text, where, idStateSchema, 'ID state');
}
