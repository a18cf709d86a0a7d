// Text that did not fit into a field: its first 10 to 20 characters.

import type { Stream } from '../lib/random.ts';
import { columnKind } from './kind.ts';

const SHORTEST = 10;
const LONGEST = 20;

/** Shorter by at least one character; text of 10 or fewer stays whole. */
function cut(value: string, stream: Stream): string {
  const characters = [...value];
  if (characters.length <= SHORTEST) return value;
  const length = stream.between(SHORTEST, Math.min(LONGEST, characters.length - 1));
  // A space left at the end would look like padding.
  return characters.slice(0, length).join('').trimEnd();
}

export const truncatedText = columnKind('truncated_text', () => ({ type: 'text', rewrite: cut }));
