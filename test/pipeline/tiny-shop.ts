// A shop small enough to build dozens of lakes of it in a test, in folders of its own.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll } from 'vitest';
import { resolveSettings, type Flags, type ResolvedRun } from '../../src/config/settings.ts';
import type { Effects, LakeSummary, PipelineEvent } from '../../src/events.ts';
import { backlogBear, generateLookups } from '../../src/pipeline/index.ts';
import { lakeIdentity } from '../../src/store/identity.ts';

/** Some 60 carts a day; sign-ups on few days, since each is a partition. */
const CONFIG = `
simulation: { carts_per_30_days: 1800, calibration_window: [2020-01-01, 2020-06-30] }
horizon: { start_date: 2020-01-01, end_date: 2020-02-09 }
lookup_config:
  customers: { num_customers: 500, signup_start_date: 2019-12-20, signup_end_date: 2020-01-10 }
  product_catalog: { num_products: 200 }
`;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function makeTempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecomlake-'));
  folders.push(folder);
  return folder;
}

/** Config and lookups, built once and copied into each shop. */
let template: Promise<string> | undefined;

async function makeTemplate(): Promise<string> {
  const folder = makeTempFolder();
  writeFileSync(join(folder, 'shop.yaml'), CONFIG);
  await generateLookups({ ...resolveIn(folder, {}), force: false }, effects());
  return folder;
}

function resolveIn(folder: string, flags: Flags): ResolvedRun {
  return resolveSettings(
    {
      config: join(folder, 'shop.yaml'),
      'artifact-root': join(folder, 'artifacts'),
      'target-root': join(folder, 'output/raw'),
      workers: 2,
      ...flags,
    },
    {},
  );
}

export interface TestEffects extends Effects {
  readonly events: PipelineEvent[];
}

export function effects(signal: AbortSignal = new AbortController().signal): TestEffects {
  const events: PipelineEvent[] = [];
  return { events, emit: (event) => void events.push(event), clock: () => new Date(), signal };
}

export class TinyShop {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<TinyShop> {
    template ??= makeTemplate();
    const folder = makeTempFolder();
    cpSync(await template, folder, { recursive: true });
    return new TinyShop(folder);
  }

  get artifacts(): string {
    return join(this.folder, 'artifacts');
  }

  get raw(): string {
    return join(this.folder, 'output/raw');
  }

  get config(): string {
    return join(this.folder, 'shop.yaml');
  }

  resolve(flags: Flags = {}): ResolvedRun {
    return resolveIn(this.folder, flags);
  }

  backlog(flags: Flags = {}, fx: Effects = effects()): Promise<LakeSummary> {
    return backlogBear(this.resolve(flags), fx);
  }

  /** Hash of everything that is on disk under the lake's root. */
  identity(): string {
    return lakeIdentity(sums(this.raw));
  }

  /** Every file of the shop with its sum: shows that nothing changed. */
  snapshot(): Map<string, string> {
    return new Map(sums(this.folder).map(({ path, sha256 }) => [path, sha256]));
  }

  /** What is in the output folder beside the lake and its answer key, such as staging left behind. */
  besideLake(): string[] {
    return readdirSync(join(this.folder, 'output')).filter((name) => name !== 'raw' && name !== 'truth');
  }
}

export function sums(root: string): { path: string; sha256: string }[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path), sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }));
}

let reference: Promise<string> | undefined;

/** Identity of the shop's whole lake, made in the plainest way. */
export function referenceIdentity(): Promise<string> {
  reference ??= TinyShop.open().then(async (shop) => {
    await shop.backlog({ direct: true, workers: 1, 'chunk-size': 365 });
    return shop.identity();
  });
  return reference;
}
