// What parseConfig says about a text: its problems as lines without the file's name, or none.

import { UserError } from '../../src/lib/errors.ts';
import { parseConfig } from '../../src/config/load.ts';

export function problemsOf(text: string): string[] {
  try {
    parseConfig(text, 'shop.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message
      .split('\n')
      .filter((line) => /shop\.yaml:\d/.test(line))
      .map((line) => line.trim().replace('shop.yaml:', ''));
  }
}
