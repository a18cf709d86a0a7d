// Rows of the lake as they are compared, whatever its files call their columns.

import { join } from 'node:path';
import type { TransactionTable } from '../tables/index.ts';
import { readParquet } from '../verify/deep/duck.ts';
import { lakeCell, type ComparedColumn } from './compared-columns.ts';
import type { PartitionFolder } from './partition-folders.ts';

/** SQL: `event_id`, `ingestion_ts`, `filename`, and each column, with `<column> gone` for one that is removed from some files. */
export function lakeRows(table: TransactionTable, partitions: readonly PartitionFolder[], columns: readonly ComparedColumn[]): string {
  const versions = [...Map.groupBy(partitions, ({ schema }) => schema.version).values()].map((own) => {
    const [{ schema }] = own as [PartitionFolder, ...PartitionFolder[]];
    const cells = columns.map((column) => `${lakeCell(table, column, schema)} AS "${column.name}"`);
    const isGone = ({ name }: ComparedColumn): boolean => !schema.columns.some(({ of }) => of === name);
    const gone = columns.filter(({ isRemoved }) => isRemoved).map((column) => `${isGone(column)} AS "${column.name} gone"`);
    return `SELECT event_id, ingestion_ts, filename, ${[...cells, ...gone].join(', ')} FROM ${readParquet(parts(own, 'lake'), 'filename = true')}`;
  });
  return versions.join(' UNION ALL ');
}

export function parts(partitions: readonly PartitionFolder[], side: 'lake' | 'key'): string[] {
  return partitions.map((partition) => join(partition[side], '*.parquet'));
}
