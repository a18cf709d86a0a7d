import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/lib/errors.ts';
import { formatManifest, parseManifest, partitionBytes, partitionFileNames, type Manifest } from '../../src/parquet/manifest.ts';

const MANIFEST: Manifest = {
  schema_version: 1,
  table: 'orders',
  partition: 'ingest_dt=2020-03-01',
  batch_id: 'backlog-1234567890ab',
  generator_version: 1,
  created_at: '2020-03-02T02:00:00+00:00',
  total_rows: 5,
  min_event_dt: '2020-03-01',
  max_event_dt: '2020-03-01',
  columns: [{ name: 'order_id', type: 'string' }],
  files: [
    { path: 'part-0000.parquet', rows: 2, bytes: 900, sha256: 'a'.repeat(64), crc32c: 'AAAAAA==' },
    { path: 'part-0001.parquet', rows: 3, bytes: 1000, sha256: 'b'.repeat(64), crc32c: 'q83vAA==' },
  ],
};

function problem(text: string): UserError {
  try {
    parseManifest(text, 'lake/orders/ingest_dt=2020-03-01/_MANIFEST.json');
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error('was accepted');
}

describe('manifest', () => {
  test('comes back as it went out', () => {
    expect(parseManifest(formatManifest(MANIFEST), 'x')).toEqual(MANIFEST);
  });

  test('has one text, whatever the order of the keys', () => {
    const text = formatManifest(MANIFEST);
    const backwards = Object.fromEntries(Object.entries(MANIFEST).toReversed()) as Manifest;
    expect(formatManifest(backwards)).toBe(text);
    expect(text.endsWith('}\n')).toBe(true);
    expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(MANIFEST));
  });

  test('names the file and every problem', () => {
    const error = problem(JSON.stringify({ ...MANIFEST, table: 'ordres', total_rows: -1, files: [{ ...MANIFEST.files[0], crc32c: 7 }] }));
    expect(error.message).toContain('lake/orders/ingest_dt=2020-03-01/_MANIFEST.json');
    for (const path of ['table', 'total_rows', 'files.0.crc32c']) expect(error.message).toContain(path);
    expect(error.exitCode).toBe(4);
  });

  test('refuses what is cut short, lacks a key, or does not add up', () => {
    expect(problem(formatManifest(MANIFEST).slice(0, 100)).message).toContain('not JSON');
    expect(problem(JSON.stringify({ ...MANIFEST, batch_id: undefined })).message).toContain('batch_id');
    expect(problem(JSON.stringify({ ...MANIFEST, total_rows: 6 })).message).toContain('its files have 5');
    expect(problem('[]').message).toContain('the whole');
  });

  test('lists files in the order they are written, and counts their bytes', () => {
    expect(partitionFileNames(MANIFEST)).toEqual(['part-0000.parquet', 'part-0001.parquet', '_MANIFEST.json', '_SUCCESS']);
    expect(partitionBytes(MANIFEST)).toBe(1900);
  });
});
