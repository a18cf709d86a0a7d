// The slow, exact reading of one row: fields cut and unquoted one by one. For headers and for messages.

export const LINE_FEED = 10;
export const CARRIAGE_RETURN = 13;
export const QUOTE = 34;
export const COMMA = 44;

export interface RowText {
  fields: string[];
  /** First byte after the row's line end, or `to` if the last line has none. */
  next: number;
  /** Line feeds in the row, its own end included. */
  lines: number;
  /** A quoted field that never closed, or was followed by something other than a delimiter. */
  broken: boolean;
}

/** Reads the row that starts at `from`. */
export function readRowText(bytes: Uint8Array, from: number, to: number): RowText {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const fields: string[] = [];
  let lines = 0;
  let pos = from;
  let broken = false;
  for (;;) {
    let text: string;
    if (pos < to && bytes[pos] === QUOTE) {
      const start = pos + 1;
      let end = start;
      for (;;) {
        while (end < to && bytes[end] !== QUOTE) if (bytes[end++] === LINE_FEED) lines++;
        if (end + 1 < to && bytes[end + 1] === QUOTE) end += 2;
        else break;
      }
      if (end >= to) broken = true;
      text = decoder.decode(bytes.subarray(start, Math.min(end, to))).replaceAll('""', '"');
      pos = Math.min(end + 1, to);
      if (bytes[pos] === CARRIAGE_RETURN && bytes[pos + 1] === LINE_FEED) pos++;
      if (pos < to && bytes[pos] !== COMMA && bytes[pos] !== LINE_FEED) broken = true;
      while (pos < to && bytes[pos] !== COMMA && bytes[pos] !== LINE_FEED) pos++;
    } else {
      const start = pos;
      while (pos < to && bytes[pos] !== COMMA && bytes[pos] !== LINE_FEED) pos++;
      const end = pos > start && bytes[pos - 1] === CARRIAGE_RETURN && bytes[pos] !== COMMA ? pos - 1 : pos;
      text = decoder.decode(bytes.subarray(start, end));
    }
    fields.push(text);
    if (pos >= to) return { fields, next: to, lines, broken };
    if (bytes[pos++] === LINE_FEED) return { fields, next: pos, lines: lines + 1, broken };
  }
}
