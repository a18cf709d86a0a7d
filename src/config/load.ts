// A YAML file to a checked config, or to every problem in it with its line.

import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { UserError } from '../lib/errors.ts';
import { dropAncestorKeys, pathInFile, rewriteOldForms } from './ancestor-keys.ts';
import { explainProblem } from './explain-problem.ts';
import { fitDefaults } from './fit-defaults.ts';
import { deleteAt, overlap, valueAt, type Path } from './paths.ts';
import { configSchema, type Config } from './schema.ts';
import { readYaml } from './yaml-file.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** For the person: keys that were ignored. */
  readonly notes: readonly string[];
}

export function defaultConfig(): Config {
  return ownCopy(configSchema.parse({}));
}

/** The schema hands out its default maps and lists themselves, some of them at two places. */
function ownCopy(config: Config): Config {
  return JSON.parse(JSON.stringify(config)) as Config;
}

/** Throws one UserError (exit 2) with all problems, each with line, column and path. */
export function loadConfig(path: string): LoadedConfig {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : (error as Error).message;
    throw new UserError(`${path}: the config cannot be read: ${why}`, {
      hint: 'Name a YAML file with --config or CONFIG_PATH.',
      cause: error,
    });
  }
  return parseConfig(text, path);
}

/** `name` stands for the file in messages. */
export function parseConfig(text: string, name: string): LoadedConfig {
  const { data, mistakes, positionOf } = readYaml(text);
  if (data === undefined) throw problems(name, mistakes);
  const raw = structuredClone(data);
  const ignored = dropAncestorKeys(raw);
  const { config, issues } = checkConfig(raw);
  const found = issues
    .flatMap((issue) => explainProblem(issue, data))
    .map(({ path, says }) => {
      const written = pathInFile(path, data);
      return `${positionOf(written)} ${written.map(String).join('.') || 'the file'}: ${says}`;
    });
  if (config === undefined || mistakes.length > 0) throw problems(name, [...mistakes, ...found]);
  const notes = ignored.length > 0 ? [`${name}: these keys mean nothing here and are ignored: ${ignored.join(', ')}`] : [];
  return { config, notes };
}

/** Checks plain data. Where something is wrong in itself, that is taken out for a second look, so that the checks across sections run too. */
function checkConfig(raw: unknown): { config?: Config; issues: z.core.$ZodIssue[] } {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { issues: configSchema.safeParse(raw).error?.issues ?? [] };
  const defaults = defaultConfig();
  rewriteOldForms(raw, defaults.vocab.categories);
  const result = checkFitted(raw, defaults);
  if (result.success) return { config: ownCopy(result.data), issues: [] };
  const wrong = result.error.issues.filter((issue) => !isAcross(issue));
  return { issues: [...wrong, ...checkSoundPart(raw, defaults)] };
}

function checkFitted(raw: object, defaults: Config) {
  const fitted = structuredClone(raw);
  fitDefaults(fitted, defaults);
  return configSchema.safeParse(fitted);
}

/** Issues of the checks across sections, save those that looked at something that is wrong in itself. */
function checkSoundPart(raw: object, defaults: Config): z.core.$ZodIssue[] {
  const sound = structuredClone(raw);
  const removed: Path[] = [];
  for (;;) {
    const issues = checkFitted(sound, defaults).error?.issues ?? [];
    const cuts = issues.filter((issue) => !isAcross(issue)).flatMap((issue) => cutsFor(issue, sound));
    if (cuts.length === 0)
      return issues.filter((issue) => isAcross(issue) && !concerned(issue).some((path) => removed.some((cut) => overlap(cut, path))));
    for (const path of cuts) deleteAt(sound, path);
    removed.push(...cuts);
  }
}

/** What to take out for an issue: a list as a whole, since one entry less is another problem; whatever lacks a part. */
function cutsFor(issue: z.core.$ZodIssue, data: object): Path[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => cutAtIndex([...issue.path, key]));
  let path = cutAtIndex(issue.path);
  while (path.length > 0 && valueAt(data, path) === undefined) path = path.slice(0, -1);
  return path.length > 0 ? [path] : [];
}

function cutAtIndex(path: Path): Path {
  const index = path.findIndex((step) => typeof step === 'number');
  return index === -1 ? path : path.slice(0, index);
}

/** Whether an issue is from a check across sections, which says what it looked at. */
function isAcross(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'custom' && issue.params?.['concerns'] !== undefined;
}

function concerned(issue: z.core.$ZodIssue): Path[] {
  const others = issue.code === 'custom' ? (issue.params?.['concerns'] as string[]) : [];
  return [issue.path, ...others.map((path) => path.split('.'))];
}

function problems(name: string, list: readonly string[]): UserError {
  const lines = [...new Set(list)].toSorted(byPosition).map((line) => `${name}:${line}`);
  const message =
    lines.length === 1 ? lines[0]! : [`${name} has ${lines.length} problems:`, ...lines.map((line) => `  ${line}`)].join('\n');
  return new UserError(message, { hint: 'Every key is described in docs/config.md.' });
}

function byPosition(a: string, b: string): number {
  const [lineA = 0, columnA = 0] = a.split(/[: ]/, 2).map(Number);
  const [lineB = 0, columnB = 0] = b.split(/[: ]/, 2).map(Number);
  return lineA - lineB || columnA - columnB;
}
