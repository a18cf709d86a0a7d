// Small lookups for the tests: settings that differ from the defaults, and batches as plain rows.

import type { RecordBatch } from 'apache-arrow';
import { defaultConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';

export interface CustomerRow {
  customer_id: string;
  first_name: string | null;
  last_name: string | null;
  email: string;
  phone_number: string | null;
  signup_date: string;
  gender: string | null;
  age: number | null;
  is_guest: boolean;
  customer_status: string;
  signup_channel: string | null;
  loyalty_tier: string | null;
  initial_loyalty_tier: string | null;
  email_verified: boolean;
  marketing_opt_in: boolean;
  mailing_address: string;
  billing_address: string;
  loyalty_enrollment_date: string | null;
  clv_bucket: string | null;
}

export interface ProductRow {
  product_id: bigint;
  product_name: string;
  category: string;
  unit_price: number;
  cost_price: number;
  inventory_quantity: bigint;
}

export function rowsOf<T>(batch: RecordBatch): T[] {
  const names = batch.schema.fields.map((field) => field.name);
  const columns = names.map((name) => [...batch.getChild(name)!]);
  return Array.from({ length: batch.numRows }, (_, row) => Object.fromEntries(names.map((name, i) => [name, columns[i]![row]])) as T);
}

export interface Changes {
  seed?: number | string;
  customers?: Partial<Config['lookup_config']['customers']>;
  products?: Partial<Config['lookup_config']['product_catalog']>;
  vocab?: Partial<Config['vocab']>;
  parameters?: Partial<Config['parameters']>;
}

/** The defaults with changes, not checked as a whole. */
export function configWith({ seed, customers, products, vocab, parameters }: Changes): Config {
  const config = defaultConfig();
  return {
    ...config,
    faker_seed: seed ?? config.faker_seed,
    lookup_config: {
      customers: { ...config.lookup_config.customers, ...customers },
      product_catalog: { ...config.lookup_config.product_catalog, ...products },
    },
    vocab: { ...config.vocab, ...vocab },
    parameters: { ...config.parameters, ...parameters },
  };
}
