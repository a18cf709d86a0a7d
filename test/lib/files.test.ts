import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/lib/errors.ts';
import { describeFsError, forEachConcurrent, isDiskFull, listEntries, removeTree, syncAll, writeFileAtomic } from '../../src/lib/files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecomlake-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fsError = (code: string): Error => Object.assign(new Error(code), { code });

describe('writeFileAtomic', () => {
  test('writes and replaces, and leaves no temporary file', async () => {
    const path = join(folder, 'state.json');
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, Buffer.from('two'));
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  test('names the path when it cannot write, and cleans up', async () => {
    const path = join(folder, 'taken');
    await mkdir(join(path, 'inside'), { recursive: true });
    const error: unknown = await writeFileAtomic(path, 'x').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: expect.stringContaining(path), exitCode: 2 });
    expect(readdirSync(folder)).toEqual(['taken']);
    await expect(writeFileAtomic(join(folder, 'absent', 'x'), 'x')).rejects.toThrow(UserError);
  });

  // Writing to /dev/full fails as a full disk does, where there is one.
  test.runIf(existsSync('/dev/full'))('a full disk is exit code 3', async () => {
    const cause: unknown = await writeFile('/dev/full', 'x').catch((thrown: unknown) => thrown);
    const error = describeFsError(cause, '/lake/orders');
    expect(error).toMatchObject({ exitCode: 3, message: expect.stringContaining('/lake/orders') });
    expect(isDiskFull(cause)).toBe(true);
    expect(isDiskFull(error)).toBe(true);
  });
});

describe('describeFsError', () => {
  test.each([
    ['ENOSPC', 3],
    ['EDQUOT', 3],
    ['EACCES', 2],
    ['EROFS', 2],
    ['ENOTDIR', 2],
  ])('%s is exit code %i', (code, exitCode) => {
    const error = describeFsError(fsError(code), '/some/place');
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ exitCode, message: expect.stringContaining('/some/place'), hint: expect.any(String) });
  });

  test('leaves everything else alone', () => {
    const bug = new TypeError('a bug');
    expect(describeFsError(bug, '/x')).toBe(bug);
    const said = describeFsError(fsError('EACCES'), '/first');
    expect(describeFsError(said, '/second')).toBe(said);
    expect(isDiskFull(bug)).toBe(false);
  });
});

describe('folders', () => {
  test('are listed in order; an absent one is empty', async () => {
    for (const name of ['b', 'a', 'c']) await writeFile(join(folder, name), '');
    expect((await listEntries(folder)).map((entry) => entry.name)).toEqual(['a', 'b', 'c']);
    expect(await listEntries(join(folder, 'absent'))).toEqual([]);
    await expect(listEntries(join(folder, 'a'))).rejects.toThrow('is a file');
    await removeTree(folder);
    await removeTree(folder);
    expect(existsSync(folder)).toBe(false);
  });

  test('and files are synced; an absent one is an error with its path', async () => {
    await writeFile(join(folder, 'a'), 'x');
    await syncAll([join(folder, 'a'), folder]);
    await expect(syncAll([join(folder, 'a'), join(folder, 'absent')])).rejects.toThrow(join(folder, 'absent'));
  });
});

describe('forEachConcurrent', () => {
  test('does every item once, never more than the limit at a time', async () => {
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    await forEachConcurrent(Array(50).keys(), 7, async (item) => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      seen.push(item);
    });
    expect(seen.toSorted((a, b) => a - b)).toEqual([...Array(50).keys()]);
    expect(most).toBe(7);
  });

  test('after a failure begins nothing more, and waits for what is under way', async () => {
    let begun = 0;
    let ended = 0;
    const run = forEachConcurrent(Array(50).keys(), 4, async (item) => {
      begun++;
      await new Promise(setImmediate);
      ended++;
      if (item === 2) throw new Error('third');
    });
    await expect(run).rejects.toThrow('third');
    expect(begun).toBe(ended);
    expect(begun).toBeLessThan(12);
  });
});
