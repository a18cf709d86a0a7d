// What the columns of a partition's files hold, without the lake's config: manifests tell.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../lib/errors.ts';
import { MANIFEST_NAME, parseManifest, type Manifest } from '../parquet/manifest.ts';
import { schemaOfManifest, type FileSchema } from '../tables/file-schema.ts';
import type { TableSpec } from '../tables/index.ts';

/** `keyFolder`: of the answer key's partition, which in a lake with drift says what was renamed. Throws a UserError (exit 2) if it does not. */
export function partitionSchema(table: TableSpec, lake: Manifest, keyFolder: string): FileSchema {
  const { table_schema_version: version } = lake;
  if (version === undefined) return schemaOfManifest(table, lake.columns);
  const path = join(keyFolder, MANIFEST_NAME);
  const key = existsSync(path) ? parseManifest(readFileSync(path, 'utf8'), path) : undefined;
  if (key?.lake_columns === undefined || key.table_schema_version !== version) {
    throw new UserError(`${path} does not say what the columns of version ${version} of ${table.name} hold`, {
      hint: 'Name the key that was made with the lake with --truth.',
    });
  }
  return schemaOfManifest(table, key.lake_columns, version);
}
