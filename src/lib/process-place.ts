// Which process this is, so that others can tell whether it still lives.

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

export const placeSchema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  /** Boot and process-ID namespace: two containers may share a host name and yet know nothing of each other. */
  boot: z.string().nullable(),
  /** When the process began, as the kernel counts it: tells a reused process ID from the owner. Null where unknown. */
  process_start: z.string().nullable(),
});
export type ProcessPlace = z.infer<typeof placeSchema>;

export function thisProcess(): ProcessPlace {
  return { pid: process.pid, host: hostname(), boot: bootOf(), process_start: processStart(process.pid) };
}

/** Undefined: it cannot be told from here. */
export function isAlive(place: ProcessPlace): boolean | undefined {
  if (place.host !== hostname() || place.boot !== bootOf()) return undefined;
  try {
    process.kill(place.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const start = processStart(place.pid);
  return start === null || place.process_start === null || start === place.process_start;
}

function bootOf(): string | null {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
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
