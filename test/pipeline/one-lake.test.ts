// However a lake is made, it is the same lake.

import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportRaw, runGenerator } from '../../src/pipeline/index.ts';
import { effects, referenceIdentity, TinyShop } from './tiny-shop.ts';

describe('one lake', () => {
  it('has the same identity for every chunk size, number of workers and way', async () => {
    const expected = await referenceIdentity();
    const combination = fc.record({
      'chunk-size': fc.constantFrom(1, 7, 30, 365),
      workers: fc.constantFrom(1, 2, 4),
      direct: fc.boolean(),
      'keep-csv': fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(combination, async (flags) => {
        const shop = await TinyShop.open();
        const summary = await shop.backlog(flags);
        expect(summary.identity).toBe(expected);
        expect(shop.identity()).toBe(expected);
        expect(shop.besideLake()).toEqual([]);
      }),
      {
        numRuns: 6,
        examples: [
          [{ 'chunk-size': 1, workers: 2, direct: true, 'keep-csv': false }],
          [{ 'chunk-size': 7, workers: 4, direct: false, 'keep-csv': false }],
        ],
      },
    );
  });

  it('is what export-raw makes of the CSVs of run-generator, in one window or several, days in any order', async () => {
    const shop = await TinyShop.open();
    const { settings, config } = shop.resolve();
    const whole = await runGenerator({ settings, config, useState: false }, effects());
    const request = { settings, config, tables: undefined, batchId: undefined, targetSizeMb: 96 };
    const lookupsFrom = join(shop.artifacts, 'static_lookups');
    const later = new Set(['2020-02-09', '2020-01-20', '2020-01-21']);
    await exportRaw({ ...request, source: whole.folder, dates: later, lookupsFrom: undefined }, effects());
    await exportRaw({ ...request, source: whole.folder, dates: undefined, lookupsFrom }, effects());
    expect(shop.identity()).toBe(await referenceIdentity());
  });

  it('is what windows with an ID state add up to', async () => {
    const shop = await TinyShop.open();
    const { settings, config } = shop.resolve({ 'chunk-size': 15 });
    const lookupsFrom = join(shop.artifacts, 'static_lookups');
    for (let window = 0; window < 3; window++) {
      const { folder } = await runGenerator({ settings, config, useState: true }, effects());
      await exportRaw(
        {
          settings,
          config,
          source: folder,
          dates: undefined,
          tables: undefined,
          batchId: undefined,
          targetSizeMb: 96,
          lookupsFrom: window === 0 ? lookupsFrom : undefined,
        },
        effects(),
      );
    }
    expect(shop.identity()).toBe(await referenceIdentity());
    await expect(runGenerator({ settings, config, useState: true }, effects())).rejects.toThrow(/nothing is left to generate/);
  });

  it('has a final prefix: going on later changes no day that is there', async () => {
    const straight = await TinyShop.open();
    await straight.backlog({ 'end-date': '2020-05-20', direct: true });
    const inSteps = await TinyShop.open();
    await inSteps.backlog({ 'end-date': '2020-03-31', 'chunk-size': 20 });
    const before = inSteps.snapshot();
    await inSteps.backlog({ 'end-date': '2020-05-20', 'chunk-size': 17, direct: true });
    expect(inSteps.identity()).toBe(straight.identity());
    const after = inSteps.snapshot();
    for (const [path, sum] of before) if (path.startsWith('output/raw/')) expect(after.get(path), path).toBe(sum);
  });

  it('differs with the seed, and with the mess only in mess', async () => {
    const expected = await referenceIdentity();
    for (const flags of [{ seed: 43 }, { 'messiness-level': 'none' }, { 'source-prefix': 'gs://other/prefix' }]) {
      const shop = await TinyShop.open();
      if ('seed' in flags) await import('node:fs').then(({ rmSync }) => rmSync(shop.artifacts, { recursive: true }));
      await shop.backlog({ ...flags, direct: true });
      expect(shop.identity(), JSON.stringify(flags)).not.toBe(expected);
    }
  });

  it('says so when nothing is left to do, and leaves everything as it is', async () => {
    const shop = await TinyShop.open();
    await shop.backlog({ direct: true });
    const before = shop.identity();
    const { note, identity } = await shop.backlog({ 'end-date': '2020-01-15' });
    expect(note).toBe('nothing to do: the lake is complete to 2020-02-09');
    expect(identity).toBe(before);
  });
});
