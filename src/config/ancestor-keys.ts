// Configs written for the lake's Python ancestor: what means nothing here is taken out, what it writes otherwise is rewritten.

import { deleteAt, placesAt, renameKey, setAt, valueAt, type Path } from './paths.ts';

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

/** For the reference page, such as `tables[].columns`. */
export const IGNORED_KEYS: readonly string[] = IGNORED.map(shownPattern);

/** Maps whose keys are product categories, written in any case. */
const BY_CATEGORY: readonly (readonly string[])[] = [
  ['vocab', 'category_vocab'],
  ['parameters', 'category_preference_by_signup_channel', '*'],
  ['parameters', 'return_reason_bias_schemas', '*'],
];

const OLD_CLV_MAP = ['clv_map'];
const CLV_MAP = ['vocab', 'clv_map'];

/** Names that a YAML may give to having no tier. */
const NO_TIER = new Set(['None', 'null', 'NULL', 'Null', '']);

/** Removes the ancestor's keys from what a file says; returns those that were there, each once. */
export function dropAncestorKeys(raw: unknown): string[] {
  const dropped = new Set<string>();
  for (const pattern of IGNORED) {
    const key = pattern.at(-1)!;
    for (const { value } of placesAt(raw, pattern.slice(0, -1))) {
      if (!(key in value)) continue;
      delete value[key];
      dropped.add(shownPattern(pattern));
    }
  }
  for (const { value } of placesAt(raw, ['tables', '*'])) {
    // Only carts have a number of items of their own; all other counts follow from theirs.
    if (value['item_count_range'] === undefined || value['name'] === 'cart_items') continue;
    delete value['item_count_range'];
    dropped.add(`item_count_range of ${String(value['name'])}`);
  }
  return [...dropped];
}

function shownPattern(pattern: readonly string[]): string {
  return pattern.join('.').replace('tables.*', 'tables[]');
}

/** Brings to one form what may be written in several. */
export function rewriteOldForms(raw: object, defaultCategories: readonly string[]): void {
  if (valueAt(raw, OLD_CLV_MAP) !== undefined && valueAt(raw, CLV_MAP) === undefined) {
    setAt(raw, CLV_MAP, valueAt(raw, OLD_CLV_MAP));
    deleteAt(raw, OLD_CLV_MAP);
  }
  for (const { value } of placesAt(raw, CLV_MAP)) {
    for (const key of Object.keys(value)) if (NO_TIER.has(key)) renameKey(value, key, 'none');
  }
  const given = valueAt(raw, ['vocab', 'categories']);
  const categories: readonly unknown[] = Array.isArray(given) ? given : defaultCategories;
  for (const { value } of BY_CATEGORY.flatMap((pattern) => placesAt(raw, pattern))) {
    for (const key of Object.keys(value)) {
      const name = categories.find((category) => String(category).toLowerCase() === key.toLowerCase());
      if (typeof name === 'string') renameKey(value, key, name);
    }
  }
  for (const { value } of placesAt(raw, ['channel_rules', '*'])) {
    const preference = value['return_channel_preference'];
    if (typeof preference === 'string') value['return_channel_preference'] = { [preference]: 1 };
  }
}

/** Where a file that has the old form says what stands at a path. */
export function pathInFile(path: Path, raw: unknown): Path {
  const isMoved = CLV_MAP.every((step, i) => path[i] === step) && valueAt(raw, CLV_MAP) === undefined;
  return isMoved ? [...OLD_CLV_MAP, ...path.slice(CLV_MAP.length)] : path;
}
