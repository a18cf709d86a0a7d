import { expect, test } from 'vitest';
import { formatTable } from '../../src/lib/text-table.ts';

test('pads to the widest cell and sets the footer off', () => {
  const text = formatTable(
    [{ title: 'table' }, { title: 'rows', align: 'right' }],
    [
      ['orders', '1,234'],
      ['returns', '7'],
    ],
    ['total', '1,241'],
  );
  expect(text.split('\n')).toEqual([
    'table     rows',
    '-------  -----',
    'orders   1,234',
    'returns      7',
    '-------  -----',
    'total    1,241',
  ]);
});

test('without rows there is a heading', () => {
  expect(formatTable([{ title: 'a' }, { title: 'b' }], [])).toBe('a  b\n-  -');
});
