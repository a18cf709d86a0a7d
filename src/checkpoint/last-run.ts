// How the last run ended, for `status`.

import { z } from 'zod';
import { readJsonFile } from './json-file.ts';

export const LAST_RUN_FILE = '.last_run.json';

const lastRunSchema = z.strictObject({
  started: z.iso.datetime(),
  ended: z.iso.datetime(),
  outcome: z.enum(['completed', 'failed']),
  error: z.strictObject({ message: z.string(), hint: z.string().optional() }).optional(),
});
export type LastRun = z.infer<typeof lastRunSchema>;

export function readLastRun(path: string): LastRun | undefined {
  return readJsonFile(path, lastRunSchema, 'note of the last run');
}
