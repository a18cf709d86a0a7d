// The program as it is installed: built into a folder of its own, started through its bin.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SMALL_YAML } from './small-config.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(REPOSITORY, 'node_modules/.bin/tsc');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface StartOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Before the path of the bin. */
  nodeOptions?: string[];
}

export class Installed {
  readonly folder = mkdtempSync(join(tmpdir(), 'ecomlake-cli-'));
  readonly bin = join(this.folder, 'bin/ecomlake.js');
  /** A working directory with nothing in it. */
  readonly scratch = join(this.folder, 'scratch');

  constructor({ isBuilt = true } = {}) {
    mkdirSync(this.scratch);
    mkdirSync(join(this.folder, 'bin'));
    for (const file of ['bin/ecomlake.js', 'package.json']) copyFileSync(join(REPOSITORY, file), join(this.folder, file));
    for (const link of ['node_modules', 'gen_config']) symlinkSync(join(REPOSITORY, link), join(this.folder, link));
    // Types are checked elsewhere.
    const build = ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', join(this.folder, 'dist')];
    if (isBuilt) execFileSync(TSC, build, { cwd: REPOSITORY, stdio: 'pipe' });
  }

  /** Runs to the end. The environment has nothing but PATH and what is given. */
  run(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
    return ended(this.start(args, options));
  }

  start(args: readonly string[], { cwd = this.scratch, env = {}, nodeOptions = [] }: StartOptions = {}): ChildProcess {
    return spawn(process.execPath, [...nodeOptions, this.bin, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** A working directory with nothing in it but the small config. */
  newFolder(): string {
    const folder = mkdtempSync(join(this.scratch, 'folder-'));
    writeFileSync(join(folder, 'small.yaml'), SMALL_YAML);
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
