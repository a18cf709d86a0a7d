import { describe, expect, test } from 'vitest';
import { defineCommand } from '../../src/commands/command.ts';
import { parseArgv } from '../../src/commands/parse-argv.ts';

const bake = defineCommand({
  name: 'bake',
  describe: 'Bake',
  examples: [['bake --cake plum', 'a plum cake']],
  options: {
    cake: { describe: 'Which', kind: 'text', required: true, default: 'plum' },
    hot: { describe: 'Hot', kind: 'switch', variable: 'HOT' },
    topping: { describe: 'On top', kind: 'list' },
    secret: { describe: 'A thing nobody needs to know', kind: 'text', hidden: true },
  },
  handler: async () => 0,
});

const parse = (...argv: string[]) => parseArgv(argv, { version: '1.2.3', commands: [bake], columns: 100 });

function flagsOf(...argv: string[]) {
  const parsed = parse(...argv);
  if (parsed.kind !== 'command') throw new Error(`parsed as ${parsed.kind}`);
  return { ...parsed.flags, ...parsed.globalFlags };
}

describe('arguments', () => {
  test('stay as they were typed: no numbers, no guesses', () => {
    expect(flagsOf('bake', '--cake', '007', '--seed', '1e3')).toMatchObject({ cake: '007', seed: '1e3' });
    expect(flagsOf('bake', '--cake=-5')).toMatchObject({ cake: '-5' });
    expect(flagsOf('bake', '--cake', 'a.b', '--seed', '-5')).toMatchObject({ cake: 'a.b', seed: '-5' });
  });

  test('what is not given is undefined, whatever the default', () => {
    const flags = flagsOf('bake', '--cake', 'x');
    expect([flags['hot'], flags['topping'], flags['quiet'], flags['config']]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('switches are on, or off when said so', () => {
    expect(flagsOf('bake', '--cake', 'x', '--hot')['hot']).toBe(true);
    expect(flagsOf('bake', '--cake', 'x', '--hot=false')['hot']).toBe(false);
  });

  test('a list takes one value each time', () => {
    expect(flagsOf('bake', '--cake', 'x', '--topping', 'cream', '--topping', 'nuts')['topping']).toEqual(['cream', 'nuts']);
    expect(flagsOf('bake', '--cake', 'x', '--topping', 'cream')['topping']).toEqual(['cream']);
    expect(() => parse('bake', '--cake', 'x', '--topping', 'cream', 'nuts')).toThrow('"nuts" is one word too many');
  });

  test('options that every command has may stand before it', () => {
    expect(flagsOf('--seed', '7', '--quiet', 'bake', '--cake', 'x')).toMatchObject({ seed: '7', quiet: true, cake: 'x' });
  });
});

describe('what is wrong is said, with a suggestion', () => {
  test.each([
    [['bkae'], '"bkae" is not a command; did you mean "bake"?'],
    [['bake', '--cake', 'x', '--hott'], '--hott is not an option of bake; did you mean --hot?'],
    [['bake', '--cake', 'x', '--no-hot'], '--no-hot is not an option of bake'],
    [['bake', '--cake', 'x', '--cake', 'y'], '--cake is given more than once'],
    [['bake'], 'cake'],
    [['bake', '--cake'], 'cake'],
    [['bake', '--cake', '--hot'], 'cake'],
    [['bake', '--cake', 'x', '--log-format', 'xml'], 'log-format'],
    [['--hto'], '--hto is not an option'],
    [['bake', '--cake', 'x', '--', 'more'], '"more" is one word too many'],
    [['bake', '--cake', 'x', '--toString', 'y'], '--toString is not an option'],
    [['bake', '--cake', 'x', '--constructor', 'y'], '--constructor is not an option'],
  ])('%j', (argv, says) => expect(() => parse(...argv)).toThrow(says));
});

describe('help', () => {
  test('shows defaults, variables and examples, and no hidden option', () => {
    const parsed = parse('bake', '--help');
    if (parsed.kind !== 'text') throw new Error(parsed.kind);
    expect(parsed.text).toContain('plum');
    expect(parsed.text).toContain('HOT');
    expect(parsed.text).toContain('ecomlake bake --cake plum');
    expect(parsed.text).not.toContain('secret');
  });

  test('wins over everything that is wrong', () => {
    expect(parse('bake', '--help').kind).toBe('text');
    expect(parse('bake', '--hott', '--help').kind).toBe('text');
  });

  test('is shown when nothing is asked for', () => {
    expect(parse()).toMatchObject({ kind: 'nothing', text: expect.stringContaining('ecomlake bake') });
  });

  test('the version is that of the program', () => expect(parse('--version')).toEqual({ kind: 'text', text: '1.2.3' }));
});
