// Words that stand for no value where a feed would have left the cell empty.

import { SENTINELS, ZERO_DATE } from '../config/planted-values.ts';
import { columnKind } from './kind.ts';

export const sentinels = columnKind('sentinels', ({ format }) => {
  const words = format === 'timestamp' ? [...SENTINELS, ZERO_DATE] : SENTINELS;
  return { type: 'text', replaces: true, rewrite: (_, stream) => words[stream.below(words.length)]! };
});
