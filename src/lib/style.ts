// Colours, and only where someone looks: on a terminal, unless NO_COLOR or FORCE_COLOR says otherwise.

import { styleText } from 'node:util';

type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'bold' | 'dim';

/** Returns the text as it is where colours are off. */
export type Paint = (colour: Colour, text: string) => string;

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export type Env = Readonly<Record<string, string | undefined>>;

export function paintFor(output: Output, env: Env): Paint {
  return hasColours(output, env) ? (colour, text) => styleText(colour, text, { validateStream: false }) : (_, text) => text;
}

/** FORCE_COLOR wins over NO_COLOR, as in Node itself; an empty NO_COLOR counts as none (no-color.org). */
function hasColours(output: Output, env: Env): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env['NO_COLOR']) return false;
  return isTerminal(output, env);
}

/** Whether lines can be redrawn. */
export function isTerminal(output: Output, env: Env): boolean {
  return output.isTTY === true && env['TERM'] !== 'dumb';
}
