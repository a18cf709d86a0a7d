import type { RecordBatch } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/csv/read.ts';
import { CsvEncoder } from '../../src/csv/write.ts';
import { parseDay } from '../../src/lib/days.ts';
import { UserError } from '../../src/lib/errors.ts';
import { buildCustomers } from '../../src/lookups/build-customers.ts';
import { buildProducts } from '../../src/lookups/build-products.ts';
import { loadLookups, NONE, type SharedText } from '../../src/lookups/load.ts';
import { lookupsFileSchema } from '../../src/lookups/lookups-file.ts';
import { TABLES, type DimensionTable } from '../../src/tables/index.ts';
import { configWith, rowsOf, type CustomerRow, type ProductRow } from './sample-lookups.ts';

const config = configWith({
  customers: { num_customers: 400, signup_start_date: '2020-02-20', signup_end_date: '2020-03-10' },
  products: { num_products: 23 },
  vocab: { regions: ['Île-de-France', 'Ōsaka'] },
});
const customers = buildCustomers(config, 1);
const products = buildProducts(config);

function toCsv(table: DimensionTable, batch: RecordBatch): string {
  const encoder = new CsvEncoder(TABLES[table]);
  return Buffer.concat([encoder.header(), encoder.encode(batch)]).toString();
}
const customersCsv = toCsv('customers', customers);
const productsCsv = toCsv('product_catalog', products);

function load(customersText = customersCsv, productsText = productsCsv) {
  const parse = (table: DimensionTable, text: string) => parseCsv(Buffer.from(text), TABLES[table], `${table}.csv`);
  return loadLookups(parse('customers', customersText), parse('product_catalog', productsText), config);
}

function textsOf(text: SharedText): string[] {
  const bytes = Buffer.from(text.bytes);
  return Array.from({ length: text.offsets.length - 1 }, (_, i) => bytes.toString('utf8', text.offsets[i], text.offsets[i + 1]));
}

/** The text with one cell changed; `line` as an editor counts. Only for rows whose values before the cell have no comma. */
function edit(csv: string, line: number, column: number, value: string): string {
  const lines = csv.split('\n');
  const cells = lines[line - 1]!.split(',');
  cells[column] = value;
  lines[line - 1] = cells.join(',');
  return lines.join('\n');
}

describe('loadLookups', () => {
  const rows = rowsOf<CustomerRow>(customers);
  const productRows = rowsOf<ProductRow>(products);
  const lookups = load();

  it('has every value of the CSVs', () => {
    const { count, id, email, mailingAddress, billingAddress, signupDay, isGuest, signupChannel, tier } = lookups.customers;
    expect(count).toBe(400);
    expect(textsOf(id)).toEqual(rows.map((row) => row.customer_id));
    expect(textsOf(email)).toEqual(rows.map((row) => row.email));
    expect(textsOf(mailingAddress)).toEqual(rows.map((row) => row.mailing_address));
    expect(textsOf(billingAddress)).toEqual(rows.map((row) => row.billing_address));
    expect([...signupDay]).toEqual(rows.map((row) => parseDay(row.signup_date)));
    expect([...isGuest]).toEqual(rows.map((row) => Number(row.is_guest)));
    const indexIn = (words: readonly string[], word: string | null) => (word === null ? NONE : words.indexOf(word));
    expect([...signupChannel]).toEqual(rows.map((row) => indexIn(config.vocab.signup_channels, row.signup_channel)));
    expect([...tier]).toEqual(rows.map((row) => indexIn(config.vocab.loyalty_tiers, row.initial_loyalty_tier)));

    const table = lookups.products;
    expect(table.count).toBe(23);
    expect([...table.id]).toEqual(productRows.map((row) => Number(row.product_id)));
    expect(textsOf(table.name)).toEqual(productRows.map((row) => row.product_name));
    expect([...table.category]).toEqual(productRows.map((row) => config.vocab.categories.indexOf(row.category)));
    expect([...table.priceCents]).toEqual(productRows.map((row) => Math.round(row.unit_price * 100)));
    expect([...table.costCents]).toEqual(productRows.map((row) => Math.round(row.cost_price * 100)));
  });

  it('gives the same from batches straight from the builder', () => {
    expect(loadLookups(customers, products, config)).toEqual(lookups);
  });

  it('keeps everything in shared memory', () => {
    const arrays = [lookups.customers, lookups.products]
      .flatMap((table): unknown[] => Object.values(table))
      .flatMap((column): unknown[] =>
        ArrayBuffer.isView(column) || typeof column === 'number' ? [column] : Object.values(column as SharedText),
      )
      .filter((column) => typeof column !== 'number') as Uint8Array[];
    expect(arrays).toHaveLength(4 * 2 + 4 + 2 + 4);
    for (const array of arrays) expect(array.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('puts customers in order of their days, those of one day as the file has them', () => {
    const [header, ...lines] = customersCsv.trimEnd().split('\n');
    const reversed = load([header, ...lines.toReversed()].join('\n')).customers;
    const expected = rows.toReversed().toSorted((a, b) => a.signup_date.localeCompare(b.signup_date));
    expect(textsOf(reversed.id)).toEqual(expected.map((row) => row.customer_id));
    expect(textsOf(reversed.billingAddress)).toEqual(expected.map((row) => row.billing_address));
    expect([...reversed.isGuest]).toEqual(expected.map((row) => Number(row.is_guest)));
    expect(reversed.signupDay).toEqual(lookups.customers.signupDay);
  });

  it('takes a cost of nothing', () => {
    expect(load(customersCsv, edit(productsCsv, 2, 4, '0')).products.costCents[0]).toBe(0);
  });
});

describe('lookups that cannot be used', () => {
  const SIGNUP_DATE = 5;
  const CHANNEL = 10;
  const TIER = 12;
  it.each([
    [
      'a customer twice',
      edit(customersCsv, 9, 0, 'CUST-000002'),
      productsCsv,
      'customers.csv, line 9, column customer_id: CUST-000002 is on line 3 already',
    ],
    [
      'a day that is none',
      edit(customersCsv, 4, SIGNUP_DATE, '2020-02-30'),
      productsCsv,
      /customers\.csv, line 4.*signup_date.*2020-02-30/,
    ],
    [
      'an unknown channel',
      edit(customersCsv, 3, CHANNEL, 'Pigeon'),
      productsCsv,
      /customers\.csv, line 3, column signup_channel: "Pigeon".*Website/,
    ],
    [
      'an unknown tier',
      edit(customersCsv, 2, TIER, 'gold'),
      productsCsv,
      /customers\.csv, line 2, column initial_loyalty_tier: "gold".*Gold/,
    ],
    ['no customer', `${customersCsv.split('\n')[0]}\n`, productsCsv, 'customers.csv has no rows'],
    [
      'a product twice',
      customersCsv,
      edit(productsCsv, 5, 0, '2'),
      'product_catalog.csv, line 5, column product_id: 2 is on line 3 already',
    ],
    [
      'a product 0',
      customersCsv,
      edit(productsCsv, 5, 0, '0'),
      'product_catalog.csv, line 5, column product_id: 0 is not from 1 to 2147483647',
    ],
    ['a product beyond 31 bits', customersCsv, edit(productsCsv, 5, 0, '2147483648'), /line 5, column product_id: 2147483648/],
    [
      'an unknown category',
      customersCsv,
      edit(productsCsv, 2, 2, 'Garden'),
      /product_catalog\.csv, line 2, column category: "Garden".*Books/,
    ],
    [
      'no price',
      customersCsv,
      edit(productsCsv, 3, 3, '0.00'),
      'product_catalog.csv, line 3, column unit_price: 0 is not from 0.01 to 100000',
    ],
    ['a negative price', customersCsv, edit(productsCsv, 3, 3, '-1.00'), /line 3, column unit_price: -1 is not/],
    ['a negative cost', customersCsv, edit(productsCsv, 3, 4, '-0.01'), /line 3, column cost_price: -0\.01 is not from 0 to/],
    [
      'a price of half a cent',
      customersCsv,
      edit(productsCsv, 3, 3, '1.005'),
      /line 3, column unit_price: 1\.005 has more than two decimals/,
    ],
    [
      'a category without products',
      customersCsv,
      productsCsv.replaceAll(',Toys,', ',Home,'),
      'product_catalog.csv has no product of the category "Toys"',
    ],
  ])('%s', (_, customersText, productsText, message) => {
    const attempt = () => load(customersText, productsText);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(message);
  });
});

describe('lookupsFileSchema', () => {
  const file = {
    version: 1,
    fingerprint: '0123456789abcdef',
    seed: 42,
    scale: 1,
    customers: 400,
    products: 23,
    signup_start_date: '2020-02-20',
    signup_end_date: '2020-03-10',
    sha256: { customers: 'a'.repeat(64), product_catalog: '0'.repeat(64) },
  };

  it('reads back what was written', () => {
    expect(lookupsFileSchema.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });

  it.each([
    ['another version', { version: 2 }],
    ['no day', { signup_end_date: '2020-02-30' }],
    ['no hash', { sha256: { customers: 'a', product_catalog: 'b' } }],
    ['an unknown key', { clients: 3 }],
    ['no customers', { customers: 0 }],
  ])('refuses %s', (_, change) => {
    expect(lookupsFileSchema.safeParse({ ...file, ...change }).success).toBe(false);
  });
});
