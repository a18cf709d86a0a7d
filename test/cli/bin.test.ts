import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/index.ts';
import { Installed } from './installed.ts';

const BIN = fileURLToPath(new URL('../../bin/ecomlake.js', import.meta.url));

let program: Installed;
beforeAll(() => {
  program = new Installed();
});
afterAll(() => program.remove());

describe('the bin', () => {
  test.each(['12.0.0', '18.20.4', '20.19.0', '22.11.0'])('on Node %s says one sentence and ends with 2', async (version) => {
    const preload = join(program.folder, 'pretend.cjs');
    writeFileSync(preload, `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: process.env.PRETEND } });`);
    const { code, stdout, stderr } = await program.run(['--version'], { nodeOptions: ['--require', preload], env: { PRETEND: version } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `ecomlake needs Node.js 22.12 or newer, and this is ${version}: install a newer one from https://nodejs.org and run it again.\n`,
    );
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

  test('the help of every command has its options and examples', async () => {
    const pages = await Promise.all(COMMANDS.map(async (command) => ({ command, ...(await program.run([command.name, '--help'])) })));
    for (const { command, code, stdout } of pages) {
      expect(code).toBe(0);
      for (const [option, { hidden }] of Object.entries(command.options)) if (hidden !== true) expect(stdout).toContain(`--${option}`);
      for (const option of ['--config', '--seed', '--scale', '--log-level', '--log-format', '--quiet', '--debug']) expect(stdout).toContain(option);
      expect(command.examples.length).toBeGreaterThan(0);
      expect(stdout).toContain('Examples:');
    }
  });

  test('it has no colours in a pipe', async () => {
    const { stdout } = await program.run(['--help'], { env: { TERM: 'xterm-256color' } });
    expect(stdout).not.toContain('\u001B');
  });
});

describe('wrong usage ends with 2 and writes nothing', () => {
  test.each([
    [['bakclog-bear'], '"bakclog-bear" is not a command; did you mean "backlog-bear"?'],
    [['status', '--sed', '7'], '--sed is not an option of status; did you mean --seed?'],
    [['status', '-x'], '-x is not an option of status'],
    [['status', 'extra'], '"extra" is one word too many'],
    [['status', '--seed', '1', '--seed', '2'], '--seed is given more than once'],
    [['backlog-bear', '--scale', 'big'], '--scale big: must be a number'],
    [['backlog-bear', '--start-date', '2021-02-29'], '--start-date 2021-02-29: is not a calendar date'],
    [['backlog-bear', '--start-date', '2021-01-02', '--end-date', '2021-01-01'], 'the first day must not come after the last'],
    [['backlog-bear', '--messiness-level', 'heavy'], '--messiness-level heavy: must be one of'],
    [['backlog-bear', '--bucket', 'my-bucket'], 'my-bucket'],
    [['backlog-bear', '--config', 'nowhere.yaml'], 'nowhere.yaml: the config cannot be read'],
    [['export-raw', '--source', '.', '--ingest-date', '2020-01-01', '--days', '3'], 'do not say which dates'],
    [['export-raw', '--source', '.', '--table', 'order'], '--table order: there is no such table; did you mean orders?'],
    [['export-raw'], 'source'],
    [['status', '--log-level', 'loud'], 'log-level'],
    [['status', '--config'], 'config'],
  ])('%j', async (args, says) => {
    const { code, stdout, stderr } = await program.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(says);
    // What is wrong, then what to do.
    expect(stderr.trimEnd().split('\n').length).toBeGreaterThanOrEqual(2);
    expect(stderr).not.toContain('    at ');
  });

  test('an environment variable is named as the source', async () => {
    const { code, stderr } = await program.run(['status'], { env: { CHUNK_SIZE: '0' } });
    expect(code).toBe(2);
    expect(stderr).toContain('CHUNK_SIZE=0 (environment)');
  });

  test('a flag comes before its variable', async () => {
    expect((await program.run(['status', '--chunk-size', '7'], { env: { CHUNK_SIZE: '0' } })).code).toBe(0);
  });

  test('--debug shows where it was thrown', async () => {
    const { stderr } = await program.run(['status', '--scale', 'big', '--debug']);
    expect(stderr).toContain('    at ');
  });

  test.each([
    ['when the arguments are right', ['status', '--scale', 'big', '--log-format', 'json']],
    ['when they are not', ['status', '--sed', '7', '--log-format=json']],
  ])('errors are JSON lines too, %s', async (_, args) => {
    const { code, stderr } = await program.run(args);
    expect(code).toBe(2);
    const lines = stderr.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({ level: 'error', event: 'error', message: expect.any(String), hint: expect.any(String), exit_code: 2 });
    expect(Number.isNaN(Date.parse(String(lines[0]!['time'])))).toBe(false);
  });

  test('FORCE_COLOR colours it, NO_COLOR does not', async () => {
    expect((await program.run(['nonsense'], { env: { FORCE_COLOR: '1' } })).stderr).toContain('\u001B[31m');
    expect((await program.run(['nonsense'], { env: { NO_COLOR: '1' } })).stderr).not.toContain('\u001B');
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
