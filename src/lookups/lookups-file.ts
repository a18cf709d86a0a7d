// `_LOOKUPS.json` beside the lookup CSVs: what they were made from.

import { z } from 'zod';

export const LOOKUPS_FILE = '_LOOKUPS.json';
export const LOOKUPS_FOLDER = 'static_lookups';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits');

export const lookupsFileSchema = z.strictObject({
  version: z.literal(1),
  /** Hash of the settings that decide the lookups. */
  fingerprint: z.string(),
  seed: z.union([z.number(), z.string()]),
  scale: z.number(),
  customers: z.int().positive(),
  products: z.int().positive(),
  signup_start_date: z.iso.date(),
  signup_end_date: z.iso.date(),
  sha256: z.strictObject({ customers: sha256, product_catalog: sha256 }),
});
export type LookupsFile = z.infer<typeof lookupsFileSchema>;
