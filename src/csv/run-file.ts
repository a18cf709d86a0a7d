// `_RUN.json` beside generated CSVs: where each day's rows lie, with checksums that tell whether a file is still as it was written.

import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { z } from 'zod';
import { UserError } from '../lib/errors.ts';
import { driftSchema } from '../tables/drift-problems.ts';
import { TABLE_NAMES } from '../tables/index.ts';

export const RUN_FILE = '_RUN.json';

const BLOCK_BYTES = 8 << 20;

const count = z.number().int().nonnegative();

const dayIndexSchema = z.object({
  /** Partition value, such as `2020-01-01`. */
  value: z.string(),
  offset: count,
  bytes: count,
  rows: count,
  first_line: count,
  /** Checksum of the bytes, as an unsigned number. */
  crc32c: count,
});

const tableIndexSchema = z.object({
  /** File name in the run's folder. */
  file: z.string(),
  bytes: count,
  rows: count,
  /** Columns of the contract's numbers that the file has as text; left out where there is none. */
  text_columns: z.array(z.string()).optional(),
  /** In the file's order, without gaps; days without rows have no bytes. */
  days: z.array(dayIndexSchema),
});

/** The index; what the run says of itself (window, batch, mess) stands beside it and passes through untouched. */
const runFileSchema = z.looseObject({
  version: z.literal(1),
  /** What happens to columns on the way to Parquet; left out where nothing does. */
  drift: driftSchema.optional(),
  /** By which clock the answer key knows rows that come twice; left out where none do. */
  repeated_rows_clock: z.enum(['logical', 'wall']).optional(),
  tables: z.partialRecord(z.enum(TABLE_NAMES), tableIndexSchema),
});

export type RunFile = z.infer<typeof runFileSchema>;
export type TableIndex = z.infer<typeof tableIndexSchema>;

/** The run file of a folder, or undefined if it has none. */
export async function readRunFile(folder: string): Promise<RunFile | undefined> {
  const path = join(folder, RUN_FILE);
  const hint = 'Delete it to have the CSVs read without it, or generate them anew.';
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${path}: cannot be read`, { hint: 'Check its permissions.', cause });
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${path}: is not JSON`, { hint, cause });
  }
  const result = runFileSchema.safeParse(content);
  if (result.success) return result.data;
  throw new UserError(`${path}: is not an index of a run: ${z.prettifyError(result.error)}`, { hint });
}

/** Whether the file is, after its header, exactly what the index describes. Reads all of it. */
export async function verifyExtents(file: string, index: Pick<TableIndex, 'bytes' | 'days'>): Promise<boolean> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch {
    return false;
  }
  try {
    const { size } = await handle.stat();
    if (size !== index.bytes || !isGapless(index)) return false;
    const block = new Uint8Array(Math.min(BLOCK_BYTES, Math.max(1, ...index.days.map((day) => day.bytes))));
    for (const day of index.days) {
      let checksum = 0;
      for (let done = 0; done < day.bytes;) {
        const { bytesRead } = await handle.read(block, 0, Math.min(block.length, day.bytes - done), day.offset + done);
        if (bytesRead === 0) return false;
        checksum = crc32c(block.subarray(0, bytesRead), checksum);
        done += bytesRead;
      }
      if (checksum !== day.crc32c) return false;
    }
    return true;
  } finally {
    await handle.close();
  }
}

function isGapless({ bytes, days }: Pick<TableIndex, 'bytes' | 'days'>): boolean {
  let end = days[0]?.offset ?? bytes;
  return days.every((day) => day.offset === end && ((end += day.bytes), true)) && end === bytes;
}
