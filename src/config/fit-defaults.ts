// What a file leaves out follows what it says: defaults that name words the file's own vocabulary lacks fall away.

import { NAME_RULES, strangeNames, type NameRule } from './name-rules.ts';
import { deleteAt, placesAt, renameKey, setAt, valueAt } from './paths.ts';
import type { Config } from './schema.ts';

type Vocabulary = Readonly<Record<string, unknown>>;

/** Rules by the map they are about: the part of the path before the first `*`. */
const RULES_BY_MAP = Map.groupBy(NAME_RULES, ({ at }) => {
  const star = at.indexOf('*');
  return (star === -1 ? at : at.slice(0, star)).join('.');
});

/** Completes `raw`, as read from a file, where the schema's defaults would not fit what it says. */
export function fitDefaults(raw: object, defaults: Config): void {
  fitNames(raw, defaults);
  fitStatuses(raw, defaults);
  fillCategories(raw, defaults);
  fillDefaultEntries(raw, defaults);
}

function fitNames(raw: object, defaults: Config): void {
  const vocabulary = valueAt(raw, ['vocab']) as Vocabulary | undefined;
  if (typeof vocabulary !== 'object') return;
  for (const [map, rules] of RULES_BY_MAP) {
    const path = map.split('.');
    const concerned = rules.filter(({ list }) => Array.isArray(vocabulary[list]));
    if (concerned.length === 0 || valueAt(raw, path) !== undefined) continue;
    const fitted = structuredClone(defaults);
    for (const rule of concerned) dropStrangers(fitted, rule, vocabulary[rule.list] as unknown[]);
    setAt(raw, path, valueAt(fitted, path));
  }
}

function dropStrangers(data: object, rule: NameRule, words: readonly unknown[]): void {
  for (const { path, name } of strangeNames(data, rule, words).toReversed()) {
    const place = path.slice(0, -1);
    const names = valueAt(data, place) as Record<string, unknown> | unknown[];
    const sameWord = words.filter((word) => typeof word === 'string').find((word) => word.toLowerCase() === name.toLowerCase());
    if (Array.isArray(names)) names.splice(Number(path.at(-1)), 1, ...(sameWord === undefined ? [] : [sameWord]));
    else if (sameWord === undefined) deleteAt(data, path);
    else if (rule.names === 'values') setAt(data, path, sameWord);
    else renameKey(names, name, sameWord);
    const left = Object.values(names).some((entry) => entry !== 0);
    if (!left && rule.evenByDefault) setAt(data, place, Object.fromEntries(words.map((word) => [word, 1])));
    if (!left && rule.goesWhenEmpty) deleteAt(data, place);
  }
}

/** Other statuses than the default ones: all alike unless the file gives weights. */
function fitStatuses(raw: object, defaults: Config): void {
  const path = ['parameters', 'customer_status_probs'];
  const statuses = valueAt(raw, ['vocab', 'customer_status_options']);
  if (!Array.isArray(statuses) || statuses.length === defaults.parameters.customer_status_probs.length || valueAt(raw, path) !== undefined)
    return;
  setAt(raw, path, Array(statuses.length).fill(1));
}

/** A preference names some categories; the others weigh 1. */
function fillCategories(raw: object, defaults: Config): void {
  const given = valueAt(raw, ['vocab', 'categories']);
  const categories: readonly unknown[] = Array.isArray(given) ? given : defaults.vocab.categories;
  for (const { value } of placesAt(raw, ['parameters', 'category_preference_by_signup_channel', '*'])) {
    for (const category of categories) value[String(category)] ??= 1;
  }
}

/** A map by tier or by reason need not say what holds for the rest. */
function fillDefaultEntries(raw: object, defaults: Config): void {
  for (const { value } of placesAt(raw, ['parameters', 'cart_behavior_by_tier'])) value['default'] ??= {};
  for (const { value } of placesAt(raw, ['parameters', 'refund_behavior_by_reason'])) {
    value['default'] ??= defaults.parameters.refund_behavior_by_reason['default'];
  }
}
