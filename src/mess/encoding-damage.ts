// Text that went through the wrong encoding: UTF-8 read as Latin-1, or characters that were lost on the way.

import type { Stream } from '../lib/random.ts';
import { columnKind } from './kind.ts';

/** What browsers and spreadsheets mean by Latin-1. */
const LATIN_1 = new TextDecoder('windows-1252');

/** What a typesetter makes of ASCII: in text that has nothing else, this is what breaks. Spaces around the text are left. */
const TYPESET: Readonly<Record<string, string>> = { ' ': '\u00a0', "'": '\u2019', '-': '\u2013' };
const LOST = ['?', '\ufffd'];

/** Always another text, and visibly so, unless there is nothing in it but spaces. */
function damage(value: string, stream: Stream): string {
  const characters = [...value];
  const isFoldable = stream.below(2) === 0;
  const choice = stream.next();
  const lost = LOST[stream.below(LOST.length)]!;
  // oxlint-disable-next-line no-control-regex
  if (/[^\x00-\x7f]/.test(value)) {
    if (isFoldable) return LATIN_1.decode(Buffer.from(value));
    return characters.map((character) => (character > '\x7f' ? lost : character)).join('');
  }
  const end = value.trimEnd().length;
  const inner = characters.flatMap((character, i) => (i >= value.length - value.trimStart().length && i < end ? [{ character, i }] : []));
  const typeset = inner.filter(({ character }) => character in TYPESET);
  if (isFoldable && typeset.length > 0) {
    const { character, i } = typeset[choice % typeset.length]!;
    characters[i] = LATIN_1.decode(Buffer.from(TYPESET[character]!));
  } else {
    const solid = inner.filter(({ character }) => character !== ' ' && character !== '?');
    if (solid.length === 0) return value;
    characters[solid[choice % solid.length]!.i] = lost;
  }
  return characters.join('');
}

export const encodingDamage = columnKind('encoding_damage', () => ({ type: 'text', rewrite: damage }));
