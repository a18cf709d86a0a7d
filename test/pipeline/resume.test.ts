// Whatever a killed run leaves behind, the next one ends with the same lake.

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { effects, referenceIdentity, TinyShop } from './tiny-shop.ts';

const BIN = fileURLToPath(new URL('../../bin/ecomlake.js', import.meta.url));

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
}

/** Runs the built program; `kill` sends a signal after so many milliseconds, or as soon as it says something. */
function runBin(
  shop: TinyShop,
  flags: string[],
  kill?: { signal: NodeJS.Signals } & ({ afterMs: number } | { whenItSays: string }),
): Promise<Ended> {
  const args = [
    'backlog-bear',
    '--config',
    shop.config,
    '--artifact-root',
    shop.artifacts,
    '--target-root',
    shop.raw,
    '--workers',
    '2',
    ...flags,
  ];
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (kill !== undefined && 'whenItSays' in kill && !child.killed && stderr.includes(kill.whenItSays)) child.kill(kill.signal);
  });
  const timer = kill !== undefined && 'afterMs' in kill ? setTimeout(() => child.kill(kill.signal), kill.afterMs) : undefined;
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stderr });
    });
  });
}

describe('a crash costs one chunk', () => {
  it('kill -9 at random moments, dozens of times', async () => {
    const expected = await referenceIdentity();
    // Deterministic moments, spread over the whole run: a failure can be repeated.
    let seed = 12_345;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    let kills = 0;
    for (let lake = 0; lake < 4; lake++) {
      const shop = await TinyShop.open();
      const flags = ['--chunk-size', String([1, 2, 3, 5][lake]), ...(lake % 2 === 0 ? ['--direct'] : [])];
      for (let tries = 0; tries < 40; tries++) {
        const ended = await runBin(shop, flags, tries < 9 ? { afterMs: 250 + random() * 1500, signal: 'SIGKILL' } : undefined);
        if (ended.signal === 'SIGKILL') kills++;
        else {
          expect(ended.code, ended.stderr).toBe(0);
          break;
        }
      }
      expect(shop.identity()).toBe(expected);
      expect(shop.besideLake()).toEqual([]);
      expect(readdirSync(shop.artifacts).filter((name) => name.includes('raw_run'))).toEqual([]);
    }
    expect(kills).toBeGreaterThanOrEqual(24);
  });

  it('SIGINT ends cleanly with exit code 3 and says how to resume', async () => {
    const shop = await TinyShop.open();
    const ended = await runBin(shop, ['--chunk-size', '1'], { whenItSays: 'chunk 3/', signal: 'SIGINT' });
    expect(ended.code, ended.stderr).toBe(3);
    expect(ended.stderr).toMatch(/again.*resume/i);
    expect(shop.besideLake()).toEqual([]);
    expect((await runBin(shop, ['--chunk-size', '1'])).code).toBe(0);
    expect(shop.identity()).toBe(await referenceIdentity());
  });
});

describe('a kill between two steps of the commit', () => {
  /** The shop after its first chunk, and the same after its second: what a kill leaves is a mixture of both. */
  async function twoMoments(): Promise<{ earlier: string; shop: TinyShop }> {
    const shop = await TinyShop.open();
    await shop.backlog({ 'end-date': '2020-01-10', 'chunk-size': 10 });
    const earlier = join(shop.folder, 'earlier');
    cpSync(shop.artifacts, earlier, { recursive: true });
    await shop.backlog({ 'end-date': '2020-01-20', 'chunk-size': 10, 'keep-csv': true });
    return { earlier, shop };
  }

  const STATE = '.id_state.json';
  const CHECKPOINT = '.backlog_checkpoint';
  const LAKE = 'lake.json';

  it.each([
    ['partitions moved in, nothing else', [STATE, LAKE, CHECKPOINT]],
    ['ID state written', [LAKE, CHECKPOINT]],
    ['lake.json written', [CHECKPOINT]],
    ['checkpoint written, CSVs still there', []],
  ])('%s', async (_, older) => {
    const { earlier, shop } = await twoMoments();
    for (const name of older) cpSync(join(earlier, name), join(shop.artifacts, name));
    // The chunk's CSVs were to be cleaned up.
    const folder = join(shop.artifacts, 'raw_run_2020-01-11_2020-01-20');
    const index = JSON.parse(readFileSync(join(folder, '_RUN.json'), 'utf8')) as object;
    writeFileSync(join(folder, '_RUN.json'), JSON.stringify({ ...index, temporary: true }));
    // A partition on its way in, one on its way out, and CSVs half written.
    const staging = join(shop.folder, 'output/.raw.staging/orders/ingest_dt=2020-01-12');
    mkdirSync(staging, { recursive: true });
    writeFileSync(join(staging, 'part-0000.parquet'), 'half');
    mkdirSync(join(shop.artifacts, '.raw_run_2020-01-21_2020-01-30.tmp'));

    const fx = effects();
    await shop.backlog({ 'chunk-size': 30 }, fx);
    expect(shop.identity()).toBe(await referenceIdentity());
    expect(shop.besideLake()).toEqual([]);
    expect(readdirSync(shop.artifacts).filter((name) => name.includes('raw_run'))).toEqual([]);
    const notes = fx.events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
    if (older.includes(CHECKPOINT) && !older.includes(STATE)) expect(notes.join('\n')).toMatch(/made again from 2020-01-11/);
  });

  it('a partition half moved in is replaced', async () => {
    const { shop } = await twoMoments();
    const damaged = join(shop.raw, 'orders/ingest_dt=2020-01-20');
    writeFileSync(join(shop.artifacts, CHECKPOINT), '2020-01-10\n');
    rmSync(join(damaged, '_SUCCESS'));
    writeFileSync(join(damaged, 'part-0000.parquet'), 'damaged');
    await shop.backlog();
    expect(shop.identity()).toBe(await referenceIdentity());
  });

  it('a hook that throws stops the chunk before its checkpoint', async () => {
    const shop = await TinyShop.open();
    const hook = join(shop.folder, 'hook.mjs');
    writeFileSync(
      hook,
      `export default ({ partitionDir }) => { if (partitionDir.endsWith('ingest_dt=2020-01-05')) throw new Error('no'); };`,
    );
    await expect(shop.backlog({ 'post-export-hook': hook, 'chunk-size': 4 })).rejects.toThrow(/hook .* failed on .*2020-01-05: no/);
    expect(readFileSync(join(shop.artifacts, CHECKPOINT), 'utf8')).toBe('2020-01-04\n');
    await shop.backlog();
    expect(shop.identity()).toBe(await referenceIdentity());
  });
});

describe('what is refused leaves things as they were', () => {
  it.each([
    ['another seed', { seed: 7 }, /seed/],
    ['another mess', { 'messiness-level': 'none' }, /messiness_level medium_mess there, none here/],
    ['another first day', { 'start-date': '2020-01-02' }, /start_date/],
    ['another scale', { scale: 0.5 }, /scale/],
  ])('%s', async (_, flags, message) => {
    const shop = await TinyShop.open();
    await shop.backlog({ 'end-date': '2020-01-05' });
    const before = shop.snapshot();
    await expect(shop.backlog(flags)).rejects.toThrow(message);
    expect(shop.snapshot()).toEqual(before);
  });

  it('a state and a checkpoint that no kill explains', async () => {
    const shop = await TinyShop.open();
    await shop.backlog({ 'end-date': '2020-01-05' });
    writeFileSync(join(shop.artifacts, '.backlog_checkpoint'), '2020-01-02\n');
    const before = shop.snapshot();
    await expect(shop.backlog()).rejects.toThrow(/2020-01-05 is done, .* says 2020-01-02/);
    expect(shop.snapshot()).toEqual(before);
  });

  it('a second run on the same folder names the first', async () => {
    const shop = await TinyShop.open();
    const first = shop.backlog({ 'chunk-size': 5 });
    await expect(shop.backlog()).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(`process ${process.pid}`) as string,
    });
    await first;
    expect(shop.identity()).toBe(await referenceIdentity());
  });
});

describe.skipIf(!existsSync('/proc') || process.getuid?.() !== 0)('a full disk', () => {
  it('exits with 3, keeps finished chunks, and resumes when there is room', async () => {
    const { execFileSync } = await import('node:child_process');
    const shop = await TinyShop.open();
    const output = join(shop.folder, 'output');
    mkdirSync(output, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2200k', 'tmpfs', output]);
    try {
      const ended = await runBin(shop, ['--chunk-size', '3', '--direct']);
      expect(ended.code, ended.stderr).toBe(3);
      expect(ended.stderr).toMatch(/disk is full/);
      expect(existsSync(join(shop.artifacts, '.backlog_checkpoint'))).toBe(true);
      execFileSync('mount', ['-o', 'remount,size=64m', output]);
      expect((await runBin(shop, ['--chunk-size', '3', '--direct'])).code).toBe(0);
      expect(shop.identity()).toBe(await referenceIdentity());
    } finally {
      execFileSync('umount', [output]);
    }
  });
});
