// HTML that cannot be mistaken for text: whatever comes in as text is escaped.

export class Html {
  private readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }

  toString(): string {
    return this.markup;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

type Part = Html | string | number | undefined | readonly Part[];

/** A template whose values are escaped, save those that are HTML; lists are joined, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((markup, piece, i) => markup + toMarkup(parts[i - 1]) + piece));
}

function toMarkup(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (char) => ENTITIES[char]!);
  if (typeof part === 'number') return String(part);
  return part instanceof Html ? part.toString() : part.map(toMarkup).join('');
}
