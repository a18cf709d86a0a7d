// The last line of a terminal, redrawn in place; whatever else is written goes above it.

import type { Output } from './style.ts';

const CLEAR_LINE = '\r\u001B[2K';
const DEFAULT_COLUMNS = 80;

export class StatusLine implements Output {
  readonly #output: Output;
  #shown = '';

  constructor(output: Output) {
    this.#output = output;
  }

  get isTTY(): boolean | undefined {
    return this.#output.isTTY;
  }

  get columns(): number | undefined {
    return this.#output.columns;
  }

  /** Cut to the terminal's width: a wrapped line could not be redrawn. */
  draw(text: string): void {
    const line = text.slice(0, (this.#output.columns ?? DEFAULT_COLUMNS) - 1);
    if (line === this.#shown) return;
    this.#shown = line;
    this.#output.write(CLEAR_LINE + line);
  }

  clear(): void {
    if (this.#shown === '') return;
    this.#shown = '';
    this.#output.write(CLEAR_LINE);
  }

  /** Text that ends with a newline, above the drawn line. */
  write(text: string): void {
    if (this.#shown === '') this.#output.write(text);
    else this.#output.write(CLEAR_LINE + text + this.#shown);
  }
}
