// A schema's complaint in a person's words.

import type { z } from 'zod';
import { nearest } from '../lib/nearest.ts';
import { valueAt, type Path } from './paths.ts';
import { describeSchema, nodeAt, pathsOfKey } from './schema-node.ts';
import { configShape } from './schema.ts';

export interface Problem {
  readonly path: Path;
  /** Follows the path and a colon. */
  readonly says: string;
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a map',
  record: 'a map',
  string: 'a text',
  tuple: 'a list',
};

const ROOT = describeSchema(configShape);
/** A key with more than these belongs nowhere in particular. */
const MOST_PLACES = 3;

/** One schema issue can be several problems: each unknown key is one. `raw` is what the file says. */
export function explainProblem(issue: z.core.$ZodIssue, raw: unknown): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], says: `is not a known key${suggestKey(issue.path, key)}` }));
  }
  const value = valueAt(raw, issue.path);
  if (issue.code !== 'invalid_union') return [{ path: issue.path, says: describe(issue, value) }];
  const right = issue.errors.find((issues) => !issues.some(isOtherType));
  if (right !== undefined) return right.flatMap((inner) => explainProblem({ ...inner, path: [...issue.path, ...inner.path] }, raw));
  const expected = issue.errors
    .flat()
    .filter(isOtherType)
    .map(({ expected }) => typeName(expected));
  return [{ path: issue.path, says: `must be ${[...new Set(expected)].join(' or ')}, not ${shown(value)}` }];
}

/** Whether an alternative is not the one that was meant. */
function isOtherType(issue: z.core.$ZodIssue): issue is z.core.$ZodIssueInvalidType {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function typeName(expected: string): string {
  return TYPES[expected] ?? expected;
}

function describe(issue: z.core.$ZodIssue, value: unknown): string {
  const given = shown(value);
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined ? 'is missing' : `must be ${typeName(issue.expected)}, not ${given}`;
    case 'invalid_value': {
      const words = issue.values.map(String);
      const near = nearest(String(value), words);
      return `must be one of ${words.join(', ')}, not ${given}${near === undefined ? '' : `; did you mean "${near}"?`}`;
    }
    case 'too_small':
      return bound(issue.origin, issue.minimum, issue.inclusive ? 'at least' : 'more than', given);
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive ? 'at most' : 'less than', given);
    case 'invalid_format':
      return `${issue.message}, not ${given}`;
    default:
      return issue.message;
  }
}

function bound(origin: string, limit: number | bigint, word: string, given: string): string {
  if (origin === 'string') return 'must not be empty';
  if (origin === 'array' || origin === 'tuple') return `must have ${word} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `must be ${word} ${limit}, not ${given}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** The nearest key that would be right there, or the place where the key would be right. */
function suggestKey(path: Path, key: string): string {
  const own = [...(nodeAt(ROOT, path)?.members.keys() ?? [])];
  const near = nearest(key, own);
  if (near !== undefined) return `; did you mean "${near}"?`;
  const places = pathsOfKey(ROOT, key);
  if (places.length > MOST_PLACES) return `; ${path.join('.')} has ${own.join(', ')}`;
  return places.length === 0
    ? ''
    : `; it belongs ${places.map((place) => (place === key ? 'at the top level' : `at ${place}`)).join(' or ')}`;
}
