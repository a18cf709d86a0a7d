import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/lib/errors.ts';
import { LocalStore } from '../../src/store/local-store.ts';
import { stage, stageDays, treeOf } from './lake.ts';

let folder: string;
let store: LocalStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecomlake-store-'));
  store = new LocalStore(join(folder, 'output', 'raw'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The lake that one undisturbed publish makes. */
async function undisturbed(days: number, version = 'v1'): Promise<Record<string, string>> {
  const other = new LocalStore(join(folder, 'undisturbed'));
  await other.publish(stageDays(other.stagingRoot, days, version));
  return treeOf(other.location);
}

describe('publish', () => {
  test('moves new partitions in whole and leaves nothing else behind', async () => {
    expect(await store.publish(stageDays(store.stagingRoot, 3))).toEqual({ added: 6, kept: 0, replaced: 0 });
    expect(treeOf(store.location)).toEqual(await undisturbed(3));
    expect(readdirSync(store.location).toSorted()).toEqual(['order_items', 'orders']);
    await store.sweepStaging();
    expect(readdirSync(dirname(store.location))).toEqual(['raw']);
  });

  test('of nothing makes nothing', async () => {
    expect(await store.publish([])).toEqual({ added: 0, kept: 0, replaced: 0 });
    expect(existsSync(store.location)).toBe(false);
  });

  test('keeps what is there with the same bytes, replaces the rest', async () => {
    await store.publish(stageDays(store.stagingRoot, 3));
    const again = [...stageDays(store.stagingRoot, 2), stage(store.stagingRoot, 'orders', '2020-01-03', 'v2')];
    expect(await store.publish(again)).toEqual({ added: 0, kept: 4, replaced: 1 });
    const manifest = await store.readManifest({ table: 'orders', partition: 'ingest_dt=2020-01-03' });
    expect(manifest?.batch_id).toBe('backlog-v2');
    expect(await store.publish(stageDays(store.stagingRoot, 3))).toEqual({ added: 0, kept: 5, replaced: 1 });
    expect(treeOf(store.location)).toEqual(await undisturbed(3));
    await store.sweepStaging();
    expect(existsSync(store.stagingRoot)).toBe(false);
  });

  const damages: [string, (dir: string) => Promise<unknown>][] = [
    ['a part cut or grown', (dir) => appendFile(join(dir, 'part-0000.parquet'), 'x')],
    ['a part of the same size', (dir) => cp(join(dir, '../ingest_dt=2020-01-02/part-0000.parquet'), join(dir, 'part-0000.parquet'))],
    ['no part', (dir) => rm(join(dir, 'part-0000.parquet'))],
    ['one part more', (dir) => writeFile(join(dir, 'part-0009.parquet'), '')],
    ['no marker', (dir) => rm(join(dir, '_SUCCESS'))],
    ['no manifest', (dir) => rm(join(dir, '_MANIFEST.json'))],
    ['a broken manifest', (dir) => writeFile(join(dir, '_MANIFEST.json'), '{')],
    ['an empty folder', async (dir) => (await rm(dir, { recursive: true }), await mkdir(dir))],
  ];
  test.each(damages)('replaces a partition with %s', async (_, damage) => {
    await store.publish(stageDays(store.stagingRoot, 2));
    await damage(join(store.location, 'orders', 'ingest_dt=2020-01-01'));
    expect(await store.publish(stageDays(store.stagingRoot, 2))).toEqual({ added: 0, kept: 3, replaced: 1 });
    expect(treeOf(store.location)).toEqual(await undisturbed(2));
  });

  test('says where it cannot write', async () => {
    await writeFile(join(folder, 'output'), 'a file');
    const other = new LocalStore(join(folder, 'elsewhere'));
    const staged = stageDays(other.stagingRoot, 1);
    const error: unknown = await store.publish(staged).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining(join(folder, 'output')) });
  });
});

describe('after a kill', () => {
  test('between the moves, the same publish ends with the same lake', async () => {
    await store.publish(stageDays(store.stagingRoot, 3, 'v1'));
    const staged = stageDays(store.stagingRoot, 3, 'v2');
    // One replaced in full, one moved aside and not followed, the rest untouched, the staged ones still there.
    const aside = (index: number): string => join(store.stagingRoot, '.replaced', staged[index]!.table, staged[index]!.partition);
    for (const index of [0, 1]) {
      await mkdir(dirname(aside(index)), { recursive: true });
      await rename(store.pathOf(staged[index]!), aside(index));
    }
    await rename(staged[0]!.dir, store.pathOf(staged[0]!));

    await store.sweepStaging();
    expect(existsSync(store.stagingRoot)).toBe(false);
    // The one without a successor is back, as it was.
    expect((await store.readManifest(staged[1]!))?.batch_id).toBe('backlog-v1');
    expect((await store.readManifest(staged[0]!))?.batch_id).toBe('backlog-v2');

    expect(await store.publish(stageDays(store.stagingRoot, 3, 'v2'))).toEqual({ added: 0, kept: 1, replaced: 5 });
    expect(treeOf(store.location)).toEqual(await undisturbed(3, 'v2'));
  });

  test('the same publish works over what was left, also without a sweep', async () => {
    await store.publish(stageDays(store.stagingRoot, 2, 'v1'));
    const staged = stageDays(store.stagingRoot, 2, 'v2');
    const aside = join(store.stagingRoot, '.replaced', staged[0]!.table, staged[0]!.partition);
    await cp(store.pathOf(staged[0]!), aside, { recursive: true });
    await store.publish(stageDays(store.stagingRoot, 2, 'v2'));
    expect(treeOf(store.location)).toEqual(await undisturbed(2, 'v2'));
    expect(existsSync(aside)).toBe(false);
  });

  test('at any moment, every partition is whole, and the next publish puts all right', async () => {
    const script = join(import.meta.dirname, 'publish-forever.ts');
    for (let kill = 0; kill < 6; kill++) {
      const child = spawn(process.execPath, [script, store.location], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      await sleep(20 + Math.random() * 250);
      child.kill('SIGKILL');
      await once(child, 'exit');

      await store.sweepStaging();
      for (const ref of await store.list()) {
        const names = readdirSync(store.pathOf(ref)).toSorted();
        expect(names).toEqual(['_MANIFEST.json', '_SUCCESS', ...names.filter((name) => name.startsWith('part-'))]);
        expect((await store.readManifest(ref))?.files.map((file) => file.path)).toEqual(names.slice(2));
      }
      await store.publish(stageDays(store.stagingRoot, 6, 'v1'));
      expect(treeOf(store.location)).toEqual(await undisturbed(6, 'v1'));
    }
  });
});

describe('remove', () => {
  test('takes partitions away, each whole or not at all, and leaves the others', async () => {
    await store.publish(stageDays(store.stagingRoot, 60));
    const refs = (await store.list('orders')).slice(0, 50);
    const whole = readdirSync(store.pathOf(refs[0]!)).length;
    const removal = { isUnderWay: true };
    const halves = new Set<string>();
    const watch = async (): Promise<void> => {
      while (removal.isUnderWay) {
        for (const ref of refs) {
          const dir = store.pathOf(ref);
          if (existsSync(dir) && readdirSync(dir).length !== whole) halves.add(ref.partition);
        }
        await sleep(0);
      }
    };
    const watching = watch();
    await store.remove(refs);
    removal.isUnderWay = false;
    await watching;
    expect([...halves]).toEqual([]);
    expect(await store.list('orders')).toHaveLength(10);
    expect(await store.list('order_items')).toHaveLength(60);
  });

  test('of what is gone already is no error, and what a kill left of it is swept', async () => {
    await store.publish(stageDays(store.stagingRoot, 2));
    const [ref] = await store.list('orders');
    await store.remove([ref!, ref!]);
    await store.remove([ref!]);
    await mkdir(join(store.stagingRoot, '.removed/orders/ingest_dt=2020-01-01'), { recursive: true });
    await store.sweepStaging();
    expect(await store.list('orders')).toEqual([{ table: 'orders', partition: 'ingest_dt=2020-01-02' }]);
    expect(readdirSync(dirname(store.location))).toEqual(['raw']);
  });
});

describe('reading', () => {
  test('lists partitions in order and passes over what is none', async () => {
    await store.publish(stageDays(store.stagingRoot, 2));
    await writeFile(join(store.location, 'notes.txt'), 'mine');
    await mkdir(join(store.location, 'orders', 'ingest_dt=2020-01-09'));
    const seen = [];
    for await (const { table, partition, manifest } of store.partitions()) seen.push([table, partition, manifest.total_rows]);
    expect(seen).toEqual([
      ['order_items', 'ingest_dt=2020-01-01', 20],
      ['order_items', 'ingest_dt=2020-01-02', 20],
      ['orders', 'ingest_dt=2020-01-01', 20],
      ['orders', 'ingest_dt=2020-01-02', 20],
    ]);
    expect(await store.list('orders')).toHaveLength(3);
  });

  test('an absent lake is empty; a broken manifest is named', async () => {
    expect(await store.list()).toEqual([]);
    expect(await store.readManifest({ table: 'orders', partition: 'ingest_dt=2020-01-01' })).toBeUndefined();
    await store.publish(stageDays(store.stagingRoot, 1));
    const path = join(store.location, 'orders', 'ingest_dt=2020-01-01', '_MANIFEST.json');
    await writeFile(path, '{"table": 3}');
    await expect(store.readManifest({ table: 'orders', partition: 'ingest_dt=2020-01-01' })).rejects.toThrow(path);
  });
});
