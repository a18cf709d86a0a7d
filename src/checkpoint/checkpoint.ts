// The checkpoint: one line with the last completed date. Writing it commits a chunk.

import { readFileSync } from 'node:fs';
import { formatDay, parseDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { writeFileAtomic } from '../lib/files.ts';

/** Day number, or undefined when there is no checkpoint yet. Throws a UserError when the file holds no date. */
export function readCheckpoint(path: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${path}: the checkpoint cannot be read (${(error as Error).message})`, { cause: error });
  }
  return parseCheckpoint(text, path);
}

/** `where` is the file's path or the object's address. */
export function parseCheckpoint(text: string, where: string): number {
  return parseDay(text.trim(), `${where}: the checkpoint`);
}

export async function writeCheckpoint(path: string, day: number): Promise<void> {
  await writeFileAtomic(path, `${formatDay(day)}\n`);
}
