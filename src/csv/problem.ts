// What is wrong with a CSV file, said in one form: file, line, what, and the way out.

import { UserError } from '../lib/errors.ts';

const SHOWN_CHARACTERS = 40;

/** `line` counts physical lines from 1; 0 speaks of the file as a whole. */
export function csvProblem(file: string, line: number, what: string, hint: string): UserError {
  return new UserError(`${file}${line > 0 ? `, line ${line}` : ''}: ${what}`, { hint });
}

/** A file's text in quotes, escaped and shortened, fit for a message. */
export function showText(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, SHOWN_CHARACTERS * 4));
  const characters = [...text];
  return JSON.stringify(characters.length > SHOWN_CHARACTERS ? `${characters.slice(0, SHOWN_CHARACTERS).join('')}...` : text);
}
