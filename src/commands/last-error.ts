// What ended the last run early, kept beside the state for `status`.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Effects } from '../events.ts';
import { EXIT } from '../lib/errors.ts';
import { describeFailure } from '../lib/failure.ts';

const FILE = '.last_error.json';

const lastErrorSchema = z.object({
  time: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  exitCode: z.number().int(),
});
export type LastError = z.infer<typeof lastErrorSchema>;

/** Best effort: it must not hide the error itself. Wrong usage is not recorded, for nothing had begun. */
export function recordLastError(artifactRoot: string, thrown: unknown, { clock, signal }: Effects): void {
  const { message, hint, exitCode } = describeFailure(thrown, signal);
  if (exitCode === EXIT.usage) return;
  const path = join(artifactRoot, FILE);
  try {
    mkdirSync(artifactRoot, { recursive: true });
    writeFileSync(`${path}.tmp`, `${JSON.stringify({ time: clock().toISOString(), message, hint, exitCode }, null, 2)}\n`);
    renameSync(`${path}.tmp`, path);
  } catch {
    // A full disk is the likeliest reason for both.
  }
}

export function clearLastError(artifactRoot: string): void {
  rmSync(join(artifactRoot, FILE), { force: true });
}

/** Undefined when the last run ended well, or the note of it is not readable. */
export function readLastError(artifactRoot: string): LastError | undefined {
  try {
    return lastErrorSchema.parse(JSON.parse(readFileSync(join(artifactRoot, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}
