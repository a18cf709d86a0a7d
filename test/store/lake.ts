// Small real partitions to publish, and the whole of a folder as one value to compare.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StagedPartition } from '../../src/parquet/manifest.ts';
import { PartitionWriter } from '../../src/parquet/partition.ts';
import { formatDay } from '../../src/lib/days.ts';
import { TABLES, type TableName } from '../../src/tables/index.ts';
import { sampleBatch } from '../parquet/sample-batch.ts';

const writer = new PartitionWriter();

/** Another `version` is another content of the same partition. */
export function stage(stagingRoot: string, table: TableName, date: string, version = 'v1'): StagedPartition {
  return writer.write({
    table: TABLES[table],
    partitionValue: date,
    batch: sampleBatch(TABLES[table], 20),
    batchId: `backlog-${version}`,
    ingestionTs: `${date}T02:00:00+00:00`,
    sourcePrefix: 'ecom/raw',
    stagingRoot,
    targetSizeBytes: 4000,
  });
}

export function stageDays(stagingRoot: string, days: number, version = 'v1'): StagedPartition[] {
  return Array.from({ length: days }, (_, day) => formatDay(18_262 + day)).flatMap((date) =>
    (['orders', 'order_items'] as const).map((table) => stage(stagingRoot, table, date, version)),
  );
}

/** Path and content of every file below a folder. */
export function treeOf(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((path) => [path.slice(root.length + 1), readFileSync(path, 'base64')]),
  );
}
