import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT, UserError } from '../../src/lib/errors.ts';
import { acquireLock, lockOwner, type Owner } from '../../src/lib/lock.ts';

const HOLDER = fileURLToPath(new URL('./workers/lock-holder.ts', import.meta.url));
const NOW = new Date('2026-03-01T10:00:00Z');

let folder: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'state', '.lock');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const acquire = () => acquireLock(path, 'output/raw', () => NOW, 'backlog-bear');

/** Another process that has the lock. */
async function startHolder(): Promise<ChildProcess> {
  const child = fork(HOLDER, [path], { stdio: 'inherit' });
  children.push(child);
  await once(child, 'message');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function refusal(): UserError {
  try {
    acquire();
  } catch (error) {
    return error as UserError;
  }
  expect.unreachable('the lock should have been refused');
}

function writeOwner(change: Partial<Owner>): void {
  const owner = lockOwner(path);
  rmSync(path);
  writeFileSync(path, JSON.stringify({ ...owner, ...change }));
}

describe('acquireLock', () => {
  it('clears away what was left beside it by processes killed while they took it, and nothing else', async () => {
    const child = await startHolder();
    const draft = readFileSync(path);
    await kill(child);
    const state = join(folder, 'state');
    const mine = `.lock.${process.pid}.b`;
    for (const name of [`.lock.${child.pid}.a`, '.lock.claim', mine, '.lock.json'])
      writeFileSync(join(state, name), name === mine ? '' : draft);
    writeFileSync(join(state, `.lock.${child.pid}.0-0`), '');
    writeFileSync(join(state, '.other.lock'), draft);
    acquire();
    expect(readdirSync(state).toSorted()).toEqual(['.lock', mine, '.lock.json', '.other.lock']);
  });

  it('makes the folder and says who has the lock', () => {
    const release = acquire();
    expect(lockOwner(path)).toMatchObject({
      pid: process.pid,
      host: hostname(),
      since: '2026-03-01T10:00:00.000Z',
      command: 'backlog-bear',
    });
    release();
    expect(readdirSync(join(folder, 'state'))).toEqual([]);
    expect(lockOwner(path)).toBeUndefined();
  });

  it('refuses a second owner, names the first and leaves its lock alone', async () => {
    const child = await startHolder();
    const before = readFileSync(path, 'utf8');
    const error = refusal();
    expect(error).toBeInstanceOf(UserError);
    expect(error.exitCode).toBe(EXIT.incomplete);
    expect(error.message).toMatch(new RegExp(`output/raw is in use by process ${child.pid} on .*run-generator, since 2026-02-03T04:05:06`));
    expect(error.hint).toContain(path);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(join(folder, 'state'))).toEqual(['.lock']);
  });

  it('refuses within one process as well', () => {
    const release = acquire();
    expect(refusal().message).toContain(`process ${process.pid}`);
    release();
    acquire()();
  });

  it('takes over from an owner that was killed', async () => {
    await kill(await startHolder());
    expect(existsSync(path)).toBe(true);
    expect(lockOwner(path)).toBeUndefined();
    const release = acquire();
    expect(lockOwner(path)?.pid).toBe(process.pid);
    release();
    expect(readdirSync(join(folder, 'state'))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('takes over where another process has the dead owner’s ID', async () => {
    const child = await startHolder();
    writeOwner({ process_start: '1' });
    expect(lockOwner(path)).toBeUndefined();
    acquire()();
    expect(child.exitCode).toBeNull();
  });

  it('leaves a lock alone whose owner cannot be told dead: another machine, no start time', async () => {
    await startHolder();
    writeOwner({ process_start: null });
    expect(refusal().message).toContain('is in use by process');
    writeOwner({ host: 'elsewhere', pid: 2 ** 22 + 1 });
    expect(refusal().message).toContain('on elsewhere');
  });

  it('takes over what is no lock', () => {
    acquire()();
    for (const text of ['', 'not JSON', '{"pid":"many"}', '{"pid":0,"host":"x","process_start":null,"since":"","command":""}']) {
      writeFileSync(path, text);
      const release = acquire();
      expect(lockOwner(path)?.pid).toBe(process.pid);
      release();
    }
  });

  it('lets one of many have it, whoever is first', async () => {
    await kill(await startHolder());
    const rivals = Array.from({ length: 4 }, () => fork(HOLDER, [path], { stdio: 'inherit' }));
    children.push(...rivals);
    const answers = await Promise.all(rivals.map(async (rival) => ((await once(rival, 'message')) as [string])[0]));
    expect(answers.toSorted()).toEqual(['locked', 'refused', 'refused', 'refused']);
    expect(lockOwner(path)?.pid).toBe(rivals[answers.indexOf('locked')]!.pid);
    expect(readdirSync(join(folder, 'state'))).toEqual(['.lock']);
  });
});

describe('release', () => {
  it('can be called twice and then leaves the next owner alone', async () => {
    const release = acquire();
    release();
    const child = await startHolder();
    release();
    expect(lockOwner(path)?.pid).toBe(child.pid);
  });

  it('happens when another process gives it up', async () => {
    const child = await startHolder();
    child.send('release');
    await once(child, 'exit');
    expect(existsSync(path)).toBe(false);
    acquire()();
  });
});
