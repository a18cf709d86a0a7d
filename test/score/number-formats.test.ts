// Answers about columns of numbers that the lake has as text: what counts is the number, whatever type the cleaner gave it.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { scoreLake, type ScoreReport } from '../../src/score/score-lake.ts';
import { TABLES, TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { Duck } from '../../src/verify/deep/duck.ts';
import { effects, makeTempFolder, TinyShop } from '../pipeline/tiny-shop.ts';

let messy: TinyShop;
let clean: TinyShop;
beforeAll(async () => {
  messy = await TinyShop.open();
  clean = await TinyShop.open();
  const columns = 'orders.net_total, cart_items.unit_price, cart_items.quantity';
  appendFileSync(messy.config, `mess: { light_mess: { number_formats: { rate: 0.3, columns: [${columns}] } } }\n`);
  await messy.backlog({ direct: true, 'messiness-level': 'light_mess', 'end-date': '2020-01-08' });
  await clean.backlog({ direct: true, 'messiness-level': 'none', 'end-date': '2020-01-08' });
});

function score(answer: string, windowRows = 1e6): Promise<ScoreReport> {
  const { targetRoot: root, truthRoot } = messy.resolve().settings;
  return scoreLake({ root, truthRoot, answer, windowRows }, effects());
}

/** All tables; `select` is the list of columns of one, from the rows of `shop`. */
async function answerWith(shop: TinyShop, select: (table: string) => string, format: 'parquet' | 'csv' = 'parquet'): Promise<string> {
  const folder = makeTempFolder();
  const duck = await Duck.open();
  for (const table of TRANSACTION_TABLES) {
    const files = `read_parquet('${shop.raw}/${table}/*/*.parquet', hive_partitioning = false)`;
    await duck.run(`COPY (SELECT ${select(table)} FROM ${files}) TO '${join(folder, table)}.${format}' (FORMAT ${format})`);
  }
  await duck.close();
  return folder;
}

const columnOf = ({ columns }: ScoreReport, name: string) => columns.find(({ column }) => column === name)!;
const NOT_FOUND = { detected: 0, repaired: 0, wrong: 0 };
const PERFECT = { precision: 1, recall: 1, f1: 1 };

it('the clean numbers score 1, as numbers and as text of any form, in one window and in several', async () => {
  const business = (table: string): string => TABLES[table as keyof typeof TABLES].columns.map(({ name }) => name).join(', ');
  const typed = (table: string): string =>
    table === 'orders'
      ? '* REPLACE (CAST(net_total AS DECIMAL(12, 4)) AS net_total)'
      : table === 'cart_items'
        ? '* REPLACE (CAST(quantity AS DOUBLE) AS quantity, CAST(unit_price AS VARCHAR) AS unit_price)'
        : '*';
  const answers = [clean.raw, await answerWith(clean, business, 'csv'), await answerWith(clean, typed)];
  for (const answer of answers) {
    for (const windowRows of answer === clean.raw ? [undefined, 150] : [undefined]) {
      const report = await score(answer, windowRows);
      expect(report.overall).toMatchObject({ wrong: 0, detection: PERFECT, repair: PERFECT });
      for (const name of ['net_total', 'unit_price', 'quantity']) expect(columnOf(report, name).repaired, name).toBeGreaterThan(20);
    }
  }
});

it('the texts as they are score nothing, and are nothing wrong', async () => {
  for (const format of ['parquet', 'csv'] as const)
    expect((await score(await answerWith(messy, () => '*', format))).overall).toMatchObject(NOT_FOUND);
});

it('numbers with nothing where a text could not be read are found and not repaired; sound ones are untouched', async () => {
  const answer = await answerWith(messy, (table) =>
    table === 'orders'
      ? '* REPLACE (TRY_CAST(net_total AS DOUBLE) AS net_total)'
      : table === 'cart_items'
        ? '* REPLACE (TRY_CAST(quantity AS BIGINT) AS quantity)'
        : '*',
  );
  const report = await score(answer);
  for (const name of ['net_total', 'quantity']) {
    const { defects, ...found } = columnOf(report, name);
    expect(found, name).toMatchObject({ detected: defects, repaired: 0, wrong: 0 });
  }
  expect(columnOf(report, 'unit_price')).toMatchObject(NOT_FOUND);
});

it('a sound number that was changed is wrong, in whatever type', async () => {
  const [type, text] = ['TRY_CAST(net_total AS DOUBLE) * 2', 'CAST(TRY_CAST(net_total AS DOUBLE) * 2 AS VARCHAR)'];
  for (const changed of [type, text]) {
    const report = await score(await answerWith(messy, (table) => (table === 'orders' ? `* REPLACE (${changed} AS net_total)` : '*')));
    const { defects, detected, repaired, wrong } = columnOf(report, 'net_total');
    expect({ detected, repaired, wrong }).toEqual({ detected: defects, repaired: 0, wrong: report.tables[2]!.rows - defects });
  }
});
