// One slip of the hand: a letter doubled, dropped, swapped with the next, or its neighbour on the keyboard hit instead.

import type { Stream } from '../lib/random.ts';
import { columnKind } from './kind.ts';

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** Of each letter, those left and right of it. */
const NEIGHBOURS: ReadonlyMap<string, string> = new Map(
  ROWS.flatMap((row) => [...row].map((letter, i) => [letter, `${row[i - 1] ?? ''}${row[i + 1] ?? ''}`] as const)),
);

const DROPPED = 1;
const SWAPPED = 2;
const REPLACED = 3;

const isSameLetter = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Never a word that differs by case alone. Doubles the letter where the slip drawn cannot happen; without letters, the value as it was. */
function mistype(value: string, stream: Stream): string {
  const characters = [...value];
  const letters = characters.flatMap((character, i) => (/\p{L}/u.test(character) ? [i] : []));
  if (letters.length === 0) return value;
  const at = letters[stream.below(letters.length)]!;
  const letter = characters[at]!;
  const next = characters[at + 1] ?? '';
  const neighbours = NEIGHBOURS.get(letter.toLowerCase()) ?? '';
  const way = stream.below(4);
  const choice = stream.next();
  if (way === DROPPED && letters.length > 1) characters.splice(at, 1);
  else if (way === SWAPPED && letters.includes(at + 1) && !isSameLetter(letter, next)) characters.splice(at, 2, next, letter);
  else if (way === REPLACED && neighbours !== '') {
    const neighbour = neighbours[choice % neighbours.length]!;
    characters[at] = letter === letter.toLowerCase() ? neighbour : neighbour.toUpperCase();
  } else characters.splice(at, 0, letter);
  return characters.join('');
}

export const typos = columnKind('typos', () => ({ type: 'text', rewrite: mistype }));
