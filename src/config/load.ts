// A YAML file to a checked config, or to every problem in it with its line.

import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { UserError } from '../lib/errors.ts';
import { nearest } from '../lib/nearest.ts';
import { configSchema, configShape, type Config } from './schema.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** For the person: keys that were ignored. */
  readonly notes: readonly string[];
}

type Path = readonly PropertyKey[];

/** Keys of the Python ancestor that mean nothing here, as paths; `*` stands for any key or index. */
const IGNORED: readonly (readonly string[])[] = [
  ['row_generators'],
  ['output_dir'],
  ['tables', '*', 'columns'],
  ['tables', '*', 'generate'],
  ['tables', '*', 'link_to_orders'],
  ['lookup_config', '*', 'generator'],
  ['parameters', 'signup_years'],
  ['parameters', 'order_days_back'],
  ['parameters', 'gender_unknown_prob'],
  ['parameters', 'customer_id_start'],
];

/** Maps whose keys are product categories, written in any case. */
const BY_CATEGORY: readonly (readonly string[])[] = [
  ['vocab', 'category_vocab'],
  ['parameters', 'category_preference_by_signup_channel', '*'],
  ['parameters', 'return_reason_bias_schemas', '*'],
];

export function defaultConfig(): Config {
  return configSchema.parse({});
}

/** Throws one UserError (exit 2) with all problems, each with line, column and path. */
export function loadConfig(path: string): LoadedConfig {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`${path}: the config cannot be read (${(error as Error).message})`, {
      hint: 'Name a YAML file with --config or CONFIG_PATH.',
      cause: error,
    });
  }
  return parseConfig(text, path);
}

/** `name` stands for the file in messages. */
export function parseConfig(text: string, name: string): LoadedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw problems(name, document.errors.map((error) => `${positionAt(lines, error.pos[0])} ${error.message.split('\n')[0]!.replace(/ at line.*/, '')}`));
  }
  const raw: unknown = document.toJS() ?? {};
  const ignored = dropIgnored(raw);
  matchCategories(raw);
  const result = configSchema.safeParse(raw);
  if (!result.success) {
    throw problems(name, result.error.issues.flatMap((issue) => explain(issue).map(({ path, says }) => `${positionOf(document, lines, path)} ${dotted(path)}${says}`)));
  }
  const notes = ignored.length > 0 ? [`${name}: these keys mean nothing here and are ignored: ${ignored.join(', ')}`] : [];
  return { config: result.data, notes };
}

function problems(name: string, list: string[]): UserError {
  const count = list.length === 1 ? 'a problem' : `${list.length} problems`;
  return new UserError([`${name} has ${count}:`, ...list.map((line) => `  ${line}`)].join('\n'), {
    hint: 'Every key is described in docs/config.md.',
  });
}

function explain(issue: z.core.$ZodIssue): { path: Path; says: string }[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(issue.path);
    return issue.keys.map((key) => {
      const suggestion = nearest(key, known);
      return { path: [...issue.path, key], says: ` is not a known key${suggestion ? `; did you mean "${suggestion}"?` : ''}` };
    });
  }
  return [{ path: issue.path, says: `: ${issue.message}` }];
}

/** Known keys of the object at a path of the schema. */
function keysAt(path: Path): string[] {
  let schema: unknown = configShape;
  for (const step of path) schema = memberOf(unwrap(schema), step);
  const { shape } = unwrap(schema) as { shape?: object };
  return Object.keys(shape ?? {});
}

interface SchemaNode {
  def?: { innerType?: unknown; valueType?: unknown; element?: unknown };
  shape?: Record<string, unknown>;
}

function unwrap(schema: unknown): SchemaNode {
  let node = schema as SchemaNode;
  while (node?.def?.innerType !== undefined) node = node.def.innerType as SchemaNode;
  return node ?? {};
}

function memberOf(node: SchemaNode, step: PropertyKey): unknown {
  return node.shape?.[String(step)] ?? node.def?.valueType ?? node.def?.element;
}

/** Removes the ancestor's keys; returns those that were there. */
function dropIgnored(raw: unknown): string[] {
  const dropped: string[] = [];
  for (const path of IGNORED) {
    for (const { parent, where } of containers(raw, path.slice(0, -1))) {
      const key = path.at(-1)!;
      if (!(key in parent)) continue;
      delete parent[key];
      dropped.push([...where, key].join('.'));
    }
  }
  return dropped;
}

/** Gives category keys the case that the vocabulary has. */
function matchCategories(raw: unknown): void {
  const given = containers(raw, ['vocab'])[0]?.parent['categories'];
  const categories = Array.isArray(given) ? given.filter((item) => typeof item === 'string') : defaultConfig().vocab.categories;
  for (const path of BY_CATEGORY) {
    for (const { parent } of containers(raw, path)) {
      for (const key of Object.keys(parent)) {
        const category = categories.find((name) => name.toLowerCase() === key.toLowerCase());
        if (category === undefined || category === key || category in parent) continue;
        parent[category] = parent[key];
        delete parent[key];
      }
    }
  }
}

/** The objects at a path of plain data, `*` meaning every member. */
function containers(raw: unknown, path: readonly string[], where: readonly string[] = []): { parent: Record<string, unknown>; where: readonly string[] }[] {
  if (typeof raw !== 'object' || raw === null) return [];
  const [step, ...rest] = path;
  if (step === undefined) return [{ parent: raw as Record<string, unknown>, where }];
  const keys = step === '*' ? Object.keys(raw) : [step];
  return keys.flatMap((key) => containers((raw as Record<string, unknown>)[key], rest, [...where, key]));
}

function dotted(path: Path): string {
  return path.map(String).join('.') || 'the file';
}

/** Line and column of the key at a path, or of the nearest thing above it that is in the file. */
function positionOf(document: Document, lines: LineCounter, path: Path): string {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const step = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value).toLowerCase() === String(step).toLowerCase());
      if (pair !== undefined && isScalar(pair.key) && pair.key.range) return positionAt(lines, pair.key.range[0]);
    }
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return positionAt(lines, node.range[0]);
  }
  return positionAt(lines, 0);
}

function positionAt(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${Math.max(line, 1)}:${Math.max(col, 1)}`;
}
