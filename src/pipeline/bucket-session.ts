// A run's hold on its bucket: connection, lease, and the state that is kept beside the lake.

import { parseCheckpoint } from '../checkpoint/checkpoint.ts';
import type { Side } from '../checkpoint/compare-sides.ts';
import { parseIdState, type IdState } from '../checkpoint/id-state.ts';
import { formatJson } from '../checkpoint/json-file.ts';
import { parseLakeFile, type LakeFile } from '../checkpoint/lake-file.ts';
import type { Settings } from '../config/settings.ts';
import type { Effects } from '../events.ts';
import { formatDay } from '../lib/days.ts';
import { UserError } from '../lib/errors.ts';
import { MANIFEST_NAME, parseManifest, type Manifest } from '../parquet/manifest.ts';
import { ABSENT, BucketClient, contentOf } from '../store/bucket-client.ts';
import { changedMeanwhile, ConflictError } from '../store/gcs-errors.ts';
import { GcsStore } from '../store/gcs-store.ts';
import { Lease } from '../store/lease.ts';
import { STATE_FOLDER, STATE_OBJECTS } from '../store/state-objects.ts';
import { defectsPrefix } from './answer-key.ts';

/** Objects looked at to tell whose lake lies under a prefix that has no state. */
const STRANGERS_SEEN = 1000;

export type BucketSettings = Settings & { readonly bucket: string };

export function hasBucket(settings: Settings): settings is BucketSettings {
  return settings.bucket !== undefined;
}

/** Of a command that only looks: not worth waiting minutes for. */
export const QUICK_LOOK = { budgetMs: 10_000 };

/** Many requests may fail for one reason: one warning tells of all that come soon after it. */
const WARN_EVERY_MS = 5000;

/** Throws a UserError (exit 3) when there are no credentials. Retries are told as warnings. */
export async function openBucket(settings: BucketSettings, fx: Effects, options: { budgetMs?: number } = {}): Promise<BucketClient> {
  const client = new BucketClient({
    bucket: settings.bucket,
    endpoint: settings.storageEndpoint,
    requestTimeoutMs: 1000 * settings.requestTimeoutSeconds,
    budgetMs: Math.min(options.budgetMs ?? Infinity, 1000 * settings.retryBudgetSeconds),
    signal: fx.signal,
    onRetry: warnNowAndThen(fx),
  });
  await client.connection.requireCredentials();
  return client;
}

function warnNowAndThen(fx: Effects): (message: string) => void {
  let untold = 0;
  let nextMs = 0;
  return (message) => {
    const nowMs = fx.clock().getTime();
    if (nowMs < nextMs) {
      untold++;
      return;
    }
    fx.emit({ type: 'warning', message: untold === 0 ? message : `${message} (and ${untold} more in the meantime)` });
    untold = 0;
    nextMs = nowMs + WARN_EVERY_MS;
  };
}

/**
 * What is kept in the bucket of a run's progress. It is written over what `read` found and `write` left: a run that slept
 * while another went on changes nothing.
 */
export class BucketState {
  private readonly client: BucketClient;
  private readonly prefix: string;
  private readonly generations = new Map<string, string>();

  constructor(client: BucketClient, prefix: string) {
    this.client = client;
    this.prefix = prefix;
  }

  nameOf(object: keyof typeof STATE_OBJECTS): string {
    return `${this.prefix}/${STATE_OBJECTS[object]}`;
  }

  /** Before `write`, once the lease is held. Throws a UserError when something is there that is no state. */
  async read(): Promise<Side> {
    this.generations.clear();
    for await (const { name, generation } of this.client.list(`${this.prefix}/${STATE_FOLDER}/`)) this.generations.set(name, generation);
    const [state, checkpoint] = [this.nameOf('idState'), this.nameOf('checkpoint')];
    const [stateText, checkpointText] = await Promise.all([this.readText(state), this.readText(checkpoint)]);
    const [statePath, checkpointPath] = [this.client.address(state), this.client.address(checkpoint)];
    return {
      statePath,
      checkpointPath,
      state: stateText === undefined ? undefined : parseIdState(stateText, statePath),
      checkpointDay: checkpointText === undefined ? undefined : parseCheckpoint(checkpointText, checkpointPath),
    };
  }

  async readLake(): Promise<LakeFile | undefined> {
    const text = await this.readText(this.nameOf('lake'));
    return text === undefined ? undefined : parseLakeFile(text, this.client.address(this.nameOf('lake')));
  }

  /** The checkpoint last: it is the commit. `showLease` throws when another run may write here. */
  async write(state: IdState, lake: LakeFile, day: number, showLease: () => Promise<void>): Promise<void> {
    await showLease();
    await this.put(this.nameOf('idState'), formatJson(state));
    await this.put(this.nameOf('lake'), formatJson(lake));
    await showLease();
    await this.put(this.nameOf('checkpoint'), `${formatDay(day)}\n`);
  }

  private async readText(name: string): Promise<string | undefined> {
    return (await this.client.read(name))?.toString('utf8');
  }

  private async put(name: string, text: string): Promise<void> {
    try {
      const { generation } = await this.client.write(name, contentOf(text), this.generations.get(name) ?? ABSENT);
      this.generations.set(name, generation);
    } catch (error) {
      throw error instanceof ConflictError ? changedMeanwhile(error) : error;
    }
  }
}

export interface BucketSession {
  readonly client: BucketClient;
  readonly store: GcsStore;
  readonly state: BucketState;
  /** As it was when the lease was taken. */
  readonly side: Side;
  readonly lease: Lease;
}

/** Holds the lease while `work` runs. Its `fx` is aborted when the lease is lost, and the loss is what is thrown then. */
export async function withBucket<T>(
  settings: BucketSettings,
  fx: Effects,
  command: string,
  work: (session: BucketSession, fx: Effects) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const inner: Effects = { ...fx, signal: AbortSignal.any([fx.signal, lost.signal]) };
  const client = await openBucket(settings, inner);
  const state = new BucketState(client, settings.prefix);
  fx.emit({ type: 'phase', name: `connecting to ${client.address(settings.prefix)}` });
  const lease = await Lease.acquire({
    client,
    name: state.nameOf('lease'),
    command,
    clock: fx.clock,
    signal: inner.signal,
    note: (message) => fx.emit({ type: 'note', message }),
    onLost: (error) => lost.abort(error),
  });
  try {
    const store = new GcsStore(client, settings.prefix, settings.uploadConcurrency);
    return await work({ client, store, state, side: await state.read(), lease }, inner);
  } catch (error) {
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    await lease.release();
  }
}

/** Throws a UserError (exit 2) when another lake's partitions lie where this one is to go. */
export function requireOwnPrefix(client: BucketClient, prefix: string, batchId: string): Promise<void> {
  return requireOwn(client, prefix, batchId, { what: 'another lake', option: '--prefix' });
}

/** Likewise of the answer key. */
export function requireOwnKeyPrefix(client: BucketClient, settings: Pick<Settings, 'truthPrefix'>, batchId: string): Promise<void> {
  return requireOwn(client, defectsPrefix(settings), batchId, { what: "another lake's answer key", option: '--truth-prefix' });
}

async function requireOwn(
  client: BucketClient,
  prefix: string,
  batchId: string,
  { what, option }: { readonly what: string; readonly option: string },
): Promise<void> {
  const found = await firstManifest(client, prefix);
  if (found === undefined || found.manifest.batch_id === batchId) return;
  throw new UserError(
    `${client.address(prefix)} holds ${what}: ${found.where} has batch ${found.manifest.batch_id}, this run is ${batchId}`,
    {
      hint: `Publish under another ${option}.`,
    },
  );
}

/** Undefined when there is none among the first objects: then no partition is finished there. */
export async function firstManifest(client: BucketClient, prefix: string): Promise<{ where: string; manifest: Manifest } | undefined> {
  let seen = 0;
  for await (const { name } of client.list(`${prefix}/`)) {
    if (++seen > STRANGERS_SEEN) return undefined;
    if (!name.endsWith(`/${MANIFEST_NAME}`)) continue;
    const where = client.address(name);
    return { where, manifest: parseManifest(String(await client.read(name)), where) };
  }
  return undefined;
}
