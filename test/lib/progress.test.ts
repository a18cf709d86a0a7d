import { describe, expect, test } from 'vitest';
import type { ChunkEvent, ProgressEvent } from '../../src/events.ts';
import { createLog, type LogFormat, type LogLevel } from '../../src/lib/log.ts';
import { createRenderer } from '../../src/lib/progress.ts';
import { StatusLine } from '../../src/lib/status-line.ts';
import { FakeOutput } from './fake-output.ts';

const place = { chunk: 3, chunks: 74, start: '2020-03-01', end: '2020-03-30', totalRows: 8_000_000 };
const progress: ProgressEvent = { type: 'progress', ...place, rows: 1_000_000, bytes: 28_000_000, elapsedMs: 1000 };
const chunk: ChunkEvent = { type: 'chunk', ...place, rows: 600_000, bytes: 17_000_000, chunkMs: 700, runRows: 2_000_000, elapsedMs: 2000 };

interface Options {
  isTTY?: boolean;
  columns?: number;
  level?: LogLevel;
  format?: LogFormat;
}

function start({ isTTY = false, columns = 200, level = 'info', format = 'text' }: Options = {}) {
  const output = new FakeOutput({ isTTY, columns });
  const statusLine = isTTY ? new StatusLine(output) : undefined;
  let nowMs = 1_000_000;
  const clock = () => new Date(nowMs);
  const log = createLog({ output: statusLine ?? output, paint: (_, text) => text, level, format, clock });
  return { output, renderer: createRenderer({ log, statusLine, clock }), wait: (ms: number) => (nowMs += ms) };
}

describe('on a terminal', () => {
  test('one line is redrawn, with what is done, how fast and how long it takes', () => {
    const { output, renderer, wait } = start({ isTTY: true });
    renderer.emit({ ...progress, rows: 10, elapsedMs: 1 });
    wait(1000);
    renderer.emit(progress);
    expect(output.screen()).toEqual(['chunk 3/74 (2020-03-01 to 2020-03-30), 12 %, 1.00 M rows/s, 7.0 s left, 1,000,000 rows, 28.0 MB']);
    renderer.emit(chunk);
    expect(output.screen()).toEqual([expect.stringContaining('25 %, 1.00 M rows/s, 6.0 s left, 2,000,000 rows')]);
    renderer.close();
    expect(output.screen()).toEqual(['']);
  });

  test('events that come too fast are not drawn', () => {
    const { output, renderer, wait } = start({ isTTY: true });
    for (let i = 0; i < 1000; i++) {
      renderer.emit({ ...progress, rows: i });
      wait(1);
    }
    expect(output.writes).toBeLessThanOrEqual(11);
    expect(output.writes).toBeGreaterThanOrEqual(9);
  });

  test('a narrow one shows whole parts, the most important first', () => {
    const { output, renderer } = start({ isTTY: true, columns: 62 });
    renderer.emit(progress);
    expect(output.screen()).toEqual(['chunk 3/74 (2020-03-01 to 2020-03-30), 12 %, 1.00 M rows/s']);
  });

  test('notes and warnings stay, above the line', () => {
    const { output, renderer } = start({ isTTY: true });
    renderer.emit(progress);
    renderer.emit({ type: 'note', message: 'resuming after 2020-02-29' });
    renderer.emit({ type: 'warning', message: 'edited lookups' });
    expect(output.screen()).toEqual(['resuming after 2020-02-29', 'warning: edited lookups', expect.stringMatching(/^chunk 3/)]);
  });
});

describe('in a log', () => {
  test('there is one line a chunk, without control characters', () => {
    const { output, renderer } = start();
    renderer.emit({ type: 'phase', name: 'planning 60 days' });
    for (let i = 0; i < 50; i++) renderer.emit(progress);
    renderer.emit(chunk);
    renderer.close();
    expect(output.written).toBe(
      'planning 60 days\nchunk 3/74 (2020-03-01 to 2020-03-30): 600,000 rows, 17.0 MB in 700 ms; 25 %, 1.00 M rows/s, 6.0 s left\n',
    );
  });

  test('the last chunk has no time left', () => {
    const { output, renderer } = start();
    renderer.emit({ ...chunk, runRows: place.totalRows });
    expect(output.written).toMatch(/; 100 %, 4\.00 M rows\/s\n$/);
  });

  test('level warn leaves warnings only', () => {
    const { output, renderer } = start({ level: 'warn' });
    renderer.emit({ type: 'phase', name: 'planning' });
    renderer.emit(chunk);
    renderer.emit({ type: 'warning', message: 'edited lookups' });
    expect(output.written).toBe('warning: edited lookups\n');
  });

  test('as JSON, each line has time, level, event and the figures', () => {
    const { output, renderer } = start({ format: 'json' });
    renderer.emit({ type: 'phase', name: 'planning' });
    renderer.emit(chunk);
    const lines = output.written
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ level, event }) => [level, event])).toEqual([
      ['info', 'phase'],
      ['info', 'chunk'],
    ]);
    expect(lines[1]).toMatchObject({ time: new Date(1_000_000).toISOString(), chunk: 3, chunks: 74, rows: 600_000 });
  });

  test('level debug tells of progress within a chunk now and then', () => {
    const { output, renderer, wait } = start({ level: 'debug' });
    for (let i = 0; i < 25; i++) {
      renderer.emit(progress);
      wait(1000);
    }
    expect(output.written.trimEnd().split('\n')).toHaveLength(3);
  });
});
