// Writes a generated file, or with `--check` fails when the one in the repo is another.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** `path` is relative to the repo. */
export function writeOrCheck(path: string, text: string): void {
  const file = join(ROOT, path);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
    return;
  }
  let written = '';
  try {
    written = readFileSync(file, 'utf8');
  } catch {
    // Told below: a file that is missing is a file that differs.
  }
  if (written === text) return;
  process.stderr.write(`${path} is out of date: run node ${process.argv[1]!.slice(ROOT.length + 1)}\n`);
  process.exitCode = 1;
}
