// Writes the shipped YAML from the schema: every key with its default and what it means.
// node scripts/write-default-config.ts [--check]

import { defaultConfig } from '../src/config/load.ts';
import { describeSchema, type SchemaNode } from '../src/config/schema-node.ts';
import { configSchema } from '../src/config/schema.ts';
import { flow, scalar } from './flow-yaml.ts';
import { writeOrCheck } from './write-or-check.ts';

const LINE_WIDTH = 120;

const INTRODUCTION = `# What ecomlake generates: every key with its default.
# A key that is left out takes the default; a map or a list that is given replaces the default one as a whole.
# docs/config.md has types, ranges and rules. Written by scripts/write-default-config.ts.
`;

function shippedYaml(): string {
  const schema = describeSchema(configSchema);
  const sections = Object.entries(defaultConfig()).map(([key, value]) => `${lines(key, value, schema.members.get(key)!, '').join('\n')}\n`);
  return [INTRODUCTION, ...sections].join('\n');
}

/** Lines of one key: on a single one where it fits, unless it is a section whose keys have meanings of their own. */
function lines(key: string, value: unknown, schema: SchemaNode, indent: string): string[] {
  const name = `${indent}${scalar(key)}:`;
  const short = `${name} ${flow(value)}`;
  const comment = schema.description === undefined ? '' : `# ${schema.description}`;
  if (fits(short) && !(schema.kind === 'section' && comment !== '')) {
    if (comment === '') return [short];
    const commented = `${short} ${comment}`;
    return fits(commented) ? [commented] : [indent + comment, short];
  }
  return [...(comment === '' ? [] : [indent + comment]), name, ...blockLines(value, schema, `${indent}  `)];
}

function blockLines(value: unknown, schema: SchemaNode, indent: string): string[] {
  if (!Array.isArray(value)) {
    return Object.entries(value as object).flatMap(([key, member]) =>
      lines(key, member, schema.members.get(key) ?? plain(schema.item!), indent),
    );
  }
  if (value.some((item) => typeof item === 'object')) return value.map((item) => `${indent}- ${flow(item)}`);
  const filled = [`${indent}[${flow(value[0])}`];
  for (const item of value.slice(1)) {
    const longer = `${filled.at(-1)}, ${flow(item)}`;
    if (fits(`${longer},`)) filled[filled.length - 1] = longer;
    else {
      filled[filled.length - 1] += ',';
      filled.push(`${indent} ${flow(item)}`);
    }
  }
  filled[filled.length - 1] += ']';
  return filled;
}

/** What a map holds is told once, at the map. */
function plain(schema: SchemaNode): SchemaNode {
  return { ...schema, description: undefined, members: new Map([...schema.members].map(([key, member]) => [key, plain(member)])) };
}

function fits(line: string): boolean {
  return line.length <= LINE_WIDTH;
}

writeOrCheck('gen_config/ecom_sales_gen_quick.yaml', shippedYaml());
