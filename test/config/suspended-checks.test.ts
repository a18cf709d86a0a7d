// Which checks a kind of mess suspends: every column that may have it is spoken for, and every name is a check's.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultConfig, parseConfig } from '../../src/config/load.ts';
import { KIND_COLUMNS } from '../../src/config/mess-columns.ts';
import { OPTIONAL_KINDS, ROW_KINDS } from '../../src/config/mess-levels.ts';
import { plantedKinds, plantedRowKinds, singleColumns } from '../../src/config/planted-kinds.ts';
import { CHECKS_OF_COLUMN, suspendedChecks } from '../../src/config/suspended-checks.ts';
import { driftableColumns } from '../pipeline/driftable-columns.ts';
import { TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { ROW_CHECKS } from '../../src/verify/deep/checks/index.ts';
import { MEASURED_CHECKS } from '../../src/verify/deep/measured/index.ts';

describe('checks by column', () => {
  test('every column that such a kind may touch, or drift remove, is there, and no other', () => {
    const touched = OPTIONAL_KINDS.flatMap((kind) => singleColumns(KIND_COLUMNS[kind].allowed));
    const removable = TRANSACTION_TABLES.flatMap((table) => driftableColumns(table).map((name) => `${table}.${name}`));
    expect(Object.keys(CHECKS_OF_COLUMN).toSorted()).toEqual([...new Set([...touched, ...removable])].toSorted());
  });

  test('every name is that of a check', () => {
    const names = new Set([...ROW_CHECKS, ...MEASURED_CHECKS].map(({ name }) => name));
    for (const [column, checks] of Object.entries(CHECKS_OF_COLUMN)) {
      for (const check of checks) expect(names, column).toContain(check);
      expect(new Set(checks).size, column).toBe(checks.length);
    }
  });
});

describe('docs/mess.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/mess.md'), 'utf8');

  test('has the checks of every column', () => {
    const rows = [...page.matchAll(/^\| `(\w+\.\w+)` \| (.*) \|$/gm)].map(([, column, checks]) => [column, checks]);
    expect(rows).toEqual(Object.entries(CHECKS_OF_COLUMN).map(([column, checks]) => [column, checks.join(', ') || 'none']));
  });

  test('has a config that turns every kind on', () => {
    const [, yaml] = /```yaml\n([^`]*)```/.exec(page)!;
    const { config } = parseConfig(yaml!, 'all.yaml');
    expect(plantedKinds(config, 'medium_mess').map(({ kind }) => kind)).toEqual(OPTIONAL_KINDS);
    expect(plantedRowKinds(config, 'medium_mess').map(({ kind }) => kind)).toEqual(ROW_KINDS);
  });
});

test('no level suspends anything by itself', () => {
  for (const level of ['none', 'baseline', 'light_mess', 'medium_mess', 'heavy_mess']) {
    expect(plantedKinds(defaultConfig(), level)).toEqual([]);
    expect(suspendedChecks(defaultConfig(), level, '2024-01-01')).toEqual(new Map());
  }
});

test('a kind suspends the checks of its columns, at its level, and says so', () => {
  const config = defaultConfig();
  config.mess.heavy_mess.typos = { rate: 0.1, columns: ['orders.shipping_address', 'orders.payment_method', 'orders.shipping_speed'] };
  config.mess.heavy_mess.swapped_columns = { rate: 0.1, columns: ['orders.payment_method/shipping_speed'] };
  config.mess.heavy_mess.outliers = { rate: 0.1, columns: [] };
  expect(suspendedChecks(config, 'heavy_mess', '2024-01-01')).toEqual(
    new Map(
      Object.entries({
        words:
          'typos is planted in orders.payment_method, orders.shipping_speed; swapped_columns is planted in orders.payment_method, orders.shipping_speed',
        payments: 'typos is planted in orders.payment_method; swapped_columns is planted in orders.payment_method',
        'returned orders': 'typos is planted in orders.payment_method; swapped_columns is planted in orders.payment_method',
        'payment shares': 'typos is planted in orders.payment_method; swapped_columns is planted in orders.payment_method',
        shipping: 'typos is planted in orders.shipping_speed; swapped_columns is planted in orders.shipping_speed',
        expedited: 'typos is planted in orders.shipping_speed; swapped_columns is planted in orders.shipping_speed',
      }),
    ),
  );
  expect(suspendedChecks(config, 'medium_mess', '2024-01-01').size).toBe(0);
  expect(plantedKinds(config, 'heavy_mess').map(({ kind }) => kind)).toEqual(
    OPTIONAL_KINDS.filter((kind) => kind === 'typos' || kind === 'swapped_columns'),
  );
});
