// YAML text as plain data, with the place in the text of every key.

import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { Path } from './paths.ts';

export interface YamlFile {
  /** Undefined when the text is not YAML. Keys without a value are left out. */
  readonly data: unknown;
  /** What is wrong with the YAML itself, each with its `line:column`. */
  readonly mistakes: readonly string[];
  /** `line:column` of the key at a path, or of the nearest thing above it that the text has. */
  readonly positionOf: (path: Path) => string;
}

export function readYaml(text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const mistakes = document.errors.map(
    ({ code, pos, message }) => `${lineAndColumn(lines, pos[0])} ${code === 'DUPLICATE_KEY' ? 'this key is there twice' : message}`,
  );
  const file = { mistakes, positionOf: (path: Path) => positionOf(document, lines, path) };
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { ...file, data: undefined };
  try {
    return { ...file, data: withoutNulls(document.toJS()) ?? {} };
  } catch (error) {
    // Aliases that lead nowhere, or to far too much.
    return { ...file, data: undefined, mistakes: [...mistakes, `1:1 ${(error as Error).message}`] };
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
}

function positionOf(document: Document, lines: LineCounter, path: Path): string {
  for (let length = path.length; length > 0; length--) {
    const above = path.slice(0, length - 1);
    const parent = length === 1 ? document.contents : document.getIn(above, true);
    const step = String(path[length - 1]).toLowerCase();
    if (isMap(parent)) {
      const key = parent.items
        .map((item) => item.key)
        .find((candidate) => isScalar(candidate) && String(candidate.value).toLowerCase() === step);
      if (isScalar(key) && key.range) return lineAndColumn(lines, key.range[0]);
    }
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lineAndColumn(lines, node.range[0]);
  }
  return '1:1';
}

function lineAndColumn(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${Math.max(line, 1)}:${Math.max(col, 1)}`;
}
