// Changes of columns in a config: those that make a timeline, and what is wrong with others.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileSchemas, removedColumns } from '../../src/config/file-schemas.ts';
import { messFingerprint } from '../../src/config/fingerprint.ts';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { suspendedChecks } from '../../src/config/suspended-checks.ts';
import { CONTRACT_SCHEMAS } from '../../src/tables/file-schema.ts';
import { TABLE_NAMES, TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { problemsOf } from './problems.ts';

function yaml(changes: readonly string[]): string {
  return ['mess:', '  drift:', ...changes.map((change) => `    - { ${change} }`)].join('\n');
}

function config(...changes: string[]): Config {
  return parseConfig(yaml(changes), 'shop.yaml').config;
}

/** Without their lines and columns. */
function problems(...changes: string[]): string[] {
  return problemsOf(yaml(changes)).map((line) => line.replace(/^\S+ mess\.drift\./, ''));
}

const HISTORY = [
  'date: 2023-09-01, table: orders, remove: clv_bucket',
  'date: 2022-03-01, table: orders, add: sales_region, values: [north, south]',
  'date: 2022-06-01, table: orders, rename: shipping_speed, to: shipping_method',
  'date: 2023-01-01, table: order_items, retype: quantity, to: string',
];

/** A table's columns on a date that are not the contract's: `name type` of what, and what is missing. */
function changed(of: Config, table: (typeof TABLE_NAMES)[number], date: string, level = 'medium_mess'): string[] {
  const { columns } = fileSchemas(of, level)(table, date);
  const contract = CONTRACT_SCHEMAS(table, date).columns;
  const other = columns.filter(
    ({ name, type, of: held }) => !contract.some((own) => own.name === name && own.type === type && held === name),
  );
  const gone = contract.filter(({ name }) => !columns.some(({ of: held }) => held === name));
  return [...other.map(({ name, type, of: held }) => `${name} ${type} of ${held ?? 'none'}`), ...gone.map(({ name }) => `no ${name}`)];
}

describe('a timeline', () => {
  test('gives each date its columns and version, in whatever order it is written', () => {
    const drifting = config(...HISTORY);
    const schemas = fileSchemas(drifting, 'medium_mess');
    const versions = ['2022-02-28', '2022-03-01', '2022-06-01', '2023-08-31', '2023-09-01'].map((date) => schemas('orders', date).version);
    expect(versions).toEqual([1, 2, 3, 3, 4]);
    expect(changed(drifting, 'orders', '2022-02-28')).toEqual([]);
    expect(changed(drifting, 'orders', '2024-01-01')).toEqual([
      'shipping_method string of shipping_speed',
      'sales_region string of none',
      'no clv_bucket',
    ]);
    expect(changed(drifting, 'order_items', '2023-01-01')).toEqual(['quantity string of quantity']);
    expect(schemas('order_items', '2023-01-01').version).toBe(2);
    expect(schemas('returns', '2024-01-01').version).toBe(1);
  });

  test('may go on with what was renamed, retyped or added, and call it by its first name again', () => {
    const drifting = config(
      'date: 2022-01-01, table: orders, rename: total_items, to: lines',
      'date: 2022-01-01, table: orders, retype: total_items, to: float64',
      'date: 2022-02-01, table: orders, retype: lines, to: string',
      'date: 2022-03-01, table: orders, rename: lines, to: total_items',
      'date: 2022-03-01, table: orders, add: note',
      'date: 2022-04-01, table: orders, rename: note, to: remark',
      'date: 2022-05-01, table: orders, remove: remark',
    );
    const at = (month: string): string[] => changed(drifting, 'orders', `2022-${month}-01`);
    expect(at('01')).toEqual(['lines float64 of total_items']);
    expect(at('02')).toEqual(['lines string of total_items']);
    expect(at('03')).toEqual(['total_items string of total_items', 'note string of none']);
    expect(at('04')).toEqual(['total_items string of total_items', 'remark string of none']);
    expect(at('05')).toEqual(['total_items string of total_items']);
  });

  test('leaves numbers text that number_formats has made text', () => {
    const text = `mess:\n  medium_mess: { number_formats: { rate: 0.1, columns: [orders.total_items] } }\n  drift:\n`;
    const changes = '    - { date: 2022-01-01, table: orders, retype: total_items, to: float64 }\n';
    const both = parseConfig(text + changes, 'shop.yaml').config;
    expect(changed(both, 'orders', '2022-01-01')).toEqual(['total_items string of total_items']);
    expect(changed(both, 'orders', '2022-01-01', 'heavy_mess')).toEqual(['total_items float64 of total_items']);
  });

  test('is none at a level that plants nothing, and touches no dimension', () => {
    for (const table of TABLE_NAMES) {
      expect(fileSchemas(config(...HISTORY), 'none')(table, '2024-01-01')).toEqual(CONTRACT_SCHEMAS(table, ''));
      const { isVersioned } = fileSchemas(config(...HISTORY), 'light_mess')(table, '2024-01-01');
      expect(isVersioned ?? false, table).toBe((TRANSACTION_TABLES as readonly string[]).includes(table));
    }
  });

  test('is part of the fingerprint of mess', () => {
    const prints = [config(), config(...HISTORY), config(...HISTORY.slice(1))].map((own) => messFingerprint(own, 'medium_mess'));
    expect(new Set(prints).size).toBe(3);
    expect(messFingerprint(config(...HISTORY.toReversed()), 'medium_mess')).toBe(prints[1]);
    const sameDay = ['date: 2022-06-01, table: orders, remove: agent_id', ...HISTORY];
    expect(messFingerprint(config(...sameDay), 'medium_mess')).toBe(messFingerprint(config(...sameDay.toReversed()), 'medium_mess'));
    expect(messFingerprint(config(...HISTORY), 'none')).toBe(messFingerprint(config(), 'none'));
  });

  test('suspends the checks of what it removes, from the day on that the lake reaches', () => {
    const drifting = config(...HISTORY, 'date: 2023-10-01, table: orders, remove: shipping_method');
    expect([...removedColumns(drifting, 'medium_mess', '2023-10-01')]).toEqual([
      ['orders.clv_bucket', '2023-09-01'],
      ['orders.shipping_speed', '2023-10-01'],
    ]);
    expect(suspendedChecks(drifting, 'medium_mess', '2023-08-31').size).toBe(0);
    expect([...suspendedChecks(drifting, 'medium_mess', '2023-09-30')]).toEqual([
      ['words', 'orders.clv_bucket is removed on 2023-09-01'],
      ['CLV buckets', 'orders.clv_bucket is removed on 2023-09-01'],
    ]);
    expect(suspendedChecks(drifting, 'medium_mess', '2024-01-01').get('words')).toBe(
      'orders.clv_bucket is removed on 2023-09-01; orders.shipping_speed is removed on 2023-10-01',
    );
  });
});

test('docs/mess.md shows a part of the example', () => {
  const root = join(import.meta.dirname, '../..');
  const page = readFileSync(join(root, 'docs/mess.md'), 'utf8');
  const shown = page.slice(page.indexOf('## Schema drift')).match(/```yaml\n([^`]*)```/)![1]!;
  const example = loadConfig(join(root, 'gen_config/schema_drift.yaml')).config.mess.drift;
  expect(example).toEqual(expect.arrayContaining(parseConfig(shown, 'mess.md').config.mess.drift));
});

describe('what is no timeline', () => {
  test.each([
    [
      'an unknown column',
      'date: 2022-01-01, table: orders, remove: clv_bukket',
      '0.remove: orders has no column clv_bukket before 2022-01-01; did you mean "clv_bucket"?',
    ],
    [
      'a key',
      'date: 2022-01-01, table: orders, rename: order_id, to: id',
      '0.rename: order_id is part of the key, which has to stay as it is',
    ],
    [
      'a reference to the parent',
      'date: 2022-01-01, table: returns, add: note }\n    - { date: 2022-01-01, table: return_items, remove: return_id',
      '1.remove: return_id is the reference to returns, which has to stay as it is',
    ],
    [
      'the date of the partition',
      'date: 2022-01-01, table: returns, rename: return_date, to: day',
      "0.rename: return_date is the date that decides a row's partition, which has to stay as it is",
    ],
    ['lineage', 'date: 2022-01-01, table: orders, remove: event_id', '0.remove: event_id is lineage, which has to stay as it is'],
    [
      'a name that is taken',
      'date: 2022-01-01, table: orders, add: email',
      '0.add: orders has or had another column of the name email: choose another name',
    ],
    [
      'the partition key’s name',
      'date: 2022-01-01, table: orders, rename: email, to: ingest_dt',
      '0.to: ingest_dt stands in the path of every partition: choose another name',
    ],
    [
      'a name that is none',
      'date: 2022-01-01, table: orders, add: Sales Region',
      '0.add: "Sales Region" is no name of a column: use small letters, digits and _, a letter first',
    ],
    ['the name that it has', 'date: 2022-01-01, table: orders, rename: email, to: email', '0.to: is its name already'],
    [
      'another type of text',
      'date: 2022-01-01, table: orders, retype: email, to: int64',
      '0.retype: email is text on 2022-01-01, which keeps its type',
    ],
    [
      'a type that loses something',
      'date: 2022-01-01, table: orders, retype: net_total, to: int64',
      '0.to: net_total is float64 on 2022-01-01, and can become string, not "int64"',
    ],
    [
      'a dimension',
      'date: 2022-01-01, table: customers, remove: gender',
      '0.table: must be one of shopping_carts, cart_items, orders, order_items, returns, return_items, not "customers"',
    ],
    [
      'a table that is none',
      'date: 2022-01-01, table: order, remove: email',
      expect.stringMatching(/^0\.table: must be one of .*; did you mean "orders"\?$/),
    ],
    [
      'a date that is none',
      'date: 2022-02-30, table: orders, remove: email',
      '0.date: must be a date such as 2020-02-29, not "2022-02-30"',
    ],
    [
      'no change',
      'date: 2022-01-01, table: orders',
      expect.stringMatching(/must say one of add, rename, retype, remove, and says none of these$/),
    ],
    ['two changes in one', 'date: 2022-01-01, table: orders, add: a, remove: email', expect.stringMatching(/and says add and remove$/)],
    ['a rename to nothing', 'date: 2022-01-01, table: orders, rename: email', '0.rename: needs to: the new name'],
    [
      'values that are no new column’s',
      'date: 2022-01-01, table: orders, remove: email, values: [a]',
      '0.values: goes with add, not with remove',
    ],
    ['a value twice', 'date: 2022-01-01, table: orders, add: a, values: [x, x]', '0.values: has "x" twice'],
    [
      'a key that is unknown',
      'date: 2022-01-01, table: orders, remove: email, too: a',
      expect.stringContaining('0.too: is not a known key'),
    ],
    [
      'a name that readers give',
      'date: 2022-01-01, table: orders, add: filename',
      '0.add: filename is a name that readers give to the place of a row: choose another name',
    ],
  ])('%s', (_, change, says) => {
    expect(problems(change)).toEqual([says]);
  });

  test('a column that is called otherwise, or is gone, by then', () => {
    expect(
      problems(
        'date: 2022-01-01, table: orders, rename: email, to: mail',
        'date: 2022-02-01, table: orders, remove: email',
        'date: 2022-03-01, table: orders, remove: mail',
        'date: 2022-04-01, table: orders, rename: email, to: address',
        'date: 2022-05-01, table: orders, add: mail',
      ),
    ).toEqual([
      '1.remove: orders has no column email before 2022-02-01: it is called mail by then',
      '3.rename: orders has no column email on 2022-04-01: it is removed by then',
      '4.add: orders has or had another column of the name mail: choose another name',
    ]);
  });

  test('a name that an added column has, had, or gets on the same day', () => {
    expect(
      problems(
        'date: 2022-01-01, table: orders, add: note',
        'date: 2022-01-01, table: orders, add: note',
        'date: 2022-02-01, table: orders, rename: note, to: remark',
        'date: 2022-03-01, table: orders, add: note',
        'date: 2022-04-01, table: orders, rename: remark, to: note',
        'date: 2022-05-01, table: returns, add: note',
      ),
    ).toEqual([1, 3].map((index) => `${index}.add: orders has or had another column of the name note: choose another name`));
  });

  test('two changes of one column on one day that contradict each other', () => {
    expect(
      problems(
        'date: 2022-01-01, table: orders, rename: total_items, to: lines',
        'date: 2022-01-01, table: orders, rename: total_items, to: items',
        'date: 2022-01-01, table: orders, remove: total_items',
        'date: 2022-01-01, table: orders, retype: total_items, to: string',
        'date: 2022-01-01, table: orders, retype: total_items, to: float64',
      ),
    ).toEqual([
      '1.rename: total_items is changed twice on 2022-01-01: rename and rename',
      '2.remove: total_items is changed twice on 2022-01-01: rename and remove',
      '4.retype: total_items is changed twice on 2022-01-01: rename and retype and retype',
    ]);
  });
});
