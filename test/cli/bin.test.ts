import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/index.ts';
import { ended, Installed, type Ended } from './installed.ts';

const BIN = fileURLToPath(new URL('../../bin/ecomlake.js', import.meta.url));

let program: Installed;
beforeAll(() => {
  program = new Installed();
});
afterAll(() => program.remove());

describe('the bin', () => {
  /** The bin alone, started by a Node that says it is `version`. */
  function startAlone(folder: string, version: string): Promise<Ended> {
    mkdirSync(join(folder, 'bin'), { recursive: true });
    const preload = join(folder, 'pretend.cjs');
    writeFileSync(
      preload,
      `if (process.env.PRETEND) Object.defineProperty(process, 'versions', { value: { ...process.versions, node: process.env.PRETEND } });`,
    );
    copyFileSync(BIN, join(folder, 'bin/ecomlake.js'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const args = ['--require', preload, join(folder, 'bin/ecomlake.js'), '--version'];
    return ended(
      spawn(process.execPath, args, { env: { PATH: process.env['PATH'], PRETEND: version }, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  test.each(['12.0.0', '18.20.4', '20.19.0', '22.11.0'])('on Node %s says one sentence and ends with 2', async (version) => {
    const { code, stdout, stderr } = await startAlone(join(program.folder, 'alone', version), version);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `ecomlake needs Node.js 22.12 or newer, and this is ${version}: install a newer one from https://nodejs.org and run it again.\n`,
    );
  });

  test('on an old Node a checkout goes on with the Node it brings, and ends as that does', async () => {
    const folder = join(program.folder, 'alone', 'own');
    mkdirSync(join(folder, 'node_modules/node/bin'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/node/bin/node'), '#!/bin/sh\necho "own node: $2"\nexit 4\n', { mode: 0o755 });
    expect(await startAlone(folder, '20.19.0')).toMatchObject({ code: 4, stdout: 'own node: --version\n', stderr: '' });
  });

  test('has nothing that Node 12 cannot read, as a module or as a script', () => {
    const code = readFileSync(BIN, 'utf8').replaceAll(/'[^'\n]*'|\/\/.*/g, '');
    expect(code).not.toMatch(/=>|\?\.|\?\?|`|\b(const|let|async|await|require|export)\b|^\s*import\s/m);
  });

  test('says what to do when the program is not built', async () => {
    const unbuilt = new Installed({ isBuilt: false });
    const { code, stderr } = await unbuilt.run(['--version']);
    unbuilt.remove();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ecomlake is not built yet: run `npm install` and `npm run build`/);
  });
});

describe('help and version', () => {
  test('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(program.folder, 'package.json'), 'utf8')) as { version: string };
    expect(await program.run(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('--help names every command', async () => {
    const { code, stdout } = await program.run(['--help']);
    expect(code).toBe(0);
    for (const { name } of COMMANDS) expect(stdout).toContain(`ecomlake ${name}`);
  });

  test('it has no colours in a pipe', async () => {
    const { stdout } = await program.run(['--help'], { env: { TERM: 'xterm-256color' } });
    expect(stdout).not.toContain('\u001B');
  });
});

describe('what the process leaves', () => {
  test('wrong usage ends with 2, on stderr, and writes nothing', async () => {
    const { code, stdout, stderr } = await program.run(['backlog-bear', '--scale', 'big']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--scale big: must be a number');
    expect(readdirSync(program.scratch)).toEqual([]);
  });

  test('variables are read from the environment', async () => {
    const { code, stderr } = await program.run(['status'], { env: { CHUNK_SIZE: '0' } });
    expect(code).toBe(2);
    expect(stderr).toContain('CHUNK_SIZE=0 (environment)');
  });

  test('where there is no config of its own, the shipped one is used', async () => {
    expect(await program.run(['status'])).toMatchObject({ code: 0, stderr: '' });
  });
});

test('a reader that leaves early is no error', async () => {
  const child = program.start(['backlog-bear', '--help']);
  child.stdout!.destroy();
  let stderr = '';
  child.stderr!.on('data', (text: Buffer) => (stderr += text.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
