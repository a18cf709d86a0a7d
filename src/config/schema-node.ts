// What the schema says of itself as plain data: for suggestions, the reference page and the shipped YAML.

import type { z } from 'zod';

export interface SchemaNode {
  readonly kind: 'section' | 'map' | 'list' | 'value';
  /** In words, such as `number from 0 to 1`. */
  readonly type: string;
  readonly description: string | undefined;
  /** Whether the key may be left out. */
  readonly isOptional: boolean;
  /** Members of a section by key. */
  readonly members: ReadonlyMap<string, SchemaNode>;
  /** What a map or a list holds. */
  readonly item: SchemaNode | undefined;
}

/** The parts of zod's definitions that are read here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly items?: readonly z.ZodType[];
  readonly options?: readonly z.ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly format?: string;
  readonly checks?: readonly {
    readonly _zod: { readonly def: { readonly check: string; readonly inclusive?: boolean; readonly length?: number } };
  }[];
}

export function describeSchema(schema: z.ZodType): SchemaNode {
  let inner = schema;
  let { description } = schema;
  for (let next = definition(inner).innerType; next !== undefined; next = definition(inner).innerType) {
    inner = next;
    description ??= inner.description;
  }
  const { type, valueType, element } = definition(inner);
  const shape = (inner as { shape?: Record<string, z.ZodType> }).shape;
  const members = new Map(Object.entries(shape ?? {}).map(([key, member]) => [key, describeSchema(member)]));
  const content = valueType ?? element;
  const kind = type === 'object' ? 'section' : type === 'record' ? 'map' : type === 'array' ? 'list' : 'value';
  return { kind, type: typeText(inner), description, isOptional: inner !== schema, members, item: content && describeSchema(content) };
}

/** The node at a path of keys and indexes; undefined where the schema has none. */
export function nodeAt(root: SchemaNode, path: readonly PropertyKey[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const step of path) node = node?.members.get(String(step)) ?? node?.item;
  return node;
}

/** Dotted paths of a key wherever a section has it. */
export function pathsOfKey(root: SchemaNode, key: string): string[] {
  return [...root.members].flatMap(([name, member]) => [
    ...(name === key ? [name] : []),
    ...pathsOfKey(member, key).map((path) => `${name}.${path}`),
  ]);
}

function definition(schema: z.ZodType): Definition {
  return schema.def;
}

function typeText(schema: z.ZodType): string {
  const { type, innerType, valueType, element, items, options, entries, format, checks } = definition(schema);
  if (innerType !== undefined) return typeText(innerType);
  if (type === 'number') return numberText(schema as z.ZodNumber);
  if (type === 'string') return format === 'date' ? 'date' : 'text';
  if (type === 'boolean') return 'true or false';
  if (type === 'union') return options!.map(typeText).join(', or ');
  if (type === 'enum') return `one of ${Object.values(entries!).join(', ')}`;
  if (type === 'record') return `map of ${plural(typeText(valueType!))}`;
  if (type === 'array') {
    const length = checks?.find((check) => check._zod.def.check === 'length_equals')?._zod.def.length;
    return `list of ${length === undefined ? '' : `${length} `}${plural(typeText(element!))}`;
  }
  if (type === 'tuple') {
    const parts = items!.map(typeText);
    return new Set(parts).size === 1 ? `[min, max], each a ${parts[0]}` : `[${parts.join(', ')}]`;
  }
  return `{ ${Object.keys((schema as { shape?: object }).shape ?? {}).join(', ')} }`;
}

function plural(type: string): string {
  return type.replace(/^(whole )?(number|text|date|map)\b/, '$1$2s');
}

function numberText(schema: z.ZodNumber): string {
  const name = definition(schema).format === 'safeint' ? 'whole number' : 'number';
  const { minValue, maxValue } = schema;
  const min = bound(minValue);
  const max = bound(maxValue);
  const above = definition(schema).checks?.some(({ _zod: { def } }) => def.check === 'greater_than' && def.inclusive === false) ?? false;
  if (min === undefined) return max === undefined ? name : `${name} up to ${max}`;
  if (above) return `${name} above ${min}${max === undefined ? '' : `, up to ${max}`}`;
  return max === undefined ? `${name} of ${min} or more` : `${name} from ${min} to ${max}`;
}

/** zod gives infinity, or the largest safe integer, where nothing bounds a number. */
function bound(value: number | null): number | undefined {
  return value === null || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;
}
