// A page as one file that asks nothing of the network: its policy forbids it.

import { html, Html } from './html.ts';
import { STYLE } from './style.ts';

/** A third of the bytes of the tables. */
const INDENT = /\n\s+/g;

/** `body`: header, main and footer. `style` comes after the style that all pages share. */
export function htmlDocument(title: string, body: Html, style = ''): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${new Html(STYLE + style)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `
    .toString()
    .replace(INDENT, '\n');
}
