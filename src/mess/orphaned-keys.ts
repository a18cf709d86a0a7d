// References that lead nowhere: numbers far beyond any that a lake has.

import { LEAST_ORPHAN } from '../config/planted-values.ts';
import type { Stream } from '../lib/random.ts';
import { columnKind } from './kind.ts';

const orphan = (stream: Stream): number => LEAST_ORPHAN + stream.below(LEAST_ORPHAN / 9);

export const orphanedKeys = columnKind('orphaned_keys', ({ type }) =>
  type === 'string'
    ? { type: 'text', rewrite: (value, stream) => value.replace(/\d+$/, () => String(orphan(stream))) }
    : { type: 'int', change: (_, stream) => orphan(stream) },
);
