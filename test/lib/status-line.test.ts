import { expect, test } from 'vitest';
import { StatusLine } from '../../src/lib/status-line.ts';
import { FakeOutput } from './fake-output.ts';

test('is redrawn in place, and other lines go above it', () => {
  const output = new FakeOutput({ isTTY: true });
  const line = new StatusLine(output);
  line.draw('one');
  line.draw('two');
  line.write('a note\n');
  expect(output.screen()).toEqual(['a note', 'two']);
  line.clear();
  line.write('the end\n');
  expect(output.screen()).toEqual(['a note', 'the end', '']);
});

test('never reaches the last column, where a terminal would wrap', () => {
  const output = new FakeOutput({ isTTY: true, columns: 10 });
  new StatusLine(output).draw('x'.repeat(50));
  expect(output.screen()).toEqual(['x'.repeat(9)]);
});

test('the same text is not drawn twice', () => {
  const output = new FakeOutput({ isTTY: true });
  const line = new StatusLine(output);
  line.draw('one');
  line.draw('one');
  expect(output.writes).toBe(1);
});
