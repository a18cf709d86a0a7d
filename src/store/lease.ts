// One writer in a bucket: an object that names its owner, kept fresh while the owner lives.
//
// Nobody's clock is believed. Who finds a lease watches it: renewed within its time, its owner lives; not renewed, it is
// dead and the lease is taken over. Every step is bound to the object's generation, so that two cannot take it at once.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { EXIT, interrupted, UserError } from '../lib/errors.ts';
import { isAlive, placeSchema, thisProcess } from '../lib/process-place.ts';
import { ABSENT, contentOf, type BucketClient, type ObjectInfo } from './bucket-client.ts';
import { ConflictError } from './gcs-errors.ts';

/** A lease not renewed for so long is dead. */
const LEASE_MS = 60_000;
const RENEWALS_PER_LEASE = 4;
const LOOKS_PER_RENEWAL = 3;
const RELEASE_BUDGET_MS = 5000;

const leaseSchema = placeSchema.extend({
  /** Of this run: an owner knows its own lease by it. */
  id: z.string(),
  command: z.string(),
  since: z.string(),
  lease_ms: z.number().positive(),
  renewals: z.number().int().min(0),
});
type LeaseFile = z.infer<typeof leaseSchema>;

export interface LeaseRequest {
  readonly client: BucketClient;
  /** The lease object. */
  readonly name: string;
  readonly command: string;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
  readonly note: (message: string) => void;
  /** Called once if another writer took the lease, or it could not be renewed in time. */
  readonly onLost: (error: UserError) => void;
  /** For runs that want a dead owner's lease sooner. */
  readonly leaseMs?: number;
}

export class Lease {
  private readonly request: LeaseRequest;
  private readonly leaseMs: number;
  private readonly file: LeaseFile;
  /** Fails before others may take the lease for dead. An interrupted run still gives it back. */
  private readonly client: BucketClient;
  private generation: string;
  private renewing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private lost: UserError | undefined;

  private constructor(request: LeaseRequest, file: LeaseFile, generation: string) {
    this.request = request;
    this.leaseMs = file.lease_ms;
    this.file = file;
    this.generation = generation;
    const budgetMs = this.leaseMs / 4;
    this.client = request.client.with({ budgetMs, signal: new AbortController().signal, requestTimeoutMs: budgetMs / 2 });
    this.schedule();
  }

  /** Throws a UserError (exit 3) that names the owner while another lives. */
  static async acquire(request: LeaseRequest): Promise<Lease> {
    const { client, name, command, clock } = request;
    const file: LeaseFile = {
      id: randomUUID(),
      ...thisProcess(),
      command,
      since: clock().toISOString(),
      lease_ms: request.leaseMs ?? LEASE_MS,
      renewals: 0,
    };
    for (;;) {
      const generation = await waitUntilFree(request);
      try {
        return new Lease(request, file, (await client.write(name, contentOf(format(file)), generation)).generation);
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error; // a rival was faster: look again
      }
    }
  }

  /** Shows that the lease is still ours, now. Throws what `onLost` was told otherwise. */
  async renew(): Promise<void> {
    // One after the other: two renewals at once would take each other for a rival.
    const turn = this.renewing.then(() => this.writeAgain());
    this.renewing = turn.catch(() => undefined);
    await turn;
  }

  /** Gives the lease back; one that is lost is somebody else's. */
  async release(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.renewing;
    if (this.lost !== undefined) return;
    try {
      // Not worth waiting for: a lease that stays runs out by itself.
      await this.client.with({ budgetMs: RELEASE_BUDGET_MS }).remove({ name: this.request.name, generation: this.generation });
    } catch {
      this.request.note('the lease in the bucket could not be given back: the next run takes it over');
    }
  }

  private async writeAgain(): Promise<void> {
    if (this.lost !== undefined) throw this.lost;
    const next = { ...this.file, renewals: ++this.file.renewals };
    try {
      this.generation = (await this.client.write(this.request.name, contentOf(format(next)), this.generation)).generation;
    } catch (error) {
      this.lost = await this.explainLoss(error);
      clearTimeout(this.timer);
      this.request.onLost(this.lost);
      throw this.lost;
    }
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.renew().then(
        () => this.timer !== undefined && this.schedule(),
        () => undefined, // told by onLost
      );
    }, this.leaseMs / RENEWALS_PER_LEASE);
    this.timer.unref();
  }

  private async explainLoss(cause: unknown): Promise<UserError> {
    const { client, name } = this.request;
    if (!(cause instanceof ConflictError)) {
      return new UserError(`the lease ${client.address(name)} could not be renewed: ${(cause as Error).message}`, {
        hint: 'What is finished is kept. Run the same command again: it resumes.',
        exitCode: EXIT.incomplete,
        cause,
      });
    }
    const owner = await readLease(this.client.with({ budgetMs: RELEASE_BUDGET_MS }), name).catch(() => undefined);
    return new UserError(`the lease ${client.address(name)} was taken by ${describe(owner)}: this run stops`, {
      hint: 'Let that run end. Then run the same command again: it resumes.',
      exitCode: EXIT.incomplete,
      cause,
    });
  }
}

/** The generation to write over. Returns at once when there is no lease or its owner is known to be dead. */
async function waitUntilFree(request: LeaseRequest): Promise<string> {
  const { client, name, signal, note } = request;
  const first = await client.stat(name);
  if (first === undefined) return ABSENT;
  const owner = await readLease(client, name);
  // Without a boot ID two machines of one name cannot be told apart.
  if (owner !== undefined && owner.boot !== null && isAlive(owner) === false) {
    note(`took over the lease of ${describe(owner)}, which is dead`);
    return first.generation;
  }
  const leaseMs = owner?.lease_ms ?? LEASE_MS;
  note(`${client.address(name)} is held by ${describe(owner)}: waiting up to ${Math.ceil(leaseMs / 1000)} s to see whether it lives`);
  const lookMs = leaseMs / RENEWALS_PER_LEASE / LOOKS_PER_RENEWAL;
  for (let waitedMs = 0; waitedMs <= leaseMs; waitedMs += lookMs) {
    await sleep(lookMs, undefined, { signal }).catch(() => {
      throw interrupted();
    });
    const now: ObjectInfo | undefined = await client.stat(name);
    if (now === undefined) return ABSENT;
    if (now.generation !== first.generation) throw inUse(client, name, await readLease(client, name));
  }
  note(`took over the lease of ${describe(owner)}, which was not renewed`);
  return first.generation;
}

function inUse(client: BucketClient, name: string, owner: LeaseFile | undefined): UserError {
  return new UserError(`${client.address(name)}: another run is at work: ${describe(owner)}`, {
    hint: 'Wait for it to end and run again, or publish under another --prefix.',
    exitCode: EXIT.incomplete,
  });
}

/** Undefined when there is none, or it is none of ours. */
async function readLease(client: BucketClient, name: string): Promise<LeaseFile | undefined> {
  const bytes = await client.read(name);
  try {
    return bytes === undefined ? undefined : leaseSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}

/** In words; undefined when nobody holds it, as far as can be told. */
export async function readLeaseOwner(client: BucketClient, name: string): Promise<string | undefined> {
  const owner = await readLease(client, name);
  return owner === undefined || isAlive(owner) === false ? undefined : describe(owner);
}

function describe(owner: LeaseFile | undefined): string {
  return owner === undefined ? 'another run' : `${owner.command}, process ${owner.pid} on ${owner.host}, since ${owner.since}`;
}

function format(file: LeaseFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}
