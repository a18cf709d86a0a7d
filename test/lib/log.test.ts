import { describe, expect, test } from 'vitest';
import { createLog, type LogFormat, type LogLevel } from '../../src/lib/log.ts';
import { isTerminal, paintFor } from '../../src/lib/style.ts';
import { FakeOutput } from './fake-output.ts';

const clock = () => new Date('2026-01-09T02:00:00.000Z');

function logTo(output: FakeOutput, level: LogLevel, format: LogFormat) {
  return createLog({ output, paint: (_, text) => text, level, format, clock });
}

describe('the log', () => {
  test('prints what is at its level or above', () => {
    const output = new FakeOutput();
    const log = logTo(output, 'warn', 'text');
    for (const level of ['error', 'warn', 'info', 'debug'] as const) log.write(level, `a ${level}`, { event: 'x' });
    expect(output.written).toBe('error: a error\nwarning: a warn\n');
  });

  test('as JSON it is one object a line, whatever the text holds', () => {
    const output = new FakeOutput();
    const log = logTo(output, 'info', 'json');
    log.write('info', 'for people', { event: 'note', message: 'two\nlines "quoted"' });
    log.write('debug', 'unseen', { event: 'note' });
    const lines = output.written.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toEqual({
      time: '2026-01-09T02:00:00.000Z',
      level: 'info',
      event: 'note',
      message: 'two\nlines "quoted"',
    });
  });
});

describe('colours', () => {
  const terminal = new FakeOutput({ isTTY: true });
  const pipe = new FakeOutput();
  const coloured = (output: FakeOutput, env: Record<string, string>) => paintFor(output, env)('red', 'x') !== 'x';

  test.each([
    ['a terminal has them', terminal, {}, true],
    ['a pipe has none', pipe, {}, false],
    ['a dumb terminal has none', terminal, { TERM: 'dumb' }, false],
    ['NO_COLOR takes them away', terminal, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR does not', terminal, { NO_COLOR: '' }, true],
    ['FORCE_COLOR brings them to a pipe', pipe, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR wins over NO_COLOR', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['FORCE_COLOR=0 takes them away', terminal, { FORCE_COLOR: '0' }, false],
  ])('%s', (_, output, env, expected) => expect(coloured(output, env)).toBe(expected));

  test('lines are redrawn on terminals only, coloured or not', () => {
    expect(isTerminal(terminal, { NO_COLOR: '1' })).toBe(true);
    expect(isTerminal(terminal, { TERM: 'dumb' })).toBe(false);
    expect(isTerminal(pipe, { FORCE_COLOR: '1' })).toBe(false);
  });
});
