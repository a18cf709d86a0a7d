// Finds the parts that cannot be read, after one made a query fail.

import { join } from 'node:path';
import type { Fault } from '../report.ts';
import { quote, type Duck } from './duck.ts';
import type { PartFile } from './part-files.ts';

/** Reads every column of every part, one part at a time. */
export async function findUnreadable(duck: Duck, root: string, parts: readonly PartFile[]): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const { path } of parts) {
    try {
      await duck.rows(`SELECT max(COLUMNS(*)) FROM read_parquet(${quote(join(root, path))}, hive_partitioning = false)`);
    } catch (error) {
      faults.push({ place: path, message: `cannot be read: ${(error as Error).message.split('\n', 1)[0]}` });
    }
  }
  return faults;
}
