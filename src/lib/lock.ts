// One run at a time on a folder: a lock file that names its owner and is taken over when the owner is dead.

import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import { EXIT, UserError } from './errors.ts';

const ownerSchema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  /** When the process began, as the kernel counts it: tells a reused process ID from the owner. Null where unknown. */
  process_start: z.string().nullable(),
  since: z.string(),
  command: z.string(),
});
export type Owner = z.infer<typeof ownerSchema>;

/** Releases the lock; safe to call twice. */
export type Release = () => void;

/**
 * Takes the lock file at `path`, creating its folder when needed; `what` is what it guards.
 * Throws a UserError (exit 3) that names the owner while it lives.
 */
export function acquireLock(path: string, what: string, clock: () => Date, command: string): Release {
  mkdirSync(dirname(path), { recursive: true });
  const owner: Owner = {
    pid: process.pid,
    host: hostname(),
    process_start: processStart(process.pid),
    since: clock().toISOString(),
    command,
  };
  // Written whole under another name, then linked: nobody sees half a lock, and linking fails if one is there.
  const mine = `${path}.${randomUUID()}`;
  writeFileSync(mine, `${JSON.stringify(owner, null, 2)}\n`);
  try {
    for (let tries = 0; !tryLink(mine, path); tries++) {
      const other = readOwner(path);
      if (other !== undefined && isAlive(other)) throw locked(what, path, other);
      if (tries === 5) throw locked(what, path, other);
      moveAside(path, mine, other);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  let held = true;
  return () => {
    if (held) rmSync(path, { force: true });
    held = false;
  };
}

/** Who holds the lock file at `path`; undefined when nobody does, or the owner is dead. */
export function lockOwner(path: string): Owner | undefined {
  const owner = readOwner(path);
  return owner !== undefined && isAlive(owner) ? owner : undefined;
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

/** Two runs may find the same dead owner: only the one that moves that very lock away goes on. */
function moveAside(path: string, mine: string, dead: Owner | undefined): void {
  const aside = `${mine}.dead`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readOwner(aside);
  if (moved !== undefined && (moved.pid !== dead?.pid || moved.since !== dead.since)) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function readOwner(path: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined; // gone in the meantime, or not a lock of ours: nobody to wait for
  }
}

function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true; // cannot be told from here
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const start = processStart(owner.pid);
  return start === null || owner.process_start === null || start === owner.process_start;
}

/** Field 22 of /proc/<pid>/stat, counted after the command's closing bracket; null on systems without it. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function locked(what: string, path: string, owner: Owner | undefined): UserError {
  const who = owner ? `process ${owner.pid} on ${owner.host} (${owner.command}, since ${owner.since})` : 'another process';
  return new UserError(`${what} is in use by ${who}`, {
    hint: `Wait for it to end and run again. If it ended on another machine, delete ${path}.`,
    exitCode: EXIT.incomplete,
  });
}
