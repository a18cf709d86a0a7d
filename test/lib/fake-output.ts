// A stream that remembers, and the terminal it would have shown.

import type { Output } from '../../src/lib/style.ts';

export class FakeOutput implements Output {
  readonly isTTY: boolean;
  readonly columns: number;
  written = '';
  writes = 0;

  constructor({ isTTY = false, columns = 80 } = {}) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): void {
    this.written += text;
    this.writes++;
  }

  /** What stands on the screen: carriage returns and erased lines carried out. */
  screen(): string[] {
    const lines = [''];
    // oxlint-disable-next-line no-control-regex -- terminals are ruled by control characters
    for (const [token] of this.written.matchAll(/\r|\n|\u001B\[2K|[^\r\n\u001B]+/g)) {
      const last = lines.length - 1;
      if (token === '\n') lines.push('');
      else if (token === '\u001B[2K') lines[last] = '';
      else if (token !== '\r') lines[last] += token;
    }
    return lines;
  }
}
