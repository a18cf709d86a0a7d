// State kept as JSON: read with every problem named, written whole or not at all.

import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { UserError } from '../lib/errors.ts';
import { writeFileAtomic } from '../lib/files.ts';

/** Undefined when the file does not exist. Throws a UserError (exit 2) when it is not what it should be. */
export function readJsonFile<T>(path: string, schema: z.ZodType<T>, what: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${path}: the ${what} cannot be read (${(error as Error).message})`, { cause: error });
  }
  return parseJsonText(text, path, schema, what);
}

/** `where` is the file's path or the object's address. Throws a UserError (exit 2) when it is not what it should be. */
export function parseJsonText<T>(text: string, where: string, schema: z.ZodType<T>, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw broken(where, what, (error as Error).message);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw broken(where, what, parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`).join('; '));
}

function broken(path: string, what: string, problem: string): UserError {
  return new UserError(`${path} is not a valid ${what}: ${problem}`, {
    hint: 'Restore it from a copy, or start over: move it, the checkpoint and the lake away.',
  });
}

export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, formatJson(value));
}

export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
