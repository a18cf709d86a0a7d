// Kinds of mess that only a config turns on: how many cells each hits, and what becomes of them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KIND_COLUMNS } from '../../src/config/mess-columns.ts';
import { OPTIONAL_KINDS, type OptionalKind } from '../../src/config/mess-levels.ts';
import { Stream } from '../../src/lib/random.ts';
import { MessMaker } from '../../src/mess/apply-mess.ts';
import { encodingDamage } from '../../src/mess/encoding-damage.ts';
import type { CleanDay, TextRule } from '../../src/mess/kind.ts';
import { numberFormats } from '../../src/mess/number-formats.ts';
import { truncatedText } from '../../src/mess/truncated-text.ts';
import { typos } from '../../src/mess/typos.ts';
import { TABLES, TRANSACTION_TABLES, type TransactionTable } from '../../src/tables/index.ts';
import { configOf, tolerance, type Settings } from '../plan/small-world.ts';
import { clean, dirtyRows, dirtyTable, fold, lake } from './messy-lake.ts';

const OFF = {
  padding: { rate: 0 },
  casing: { rate: 0 },
  missing_value: { rate: 0 },
  inflated_total_items: { factor: 1 },
  biased_return_reasons: { rate: 0 },
};
const RATE = 0.2;

const configWith = (kinds: Settings, others: Settings = OFF) => configOf({ mess: { heavy_mess: { ...others, ...kinds } } });

/** Clean and dirty cells of a column where one kind is planted in its default columns, or in those given. */
function cellsOf<T = string>(kind: OptionalKind, path: string, rate = RATE): [clean: T, dirty: T][] {
  const [table, column] = path.split('.') as [TransactionTable, string];
  const rows = dirtyTable(configWith({ [kind]: { rate, columns: [path] } }), 'heavy_mess', table);
  return clean[table].map((row, i) => [row[column] as T, rows[i]![column] as T]);
}

const changedOf = <T>(cells: [T, T][]): [T, T][] => cells.filter(([before, after]) => before !== after);

function expectShare(count: number, total: number, share: number, what: string): void {
  expect(total, what).toBeGreaterThan(100);
  expect(Math.abs(count / total - share), `${what}: ${count} of ${total}`).toBeLessThanOrEqual(tolerance(share, total));
}

/** Which of these forms every changed cell has; each must be as frequent as any other. */
function expectForms<T>(changed: readonly (readonly [T, T])[], forms: Record<string, (before: T, after: T) => boolean>): void {
  const counts = new Map(Object.keys(forms).map((name) => [name, 0]));
  for (const [before, after] of changed) {
    const name = Object.keys(forms).find((form) => forms[form]!(before, after));
    if (name === undefined) expect.unreachable(`"${String(before)}" became "${String(after)}"`);
    counts.set(name, counts.get(name)! + 1);
  }
  for (const [name, count] of counts) expectShare(count, changed.length, 1 / counts.size, name);
}

describe('typos', () => {
  const [rule] = typos.rules(configWith({ typos: { rate: 1 } }), 'heavy_mess') as TextRule[];
  const mistype = (value: string, n: number) => rule!.rewrite(value, new Stream(1, 'test').open(n), {} as CleanDay, 0);

  it.each(['cart_items.product_name', 'orders.shipping_address', 'orders.payment_method'])('hit %s at their rate', (path) => {
    const cells = cellsOf('typos', path);
    expectShare(changedOf(cells).length, cells.length, RATE, path);
    for (const [before, after] of changedOf(cells)) {
      expect(Math.abs(after.length - before.length)).toBeLessThanOrEqual(1);
      expect(fold(after)).not.toBe(fold(before));
    }
  });

  it('double, drop, swap or replace one letter, never so that only its case differs', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'aabAzß é-42'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(letters, fc.nat(), (word, n) => {
        const found = mistype(word, n);
        if (!/\p{L}/u.test(word)) return found === word;
        expect(found.toLowerCase()).not.toBe(word.toLowerCase());
        expect(found).not.toBe('');
        expect(Math.abs([...found].length - [...word].length)).toBeLessThanOrEqual(1);
        return true;
      }),
    );
  });

  it('come in four ways', () => {
    const found = new Set(Array.from({ length: 200 }, (_, n) => mistype('ab', n)));
    expect(found).toEqual(new Set(['aab', 'abb', 'a', 'b', 'ba', 'sb', 'av', 'an']));
  });
});

describe('truncated text', () => {
  it('is the first 10 to 20 characters, at its rate', () => {
    const cells = cellsOf('truncated_text', 'orders.billing_address').filter(([before]) => before.length > 10);
    expectShare(changedOf(cells).length, cells.length, RATE, 'addresses');
    const lengths = new Set<number>();
    for (const [before, after] of changedOf(cells)) {
      expect(before.startsWith(after)).toBe(true);
      expect(after.trimEnd()).toBe(after);
      lengths.add(after.length);
    }
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(9);
    expect(Math.max(...lengths)).toBe(20);
  });

  it('of ten characters or fewer is left whole, longer is cut by one at least, between characters', () => {
    const [rule] = truncatedText.rules(configWith({ truncated_text: { rate: 1 } }), 'heavy_mess') as TextRule[];
    const cut = (value: string, n: number) => rule!.rewrite(value, new Stream(1, 'test').open(n), {} as CleanDay, 0);
    for (let n = 0; n < 50; n++) {
      expect(cut('ten letter', n)).toBe('ten letter');
      expect(cut('eleven like', n)).toBe('eleven lik');
      expect(cut('😀'.repeat(15), n)).toMatch(/^(😀){10,14}$/u);
    }
  });
});

describe('encoding damage', () => {
  const [rule] = encodingDamage.rules(configWith({ encoding_damage: { rate: 1 } }), 'heavy_mess') as TextRule[];
  const damage = (value: string): Set<string> =>
    new Set(Array.from({ length: 300 }, (_, n) => rule!.rewrite(value, new Stream(1, 'test').open(n), {} as CleanDay, 0)));

  it.each(['order_items.product_name', 'orders.shipping_address', 'returns.reason'])('shows in %s at its rate', (path) => {
    const cells = cellsOf('encoding_damage', path);
    expectShare(changedOf(cells).length, cells.length, RATE, path);
    // oxlint-disable-next-line no-control-regex
    for (const [, after] of changedOf(cells)) expect(after).toMatch(/[^\x00-\x7f]|\?/);
  });

  it.each([
    ['Café', ['CafÃ©', 'Caf?', 'Caf\ufffd']],
    ['a', ['?', '\ufffd']],
    ["O'B", ['Oâ€™B', "?'B", "\ufffd'B", 'O?B', 'O\ufffdB', "O'?", "O'\ufffd"]],
    ['a b', ['aÂ\u00a0b', '? b', '\ufffd b', 'a ?', 'a \ufffd']],
    [' a ', [' ? ', ' \ufffd ']],
    ['-', ['â€“', '?', '\ufffd']],
    ['  ', ['  ']],
  ])('of "%s" is one of %j', (word, forms) => {
    expect(damage(word)).toEqual(new Set(forms));
  });
});

describe('sentinels', () => {
  it('stand for a text at their rate, each as often', () => {
    const cells = cellsOf('sentinels', 'orders.shipping_address');
    expectShare(changedOf(cells).length, cells.length, RATE, 'addresses');
    expectForms(
      changedOf(cells),
      Object.fromEntries(['N/A', '-', 'null', 'unknown'].map((text) => [text, (_: string, after: string) => after === text])),
    );
  });

  it('stand for a date too, as a date that is none besides', () => {
    const cells = cellsOf('sentinels', 'shopping_carts.created_at');
    expectShare(changedOf(cells).length, cells.length, RATE, 'dates');
    expect(new Set(changedOf(cells).map(([, after]) => after))).toEqual(new Set(['N/A', '-', 'null', 'unknown', '0000-00-00']));
  });

  it('do not stand where nothing was', () => {
    const cells = cellsOf<string | null>('sentinels', 'orders.customer_tier', 1);
    for (const [before, after] of cells) expect(after === null).toBe(before === null);
  });
});

describe('mixed dates', () => {
  const FORMS: Record<string, (before: string, after: string) => boolean> = {
    american: (before, after) => {
      const [, month, day, year, hour, rest, half] = /^(\d\d)\/(\d\d)\/(\d{4}) (0[1-9]|1[0-2])(:\d\d:\d\d) (AM|PM)$/.exec(after) ?? [];
      const hours = (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
      return `${year}-${month}-${day}T${String(hours).padStart(2, '0')}${rest}` === before.slice(0, 19);
    },
    german: (before, after) => after.replace(/^(\d\d)\.(\d\d)\.(\d{4}) /, '$3-$2-$1T') === before.slice(0, 19),
    zoned: (before, after) => /\.\d{3}[+-]\d\d:\d\d$/.test(after) && Date.parse(after) === Date.parse(`${before}Z`),
    epoch: (before, after) => after === String(Date.parse(`${before}Z`)),
  };

  it.each(['shopping_carts.created_at', 'cart_items.added_at', 'orders.order_date'])(
    'are in %s at their rate, in four forms alike',
    (path) => {
      const cells = cellsOf('mixed_dates', path);
      expectShare(changedOf(cells).length, cells.length, RATE, path);
      expectForms(changedOf(cells), FORMS);
    },
  );
});

describe('outliers', () => {
  const isTimes = (factor: number) => (before: number, after: number) => Math.round(after * 100) === Math.round(before * 100) * factor;

  it.each(['cart_items.unit_price', 'orders.net_total', 'returns.refunded_amount'])(
    'are in %s at their rate, of three sizes alike',
    (path) => {
      const cells = cellsOf<number>('outliers', path);
      expectShare(changedOf(cells).length, cells.length, RATE, path);
      expectForms(changedOf(cells), { 'ten times': isTimes(10), 'a hundred times': isTimes(100), negative: isTimes(-1) });
      for (const [, after] of cells) expect(after).toBe(Math.round(after * 100) / 100);
    },
  );

  it('leave nothing at nothing', () => {
    const cells = cellsOf<number>('outliers', 'orders.total_discount_amount', 1);
    expect(cells.filter(([before]) => before === 0).length).toBeGreaterThan(10);
    for (const [before, after] of cells) expect(Object.is(after, 0), `${after}`).toBe(before === 0);
  });
});

describe('number formats', () => {
  const numberOf = (text: string): number => {
    const digits = text.replaceAll(/[^\d.,]/g, '').replaceAll(/[.,](?=\d{3}([.,]|$))/g, '');
    return Number(digits.replace(',', '.')) * (text.includes('-') ? -1 : 1);
  };
  const AMOUNTS: Record<string, RegExp> = {
    american: /^-?\$\d{1,3}(,\d{3})*\.\d\d$/,
    german: /^-?\d{1,3}(\.\d{3})*,\d\d \$$/,
    french: /^-?\d{1,3}( \d{3})*,\d\d$/,
    code: /^USD -?\d+\.\d\d$/,
  };
  const COUNTS: Record<string, RegExp> = { pieces: /^\d+ pcs$/, times: /^x\d+$/, decimal: /^\d+,00$/ };
  const isForm = (form: RegExp) => (before: string, after: string) => form.test(after) && numberOf(after) === Number(before);

  it.each([
    ['orders.net_total', AMOUNTS, (value: unknown) => (value as number).toFixed(2)],
    ['cart_items.unit_price', AMOUNTS, (value: unknown) => (value as number).toFixed(2)],
    ['cart_items.quantity', COUNTS, String],
  ])('are in %s at their rate, in forms alike that say the same number; all others are as in a CSV', (path, forms, plain) => {
    const cells = cellsOf<unknown>('number_formats', path).map(([before, after]): [string, string] => [plain(before), after as string]);
    expectShare(changedOf(cells).length, cells.length, RATE, path);
    expectForms(changedOf(cells), Object.fromEntries(Object.entries(forms).map(([name, form]) => [name, isForm(form)])));
  });

  const [rule] = numberFormats.rules(configWith({ number_formats: { rate: 1 } }), 'heavy_mess') as TextRule[];
  const formsOf = (value: string): Set<string> =>
    new Set(Array.from({ length: 100 }, (_, n) => rule!.rewrite(value, new Stream(1, 'test').open(n), {} as CleanDay, 0)));

  it.each([
    ['1234.50', ['$1,234.50', '1.234,50 $', '1 234,50', 'USD 1234.50']],
    ['-12.50', ['-$12.50', '-12,50 $', '-12,50', 'USD -12.50']],
    ['1234567.00', ['$1,234,567.00', '1.234.567,00 $', '1 234 567,00', 'USD 1234567.00']],
    ['12', ['12 pcs', 'x12', '12,00']],
    ['1e+21', ['1e+21']],
  ])('of %s are %j', (value, forms) => {
    expect(formsOf(value)).toEqual(new Set(forms));
  });

  it('come after what changes the number, and hide nothing of it', () => {
    const config = configWith({
      outliers: { rate: 1, columns: ['orders.net_total'] },
      number_formats: { rate: 0.5, columns: ['orders.net_total', 'orders.total_items'] },
      inflated_total_items: { factor: 3 },
    });
    const maker = new MessMaker(config, 'heavy_mess');
    const found = new Map<string, Set<string>>();
    lake.days.forEach((_, day) => {
      for (const { column, hits, kinds } of maker.apply(lake.rows.make(day)).cells.orders) {
        expect(column).toMatchObject({ type: 'string', of: column.name });
        const names = found.get(column.name) ?? new Set();
        for (const hit of hits.subarray(0, lake.rows.make(day).orders.numRows))
          names.add(kinds.filter((_kind, i) => (hit & (1 << i)) !== 0).join('+'));
        found.set(column.name, names);
      }
    });
    expect(found.get('net_total')).toEqual(new Set(['outliers', 'outliers+number_formats']));
    expect(found.get('total_items')).toEqual(
      new Set(['', 'inflated_total_items', 'number_formats', 'inflated_total_items+number_formats']),
    );
  });

  it('make text of a column whatever is hit, and on days without rows', () => {
    const config = configWith({ number_formats: { rate: 1e-12, columns: ['orders.net_total'] } });
    const day = lake.rows.make(40);
    const empty = Object.fromEntries(TRANSACTION_TABLES.map((table) => [table, day[table].slice(0, 0)])) as typeof day;
    for (const { orders } of [day, empty].map((clean) => new MessMaker(config, 'heavy_mess').apply(clean).batches))
      expect(String(orders.schema.fields.find(({ name }) => name === 'net_total')!.type)).toBe('Utf8');
  });
});

describe('orphaned keys', () => {
  it.each([
    ['orders.customer_id', /^(CUST|GUEST)-9\d{8}$/],
    ['returns.order_id', /^ORD-9\d{8}$/],
    ['cart_items.product_id', /^9\d{8}$/],
  ])('are in %s at their rate, written as its keys are', (path, form) => {
    const cells = cellsOf<string | bigint>('orphaned_keys', path);
    expectShare(changedOf(cells).length, cells.length, RATE, path);
    for (const [before, after] of changedOf(cells)) {
      expect(String(after)).toMatch(form);
      expect(String(after).split('-').length).toBe(String(before).split('-').length);
    }
  });
});

describe('swapped columns', () => {
  const planted = dirtyRows(configWith({ swapped_columns: { rate: RATE } }), 'heavy_mess');

  it.each(KIND_COLUMNS.swapped_columns.allowed)('%s are exchanged on whole days, as many as the rate says', (path) => {
    const [table, pair] = path.split('.') as [TransactionTable, string];
    const [one, other] = pair.split('/') as [string, string];
    const date = TABLES[table].dateColumn!;
    const days = new Map<string, boolean>();
    clean[table].forEach((row, i) => {
      const dirty = planted[table][i]!;
      const isSwapped = dirty[one] === row[other] && dirty[other] === row[one];
      if (row[one] === row[other]) return expect([dirty[one], dirty[other]]).toEqual([row[one], row[one]]);
      if (!isSwapped) expect([dirty[one], dirty[other]]).toEqual([row[one], row[other]]);
      const day = (row[date] as string).slice(0, 10);
      expect(days.get(day) ?? isSwapped, day).toBe(isSwapped);
      days.set(day, isSwapped);
    });
    expectShare([...days.values()].filter(Boolean).length, days.size, RATE, path);
  });

  it('are exchanged on days of their own', () => {
    const swapped = (column: string) => new Set(planted.orders.flatMap((row, i) => (row[column] === clean.orders[i]![column] ? [] : [i])));
    expect(swapped('payment_method')).not.toEqual(swapped('shipping_address'));
  });
});

const ALL: Settings = Object.fromEntries(OPTIONAL_KINDS.map((kind) => [kind, { rate: 0.1 }]));

describe('all of them', () => {
  const apply = (kinds: Settings, day: number) => new MessMaker(configWith(kinds, {}), 'heavy_mess').apply(lake.rows.make(day));

  it('move no draw of the others: what they leave alone is as it is without them', () => {
    const without = dirtyRows(configWith({}, {}), 'heavy_mess');
    const withTypos = dirtyRows(
      configWith({ typos: { rate: 0.1, columns: ['orders.shipping_address', 'orders.shipping_speed'] } }, {}),
      'heavy_mess',
    );
    for (const table of TRANSACTION_TABLES) {
      for (const { name } of TABLES[table].columns) {
        const isTyped = name === 'shipping_address' || name === 'shipping_speed';
        // Padding and casing hit the same cells, typos or not.
        const isPadded = (value: unknown) => String(value) !== String(value).trim();
        const seen = isTyped ? isPadded : (value: unknown) => value;
        const moved = withTypos[table].filter((row, i) => !Object.is(seen(row[name]), seen(without[table][i]![name])));
        expect(moved, `${table}.${name}`).toEqual([]);
      }
    }
  });

  it('touch only columns that they name, and neither keys nor, once what comes twice is left out, the number of rows', () => {
    const { mess } = configWith(ALL, OFF);
    const named = new Set(
      Object.values(mess.heavy_mess).flatMap((settings) =>
        'columns' in settings && settings.rate > 0 ? settings.columns.flatMap((path) => path.split(/(?<=\.)|\//)) : [],
      ),
    );
    const dirty = dirtyRows(configWith(ALL, OFF), 'heavy_mess');
    for (const table of TRANSACTION_TABLES) {
      const keyOf = (row: Readonly<Record<string, unknown>> | undefined): string => TABLES[table].key.map((name) => row?.[name]).join('|');
      const first = dirty[table].filter((row, i) => keyOf(row) !== keyOf(dirty[table][i - 1]));
      expect(first.length).toBe(clean[table].length);
      const corrected = mess.heavy_mess.corrections.columns.some((path) => path.startsWith(`${table}.`));
      expect(dirty[table].length > first.length).toBe(corrected);
      for (const { name } of TABLES[table].columns) {
        const changed = clean[table].filter((row, i) => !Object.is(row[name], first[i]![name])).length;
        if (changed > 0) expect(named, `${table}.${name}`).toContain(name);
        if (TABLES[table].key.includes(name)) expect(changed, `${table}.${name}`).toBe(0);
      }
    }
  });

  it('are the same a second time, and listed with what they did', () => {
    const { cells } = apply(ALL, 40);
    const again = apply(ALL, 40).cells;
    for (const table of TRANSACTION_TABLES) {
      for (const [index, { column, clean, dirty, hits, kinds }] of cells[table].entries()) {
        expect([...again[table][index]!.hits.subarray(0, clean.length)]).toEqual([...hits.subarray(0, clean.length)]);
        expect(new Set(kinds).size, column.name).toBe(kinds.length);
        const alone = 1 << kinds.indexOf('missing_value');
        for (let row = 0; row < clean.length; row++) {
          if (clean.getValid(row) && !dirty.getValid(row)) expect(hits[row]).toBe(alone);
        }
      }
    }
  });

  it('a sentinel hides what was done before it', () => {
    const both = configWith({
      typos: { rate: 1, columns: ['returns.reason'] },
      sentinels: { rate: 0.5, columns: ['returns.reason'] },
      padding: { rate: 1, columns: ['returns.reason'] },
    });
    const maker = new MessMaker(both, 'heavy_mess');
    const found = new Map<string, number>();
    lake.days.forEach((_, day) => {
      for (const { dirty, hits, kinds } of maker.apply(lake.rows.make(day)).cells.returns) {
        for (let row = 0; row < dirty.length; row++) {
          const names = kinds.filter((_kind, i) => (hits[row]! & (1 << i)) !== 0).join('+');
          found.set(names, (found.get(names) ?? 0) + 1);
        }
      }
    });
    expect(new Set(found.keys())).toEqual(new Set(['typos+padding', 'sentinels+padding']));
  });
});
