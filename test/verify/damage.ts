// Damage to a lake on disk: rows changed behind the manifest's back, or along with it.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm/node';
import { encodePart } from '../../src/parquet/encode.ts';
import { formatManifest, MANIFEST_NAME, parseManifest, type Manifest } from '../../src/parquet/manifest.ts';
import { crc32cBase64, sha256Hex } from '../../src/parquet/partition.ts';
import { BatchBuilder, BoolBuilder, FloatBuilder, IntBuilder, TextBuilder } from '../../src/tables/column-builders.ts';
import { parquetColumns, TABLES, type ColumnSpec, type TableName } from '../../src/tables/index.ts';

export type Row = Record<string, string | number | boolean | null>;

/** The value of a row's field as the tests know it to be. */
export const text = (row: Row | undefined, name: string): string => row![name] as string;
export const number = (row: Row | undefined, name: string): number => row![name] as number;

export interface Part {
  readonly table: TableName;
  /** Such as `ingest_dt=2020-01-05`. */
  readonly partition: string;
}

export const placeOf = ({ table, partition }: Part): string => `${table}/${partition}/part-0000.parquet`;

export function partitionsOf(root: string, table: TableName): Part[] {
  return readdirSync(join(root, table))
    .toSorted()
    .map((partition) => ({ table, partition }));
}

export function readRows(root: string, part: Part): Row[] {
  const arrow = tableFromIPC(readParquet(readFileSync(join(root, placeOf(part)))).intoIPCStream());
  return arrow
    .toArray()
    .map((row: { toJSON(): Record<string, unknown> }) =>
      Object.fromEntries(
        Object.entries(row.toJSON()).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : (value as Row[string])]),
      ),
    );
}

export function readManifest(root: string, { table, partition }: Part): Manifest {
  const path = join(root, table, partition, MANIFEST_NAME);
  return parseManifest(readFileSync(path, 'utf8'), path);
}

export function writeManifest(root: string, { table, partition }: Part, manifest: Manifest): void {
  writeFileSync(join(root, table, partition, MANIFEST_NAME), formatManifest(manifest));
}

/** Writes other rows, and a manifest that is true of them: only who reads rows can tell. `columns` where they are not the contract's. */
export function rewriteRows(
  root: string,
  part: Part,
  change: (rows: Row[]) => Row[],
  columns: readonly ColumnSpec[] = parquetColumns(TABLES[part.table]),
): void {
  const bytes = encodeRows(columns, change(readRows(root, part)));
  writeFileSync(join(root, placeOf(part)), bytes.bytes);
  const manifest = readManifest(root, part);
  const file = {
    ...manifest.files[0]!,
    rows: bytes.rows,
    bytes: bytes.bytes.length,
    sha256: sha256Hex(bytes.bytes),
    crc32c: crc32cBase64(bytes.bytes),
  };
  writeManifest(root, part, { ...manifest, total_rows: bytes.rows, files: [file] });
}

function encodeRows(columns: readonly ColumnSpec[], rows: readonly Row[]): { bytes: Uint8Array; rows: number } {
  const batch = new BatchBuilder(columns);
  batch.reset(rows.length);
  for (const row of rows) {
    for (const [index, { name }] of columns.entries()) {
      const builder = batch.builders[index]!;
      const value = row[name] ?? null;
      if (value === null) builder.pushNull();
      else if (builder instanceof TextBuilder) builder.pushText(value as string);
      else if (builder instanceof BoolBuilder) builder.push(value as boolean);
      else if (builder instanceof IntBuilder || builder instanceof FloatBuilder) builder.push(value as number);
    }
  }
  return { bytes: encodePart(columns, batch.finish()), rows: rows.length };
}
