// The user's hook: a module called once for every partition that has reached its place.

import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../lib/errors.ts';
import { MANIFEST_NAME, type Manifest } from '../parquet/manifest.ts';

interface HookPayload {
  table: string;
  partitionDir: string;
  manifestPath: string;
  manifest: Manifest;
}

export type PostExportHook = (payload: HookPayload) => unknown;

/** Undefined when no hook is set. Throws a UserError when the module cannot be used. */
export async function loadHook(path: string | undefined): Promise<PostExportHook | undefined> {
  if (path === undefined) return undefined;
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
  } catch (cause) {
    throw new UserError(`post-export hook ${path} cannot be loaded: ${(cause as Error).message}`, {
      hint: 'Name a JavaScript module, such as ./hooks/summary.mjs.',
      cause,
    });
  }
  if (typeof module.default !== 'function') {
    throw new UserError(`post-export hook ${path} has no default export that is a function`, {
      hint: 'Write `export default async function ({ table, manifest }) { ... }`.',
    });
  }
  return module.default as PostExportHook;
}

/** A hook that throws stops the chunk before its checkpoint. */
export async function callHook(hook: PostExportHook, path: string, partitionDir: string, manifest: Manifest): Promise<void> {
  try {
    await hook({ table: manifest.table, partitionDir, manifestPath: join(partitionDir, MANIFEST_NAME), manifest });
  } catch (cause) {
    throw new UserError(`post-export hook ${path} failed on ${manifest.table}/${manifest.partition}: ${(cause as Error).message}`, {
      hint: 'Mend the hook and run again: the chunk is not committed yet.',
      exitCode: 3,
      cause,
    });
  }
}
