// One or two spaces before and after a word.

import { columnKind } from './kind.ts';

export const padding = columnKind('padding', () => ({
  type: 'text',
  rewrite: (value, stream) => ' '.repeat(stream.between(1, 2)) + value + ' '.repeat(stream.between(1, 2)),
}));
