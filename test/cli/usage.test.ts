import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli.ts';
import { COMMANDS } from '../../src/commands/index.ts';
import { FakeOutput } from '../lib/fake-output.ts';

async function cli(argv: readonly string[], environment: Record<string, string> = {}, isTTY = false) {
  const stdout = new FakeOutput({ isTTY });
  const stderr = new FakeOutput({ isTTY });
  const clock = () => new Date('2026-01-09T02:00:00.000Z');
  const code = await run(argv, { stdout, stderr, environment, signal: new AbortController().signal, clock });
  return { code, stdout: stdout.written, stderr: stderr.written };
}

test('the help of every command has its options and examples', async () => {
  for (const command of COMMANDS) {
    const { code, stdout } = await cli([command.name, '--help']);
    expect(code).toBe(0);
    for (const [option, { hidden }] of Object.entries(command.options)) if (hidden !== true) expect(stdout).toContain(`--${option}`);
    for (const option of ['--config', '--seed', '--scale', '--log-level', '--log-format', '--quiet', '--debug'])
      expect(stdout).toContain(option);
    expect(command.examples.length).toBeGreaterThan(0);
    expect(stdout).toContain('Examples:');
  }
});

describe('wrong usage ends with 2', () => {
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
    [['backlog-bear', '--config', 'nowhere.yaml'], 'nowhere.yaml: the config cannot be read'],
    [['export-raw', '--source', '.', '--ingest-date', '2020-01-01', '--days', '3'], 'do not say which dates'],
    [['export-raw', '--source', '.', '--table', 'order'], '--table order: there is no such table; did you mean orders?'],
    [['export-raw'], 'source'],
    [['status', '--log-level', 'loud'], 'log-level'],
    [['status', '--config'], 'config'],
  ])('%j', async (args, says) => {
    const { code, stdout, stderr } = await cli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(says);
    // What is wrong, then what to do.
    expect(stderr.trimEnd().split('\n').length).toBeGreaterThanOrEqual(2);
    expect(stderr).not.toContain('    at ');
  });

  test('an environment variable is named as the source', async () => {
    const { code, stderr } = await cli(['status'], { CHUNK_SIZE: '0' });
    expect(code).toBe(2);
    expect(stderr).toContain('CHUNK_SIZE=0 (environment)');
  });

  test('a flag comes before its variable', async () => {
    expect((await cli(['status', '--chunk-size', '7'], { CHUNK_SIZE: '0' })).code).toBe(0);
  });

  test('--debug shows where it was thrown', async () => {
    const { stderr } = await cli(['status', '--scale', 'big', '--debug']);
    expect(stderr).toContain('    at ');
  });

  test.each([
    ['when the arguments are right', ['status', '--scale', 'big', '--log-format', 'json']],
    ['when they are not', ['status', '--sed', '7', '--log-format=json']],
  ])('errors are JSON lines too, %s', async (_, args) => {
    const { code, stderr } = await cli(args);
    expect(code).toBe(2);
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      event: 'error',
      message: expect.any(String),
      hint: expect.any(String),
      exit_code: 2,
    });
    expect(Number.isNaN(Date.parse(String(lines[0]!['time'])))).toBe(false);
  });

  test('FORCE_COLOR colours it, NO_COLOR does not', async () => {
    expect((await cli(['nonsense'], { FORCE_COLOR: '1' })).stderr).toContain('\u001B[31m');
    expect((await cli(['nonsense'], { NO_COLOR: '1' }, true)).stderr).not.toContain('\u001B');
  });
});
