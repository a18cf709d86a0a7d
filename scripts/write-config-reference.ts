// Writes docs/config.md from the schema and the settings.
// node scripts/write-config-reference.ts [--check]

import { IGNORED_KEYS } from '../src/config/ancestor-keys.ts';
import { defaultConfig } from '../src/config/load.ts';
import { KIND_COLUMNS } from '../src/config/mess-columns.ts';
import { NAME_RULES } from '../src/config/name-rules.ts';
import { describeSchema, type SchemaNode } from '../src/config/schema-node.ts';
import { configSchema } from '../src/config/schema.ts';
import { SETTINGS, type SettingSpec } from '../src/config/settings.ts';
import { flow } from './flow-yaml.ts';
import { markdownTable } from './markdown-table.ts';
import { writeOrCheck } from './write-or-check.ts';

/** Longer defaults are left to the shipped YAML. */
const LONGEST_DEFAULT = 70;

const INTRODUCTION = `# Configuration

<!-- Written by scripts/write-config-reference.ts from src/config: do not edit. -->

What a lake holds is decided by a YAML file, [gen_config/ecom_sales_gen_quick.yaml](../gen_config/ecom_sales_gen_quick.yaml) unless
\`--config\` or \`CONFIG_PATH\` names another. Where and how a run works is decided by [settings](#settings).

- A key that is left out, or has nothing after it, takes its default. An empty file is the default config.
- A **section** is merged: give one key of \`simulation\` and the others keep their defaults. A **map** or a **list** that is given
  replaces the default one as a whole.
- Keys of maps are names from \`vocab\`. Give other words there, and the default maps follow: entries with words the vocabulary no longer
  has fall away. A map that you give must name words of the vocabulary.
- \`default\` in a map stands for customers (guests have neither channel nor tier), categories or reasons that have no entry of their own.
- Weights need not sum to 1.
- Category names match whatever their case.
- Everything wrong in a file is told at once, with line, column and path, and nothing is written (exit code 2).
- YAML anchors and merge keys (\`<<\`) work; a key that stands twice is an error.`;

const RULES = `## Rules across keys

- Every name in a map or list of names is in its vocabulary. A payment method or fee of 0 may name others.
- Words of a vocabulary differ in more than their case and have no spaces around them, since mess changes both; categories can name folders.
- Every category has words in \`vocab.category_vocab\`, and there are at least as many products as categories.
- Every shipping speed with a weight has its two costs. \`Standard\` is never expedited: \`expedited_pct\` is at most the share of the others.
- \`propensity_by_channel_and_tier\` and \`time_delay_by_channel_and_tier\` have a \`default\` within their \`default\`.
- Minima are not above maxima, first days not after last days; \`calibration_window\` does not end before the first sign-up.
- Changes in \`mess.drift\` name columns that are there on their date, and give no name twice ([Schema drift](mess.md#schema-drift)).
- \`customer_status_probs\` has a weight for each of \`customer_status_options\`.`;

const COLUMNS_OF_MESS = `## Columns of mess

What \`mess.<level>.<kind>.columns\` may name; the default ones are bold. A list replaces them. \`a/b\` are two columns that are exchanged.
What the kinds do is in [mess.md](mess.md).`;

const ANCESTOR = `## Files of the Python ancestor

They load as they are. These keys mean nothing here; they are noted once and ignored:
${IGNORED_KEYS.map((key) => `\`${key}\``).join(', ')}.

Read as well: a top-level \`clv_map\`, and \`null\` or \`None\` as its name for customers without a tier; a single name as
\`return_channel_preference\`; \`loyalty_distribution_by_channel\` as lists; an \`item_count_range\` of other tables than \`cart_items\` (ignored);
a payment method without an entry in \`vocab.payment_methods\`, as long as its weight is 0.`;

const SETTINGS_INTRODUCTION = `## Settings

A flag comes before its environment variable, the variable before the YAML, the YAML before the default. The YAML has three of them:
\`faker_seed\` (\`--seed\`), \`horizon.start_date\` and \`horizon.end_date\`. An empty flag or variable counts as not given. Which command has
which flag is in [cli.md](cli.md).`;

function reference(): string {
  const { members } = describeSchema(configSchema);
  const defaults: Record<string, unknown> = defaultConfig();
  const sections = [...members].map(([key, node]) =>
    [`## \`${key}\``, `${node.description}.`, markdownTable(['key', 'type', 'default', 'meaning'], rows(key, node, defaults[key]))].join(
      '\n\n',
    ),
  );
  return `${[INTRODUCTION, ...sections, COLUMNS_OF_MESS, kindColumnsTable(), RULES, ANCESTOR, SETTINGS_INTRODUCTION, settingsTable()].join('\n\n')}\n`;
}

/** A row for each key of a section, and for each key of what its maps and lists hold. */
function rows(path: string, node: SchemaNode, value: unknown, above = ''): string[][] {
  const meaning = [node.description ?? above, keyNames(path)].filter((text) => text !== '').join('. ');
  if (node.kind === 'section') {
    const below = [...node.members].flatMap(([key, member]) =>
      rows(`${path}.${key}`, member, (value as Record<string, unknown> | undefined)?.[key], node.description),
    );
    return path.includes('.') ? [[`**\`${path}\`**`, 'section', '', meaning], ...below] : below;
  }
  return [[`\`${path}\``, node.type, defaultText(value), meaning], ...itemRows(path, node)];
}

function itemRows(path: string, { kind, item }: SchemaNode): string[][] {
  if (item === undefined) return [];
  const place = path + (kind === 'list' ? '[]' : '.<name>');
  if (item.kind !== 'section') return itemRows(place, item);
  return [...item.members].map(([key, member]) => [
    `\`${place}.${key}\``,
    member.type,
    member.isOptional ? 'may be left out' : 'must be given',
    [member.description ?? '', keyNames(`${place}.${key}`)].filter((text) => text !== '').join('. '),
  ]);
}

/** Which words the names in a map or list must be, level by level. */
function keyNames(path: string): string {
  const pattern = path.replaceAll('<name>', '*');
  const rules = NAME_RULES.filter(({ at }) => at.join('.').replace(/(\.\*)+$/, '') === pattern);
  const lists = rules.map(({ list, also }) => `\`vocab.${list}\`${also === undefined ? '' : ` or \`${also}\``}`);
  return lists.length === 0 ? '' : `Names from ${lists.join(', then ')}`;
}

function defaultText(value: unknown): string {
  if (value === undefined) return '';
  const text = flow(value);
  return text.length > LONGEST_DEFAULT ? 'see the YAML' : `\`${text}\``;
}

function kindColumnsTable(): string {
  return markdownTable(
    ['kind', 'columns'],
    Object.entries(KIND_COLUMNS).map(([kind, { allowed, defaults }]) => [
      `\`${kind}\``,
      allowed.map((column) => (defaults.includes(column) ? `**\`${column}\`**` : `\`${column}\``)).join(', '),
    ]),
  );
}

function settingsTable(): string {
  return markdownTable(
    ['flag', 'variable', 'default', 'meaning'],
    (SETTINGS as readonly SettingSpec[]).map((spec) => [
      `\`--${spec.flag}\``,
      spec.variable === undefined ? '' : `\`${spec.variable}\``,
      spec.default,
      spec.describe,
    ]),
  );
}

writeOrCheck('docs/config.md', reference());
