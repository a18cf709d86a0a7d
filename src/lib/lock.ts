// One run at a time on a folder: a lock file that names its owner and is taken over when the owner is dead.

import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { EXIT, UserError } from './errors.ts';
import { isAlive, placeSchema, thisProcess } from './process-place.ts';

/** What drafts are called after the lock's name: by process, or the claim of one that takes a lock over. */
const DRAFT = /^(?:claim|(\d+)\.[\da-f-]+)$/;

/** Looks at a lock that a rival is just taking over, which is a matter of microseconds. */
const MAX_TRIES = 5;

const ownerSchema = placeSchema.extend({ since: z.string(), command: z.string() });
export type Owner = z.infer<typeof ownerSchema>;

/** Releases the lock; safe to call twice. */
export type Release = () => void;

/**
 * Takes the lock file at `path`, creating its folder when needed; `what` is what it guards.
 * Throws a UserError (exit 3) that names the owner while it lives.
 */
export function acquireLock(path: string, what: string, clock: () => Date, command: string): Release {
  mkdirSync(dirname(path), { recursive: true });
  const owner: Owner = { ...thisProcess(), since: clock().toISOString(), command };
  // Written whole under another name, then linked: nobody sees half a lock, and linking fails if one is there.
  const mine = `${path}.${process.pid}.${randomUUID()}`;
  writeFileSync(mine, `${JSON.stringify(owner, null, 2)}\n`);
  try {
    for (let tries = 0; !tryLink(mine, path); tries++) {
      const holder = holderOf(path);
      if (holder !== 'dead' && holder !== undefined) throw locked(what, path, holder);
      if (tries === MAX_TRIES) throw locked(what, path, undefined);
      if (holder === 'dead' && takeOver(mine, path)) break;
    }
  } finally {
    rmSync(mine, { force: true });
  }
  sweepDrafts(path);
  let held = true;
  return () => {
    if (held) rmSync(path, { force: true });
    held = false;
  };
}

/** Who holds the lock file at `path`; undefined when nobody does, or the owner is dead. */
export function lockOwner(path: string): Owner | undefined {
  const holder = holderOf(path);
  return holder === 'dead' ? undefined : holder;
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Puts our lock in the place of a dead one. Two runs may find the same dead owner: only the one that holds the claim
 * may replace it, after a second look, so that a lock taken in the meantime stays.
 */
function takeOver(mine: string, path: string): boolean {
  const claim = `${path}.claim`;
  if (!tryLink(mine, claim)) {
    if (holderOf(claim) === 'dead') rmSync(claim, { force: true });
    return false;
  }
  try {
    if (holderOf(path) !== 'dead') return false;
    renameSync(mine, path);
    return true;
  } finally {
    rmSync(claim, { force: true });
  }
}

/** Removes what processes left beside the lock that were killed while they took it. */
function sweepDrafts(path: string): void {
  const beginning = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path)).filter((other) => other.startsWith(beginning))) {
    const [ending, pid] = DRAFT.exec(name.slice(beginning.length)) ?? [];
    const draft = join(dirname(path), name);
    // A draft may be empty still: its name tells the process too.
    const isWriting = pid !== undefined && isAlive({ ...thisProcess(), pid: Number(pid), process_start: null }) !== false;
    if (ending !== undefined && holderOf(draft) === 'dead' && !isWriting) rmSync(draft, { force: true });
  }
}

/** Undefined when there is no such file. A file that is no lock of ours counts as dead: nobody to wait for. */
function holderOf(path: string): Owner | 'dead' | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const owner = ownerSchema.parse(JSON.parse(text));
    return isAlive(owner) === false ? 'dead' : owner;
  } catch {
    return 'dead';
  }
}

function locked(what: string, path: string, owner: Owner | undefined): UserError {
  const who = owner ? `process ${owner.pid} on ${owner.host} (${owner.command}, since ${owner.since})` : 'another process';
  return new UserError(`${what} is in use by ${who}`, {
    hint: `Wait for it to end and run again. If it ended on another machine, delete ${path}.`,
    exitCode: EXIT.incomplete,
  });
}
