// The static lookups: built once into CSVs, loaded by every run after.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { RecordBatch } from 'apache-arrow';
import { readJsonFile, writeJsonFile } from '../checkpoint/json-file.ts';
import { lookupsFingerprint } from '../config/fingerprint.ts';
import type { Config } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import { parseCsv } from '../csv/read.ts';
import { CsvEncoder } from '../csv/write.ts';
import type { Effects } from '../events.ts';
import { UserError } from '../lib/errors.ts';
import { describeFsError, removeTree, syncAll } from '../lib/files.ts';
import { buildCustomers } from '../lookups/build-customers.ts';
import { buildProducts } from '../lookups/build-products.ts';
import { loadLookups, type Lookups } from '../lookups/load.ts';
import { LOOKUPS_FILE, LOOKUPS_FOLDER, lookupsFileSchema, type LookupsFile } from '../lookups/lookups-file.ts';
import { DIMENSION_TABLES, TABLES, type DimensionTable } from '../tables/index.ts';

export interface ReadyLookups {
  readonly folder: string;
  readonly lookups: Lookups;
  /** Hash of the two CSVs: part of the lake's identity. */
  readonly hash: string;
  readonly signupEndDate: string;
  /** Partitions that the dimensions have in a lake. */
  readonly partitions: Record<DimensionTable, number>;
}

export function lookupsFolder(settings: Settings): string {
  return join(settings.artifactRoot, LOOKUPS_FOLDER);
}

export interface LookupsOptions {
  /** Default: `static_lookups` in the artifact root. */
  readonly folder?: string | undefined;
  /** Missing lookups are built in memory only. */
  readonly dryRun?: boolean;
}

/** Builds the lookups if they are missing, then loads them. Throws a UserError when they belong to other settings. */
export async function ensureLookups(config: Config, settings: Settings, fx: Effects, options: LookupsOptions = {}): Promise<ReadyLookups> {
  const folder = options.folder ?? lookupsFolder(settings);
  if (!existsSync(join(folder, LOOKUPS_FILE))) {
    fx.emit({ type: 'phase', name: 'building lookups' });
    if (options.dryRun === true)
      return describeLookups(
        folder,
        loadLookups(buildCustomers(config, settings.scale), buildProducts(config), config),
        '',
        config.lookup_config.customers.signup_end_date,
      );
    await buildLookups(config, settings.scale, folder, false);
  }
  fx.emit({ type: 'phase', name: 'loading lookups' });
  return loadFolder(config, settings.scale, folder, fx);
}

/** Throws a UserError when there are lookups already, unless `force`. The folder appears whole or not at all. */
export async function buildLookups(config: Config, scale: number, folder: string, force: boolean): Promise<LookupsFile> {
  if (!force && existsSync(folder)) {
    throw new UserError(`${folder} is there already`, {
      hint: 'Use --force to replace it. A lake begun with the old lookups cannot be continued with new ones.',
    });
  }
  const batches = { customers: buildCustomers(config, scale), product_catalog: buildProducts(config) };
  const temporary = join(dirname(folder), `.${basename(folder)}.tmp`);
  await removeTree(temporary);
  const { signup_start_date, signup_end_date } = config.lookup_config.customers;
  try {
    await mkdir(temporary, { recursive: true });
    const sums = {} as Record<DimensionTable, string>;
    for (const table of DIMENSION_TABLES) sums[table] = await writeCsv(join(temporary, `${table}.csv`), table, batches[table]);
    const content: LookupsFile = {
      version: 1,
      fingerprint: lookupsFingerprint(config, scale),
      seed: config.faker_seed,
      scale,
      customers: batches.customers.numRows,
      products: batches.product_catalog.numRows,
      signup_start_date,
      signup_end_date,
      sha256: sums,
    };
    await writeJsonFile(join(temporary, LOOKUPS_FILE), content);
    await syncAll([...DIMENSION_TABLES.map((table) => join(temporary, `${table}.csv`)), temporary]);
    await removeTree(folder);
    await rename(temporary, folder);
    await syncAll([dirname(folder)]);
    return content;
  } catch (error) {
    await removeTree(temporary);
    throw describeFsError(error, folder);
  }
}

async function writeCsv(path: string, table: DimensionTable, batch: RecordBatch): Promise<string> {
  const encoder = new CsvEncoder(TABLES[table]);
  const bytes = Buffer.concat([encoder.header(), encoder.encode(batch)]);
  await writeFile(path, bytes);
  return sha256(bytes);
}

async function loadFolder(config: Config, scale: number, folder: string, fx: Effects): Promise<ReadyLookups> {
  const description = readJsonFile(join(folder, LOOKUPS_FILE), lookupsFileSchema, 'description of lookups')!;
  if (description.fingerprint !== lookupsFingerprint(config, scale)) {
    throw new UserError(
      `${folder} was built with other settings (seed ${description.seed}, scale ${description.scale}, ${description.customers} customers) than this run has (seed ${config.faker_seed}, scale ${scale})`,
      { hint: 'Use the settings they were built with, another ARTIFACT_ROOT, or `ecomlake generate-lookups --force`.' },
    );
  }
  const bytes = {} as Record<DimensionTable, Buffer>;
  for (const table of DIMENSION_TABLES) {
    const path = join(folder, `${table}.csv`);
    try {
      bytes[table] = await readFile(path);
    } catch (error) {
      throw describeFsError(error, path);
    }
    if (sha256(bytes[table]) !== description.sha256[table]) {
      fx.emit({ type: 'warning', message: `${path} was changed since it was built: this makes another lake` });
    }
  }
  const parse = (table: DimensionTable) => parseCsv(bytes[table], TABLES[table], join(folder, `${table}.csv`));
  const lookups = loadLookups(parse('customers'), parse('product_catalog'), config);
  const hash = createHash('sha256').update(bytes.customers).update(bytes.product_catalog).digest('hex');
  return describeLookups(folder, lookups, hash, description.signup_end_date);
}

function describeLookups(folder: string, lookups: Lookups, hash: string, signupEndDate: string): ReadyLookups {
  return {
    folder,
    lookups,
    hash,
    signupEndDate,
    partitions: { customers: new Set(lookups.customers.signupDay).size, product_catalog: new Set(lookups.products.category).size },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
