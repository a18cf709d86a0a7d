// What manifests say of the version of a table's schema, in lakes whose columns drift; elsewhere they say nothing.

import { lakeColumns, type LakeColumn, type Manifest } from '../parquet/manifest.ts';
import type { FileSchema } from '../tables/file-schema.ts';

/** `isKey`: of the answer key, which also says what the lake's columns hold. */
export function* wrongVersions(manifest: Manifest, schema: FileSchema, isKey: boolean): Iterable<string> {
  const { table_schema_version: version, lake_columns: columns } = manifest;
  const wantedVersion = schema.isVersioned === true ? schema.version : undefined;
  if (version !== wantedVersion) yield `table_schema_version is ${version ?? 'missing'}, and should be ${wantedVersion ?? 'left out'}`;
  const wanted = isKey && wantedVersion !== undefined ? describeColumns(lakeColumns(schema)) : undefined;
  const found = columns && describeColumns(columns);
  if (found !== wanted) yield `lake_columns is ${found ?? 'missing'}, and should be ${wanted ?? 'left out'}`;
}

function describeColumns(columns: readonly LakeColumn[]): string {
  return columns.map(({ name, type, of }) => `${name} ${type}${of === name ? '' : ` of ${of ?? 'none'}`}`).join(', ');
}
