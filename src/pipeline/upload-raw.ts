// A local lake, or some of its days, to the bucket; or a list of what that would send.

import { join } from 'node:path';
import { readCheckpoint } from '../checkpoint/checkpoint.ts';
import { readIdState } from '../checkpoint/id-state.ts';
import { LAKE_FILE, readLakeFile, type LakeFile } from '../checkpoint/lake-file.ts';
import type { Settings } from '../config/settings.ts';
import type { Effects } from '../events.ts';
import { UserError } from '../lib/errors.ts';
import type { StagedPartition } from '../parquet/manifest.ts';
import type { BucketClient } from '../store/bucket-client.ts';
import type { OnObject } from '../store/gcs-store.ts';
import { LocalStore } from '../store/local-store.ts';
import { objectsOf, planUpload, type ObjectState, type PartitionPlan } from '../store/upload-plan.ts';
import { defectsPrefix, defectsRoot } from './answer-key.ts';
import { firstManifest, hasBucket, openBucket, QUICK_LOOK, requireOwnKeyPrefix, withBucket, type BucketSession } from './bucket-session.ts';
import { noteKeyGaps } from './key-gaps.ts';
import { withLocks } from './run-guard.ts';
import { selectPartitions, selectTruth, type PartitionChoice } from './select-partitions.ts';

export interface UploadRequest extends PartitionChoice {
  readonly settings: Settings;
}

export interface UploadTotals {
  objects: number;
  bytes: number;
}

export interface UploadSummary {
  destination: string;
  partitions: number;
  /** Undefined where none was to be sent. */
  key: { destination: string; partitions: number } | undefined;
  sent: UploadTotals;
  /** Found there with the same size and checksum. */
  same: UploadTotals;
  /** The run's state went up too: other machines can go on from there. */
  isStatePublished: boolean;
  elapsedMs: number;
}

export interface ListedObject {
  address: string;
  bytes: number;
  /** Undefined: the bucket could not be looked at. */
  state: ObjectState | undefined;
}

export interface UploadListing {
  destination: string;
  objects: ListedObject[];
  /** In the bucket's partitions, and not in those here: an upload removes them. */
  removed: string[];
  /** Why the bucket could not be looked at. */
  notCompared: string | undefined;
}

/** An object counts once the bucket has confirmed its size and checksum. */
export async function uploadRaw(request: UploadRequest, fx: Effects): Promise<UploadSummary> {
  const { settings, dates, tables } = request;
  if (!hasBucket(settings)) {
    throw new UserError('no bucket is given', { hint: 'Name it with --bucket or BUCKET, or list what would be sent with --dry-run.' });
  }
  const started = fx.clock().getTime();
  return withLocks(settings, fx, 'upload-raw', async () => {
    const { partitions, truth } = await selectBoth(request);
    const isWhole = dates === undefined && tables === undefined;
    const lake = readLakeFile(join(settings.artifactRoot, LAKE_FILE));
    return withBucket(settings, fx, 'upload-raw', async (session, inner) => {
      const there = await session.state.readLake();
      requireSameLake(session, [...partitions, ...truth], lake, there);
      if (partitions.length === 0) await requireLakeThere(session, settings, truth[0]!.manifest.batch_id);
      if (truth.length > 0) await requireOwnKeyPrefix(session.client, settings, truth[0]!.manifest.batch_id);
      inner.emit({ type: 'phase', name: `comparing with ${session.store.location}` });
      const { sent, same } = await send(session, await planBoth({ partitions, truth }, settings, session.client), inner);
      const isStatePublished = isWhole && lake !== undefined && (await publishState(session, lake, partitions, settings, inner));
      if (isWhole && lake === undefined && there === undefined) {
        const message = `there is no ${join(settings.artifactRoot, LAKE_FILE)}: \`verify --bucket\` will know only what the manifests say`;
        inner.emit({ type: 'note', message });
      }
      if (truth.length > 0) await noteKeyGaps(session.client, settings, request, inner);
      return {
        destination: session.store.location,
        partitions: partitions.length,
        key: truth.length === 0 ? undefined : { destination: session.client.address(defectsPrefix(settings)), partitions: truth.length },
        sent,
        same,
        isStatePublished,
        elapsedMs: fx.clock().getTime() - started,
      };
    });
  });
}

interface Selection {
  readonly partitions: readonly StagedPartition[];
  /** Of the answer key. */
  readonly truth: readonly StagedPartition[];
}

async function selectBoth({ settings, ...choice }: UploadRequest): Promise<Selection> {
  const truth = settings.publishTruth ? await selectTruth(new LocalStore(defectsRoot(settings)), choice) : [];
  return { partitions: await selectPartitions(new LocalStore(settings.targetRoot), choice, truth), truth };
}

/** In the order they go: the key first, so that no partition of the lake lies there without its key. */
async function planBoth({ partitions, truth }: Selection, settings: Settings, client?: BucketClient): Promise<PartitionPlan[][]> {
  return [await planUpload(truth, defectsPrefix(settings), client), await planUpload(partitions, settings.prefix, client)];
}

/** Changes nothing, here or there. Without a bucket, credentials or network it lists all the same, and says so. */
export async function listUpload(request: UploadRequest, fx: Effects): Promise<UploadListing> {
  const { settings } = request;
  const selection = await selectBoth(request);
  const bucket = settings.bucket ?? '...';
  let notCompared = hasBucket(settings) ? undefined : 'no bucket is given';
  let plans: PartitionPlan[] | undefined;
  if (hasBucket(settings)) {
    try {
      fx.emit({ type: 'phase', name: `comparing with gs://${settings.bucket}/${settings.prefix}` });
      plans = (await planBoth(selection, settings, await openBucket(settings, fx, QUICK_LOOK))).flat();
    } catch (error) {
      if (!(error instanceof UserError) || fx.signal.aborted) throw error;
      notCompared = error.message;
    }
  }
  plans ??= (await planBoth(selection, settings)).flat();
  return {
    destination: `gs://${bucket}/${settings.prefix}`,
    objects: plans.flatMap(objectsOf).map(({ name, bytes, state }) => ({ address: `gs://${bucket}/${name}`, bytes, state })),
    removed: plans.flatMap(({ strangers }) => strangers.map(({ name }) => `gs://${bucket}/${name}`)),
    notCompared,
  };
}

/** One step after another; within a step partitions go side by side. */
async function send(
  { store }: BucketSession,
  steps: readonly (readonly PartitionPlan[])[],
  fx: Effects,
): Promise<Pick<UploadSummary, 'sent' | 'same'>> {
  const sent: UploadTotals = { objects: 0, bytes: 0 };
  const same: UploadTotals = { objects: 0, bytes: 0 };
  const objects = steps
    .flat()
    .flatMap(objectsOf)
    .filter(({ state }) => state !== 'same');
  const totalBytes = objects.reduce((sum, { bytes }) => sum + bytes, 0);
  const started = fx.clock().getTime();
  const onObject: OnObject = ({ bytes }, isSent) => {
    const totals = isSent ? sent : same;
    totals.objects++;
    totals.bytes += bytes;
    if (!isSent) return;
    const elapsedMs = fx.clock().getTime() - started;
    fx.emit({ type: 'upload', objects: sent.objects, totalObjects: objects.length, bytes: sent.bytes, totalBytes, elapsedMs });
  };
  // Folders are named in the plans, so that one store carries out all of them.
  for (const plans of steps) await store.carryOut(plans, onObject);
  return { sent, same };
}

/** For a key alone. Throws a UserError (exit 2) when the bucket has no lake that it could be of. */
async function requireLakeThere({ client }: BucketSession, { prefix, targetRoot, truthRoot }: Settings, batchId: string): Promise<void> {
  const there = await firstManifest(client, prefix);
  if (there?.manifest.batch_id === batchId) return;
  if (there !== undefined) {
    throw new UserError(
      `the answer key in ${truthRoot} is of batch ${batchId}, ${there.where} says that ${there.manifest.batch_id} lies there`,
      {
        hint: 'Name the key of that lake with --truth-root, or the lake of this key with --prefix.',
      },
    );
  }
  throw new UserError(`there is no lake in ${targetRoot}, and none in ${client.address(prefix)}`, {
    hint: 'Name the lake here with --source, or the one there with --prefix.',
  });
}

/** One prefix, one lake. Throws a UserError (exit 2) that names both. */
function requireSameLake(
  { state, client }: BucketSession,
  partitions: readonly StagedPartition[],
  local: LakeFile | undefined,
  there: LakeFile | undefined,
): void {
  if (there === undefined) return;
  if (local !== undefined && there.fingerprint !== local.fingerprint) {
    throw new UserError(
      `the lake here has fingerprint ${local.fingerprint}, ${client.address(state.nameOf('lake'))} says that ${there.fingerprint} lies there`,
      { hint: 'Publish it under another --prefix.' },
    );
  }
  const other = partitions.find(({ manifest }) => manifest.batch_id !== there.batch_id);
  if (other === undefined) return;
  throw new UserError(
    `${other.dir} is of batch ${other.manifest.batch_id}, ${client.address(state.nameOf('lake'))} says that batch ${there.batch_id} lies there`,
    { hint: 'Publish it under another --prefix.' },
  );
}

/** What other machines go on from. A bucket that is further than this machine keeps its own. */
async function publishState(
  { state, side, lease }: BucketSession,
  lake: LakeFile,
  partitions: readonly StagedPartition[],
  settings: Settings,
  fx: Effects,
): Promise<boolean> {
  const idState = readIdState(settings.idStateFile);
  const day = readCheckpoint(settings.checkpointFile);
  if (idState === undefined || day === undefined) {
    fx.emit({ type: 'note', message: `${settings.artifactRoot} has no ID state and checkpoint: no run can go on from the bucket` });
    return false;
  }
  const there = side.checkpointDay;
  if (there !== undefined && there > day) {
    fx.emit({ type: 'note', message: `${side.checkpointPath} is further than ${settings.checkpointFile}: it stays as it is` });
    return false;
  }
  if (idState.fingerprint !== lake.fingerprint || !holdsAllOf(lake, partitions)) {
    // A lake that was published as it was made has its state there already.
    if (there === day && side.state?.fingerprint === idState.fingerprint) return false;
    const message = `${settings.targetRoot} is not the whole lake that ${join(settings.artifactRoot, LAKE_FILE)} describes: its state stays here`;
    fx.emit({ type: 'note', message });
    return false;
  }
  await state.write(idState, lake, day, () => lease.renew());
  return true;
}

/** Whether every partition that the description promises is among these. */
function holdsAllOf(lake: LakeFile, partitions: readonly StagedPartition[]): boolean {
  if (partitions.some(({ manifest }) => manifest.batch_id !== lake.batch_id)) return false;
  const isPromised = ({ partition }: StagedPartition): boolean =>
    !partition.startsWith('ingest_dt=') || partition <= `ingest_dt=${lake.end_date}`;
  return Object.entries(lake.tables).every(
    ([table, wanted]) => partitions.filter((partition) => partition.table === table && isPromised(partition)).length === wanted.partitions,
  );
}
