// The lake in a bucket. A partition counts when its marker is there: it is written last and taken away first.

import { forEachConcurrent } from '../lib/files.ts';
import { Budget } from '../lib/budget.ts';
import { MANIFEST_NAME, parseManifest, type Manifest, type StagedPartition } from '../parquet/manifest.ts';
import { ABSENT, isLarge, type BucketClient } from './bucket-client.ts';
import { changedMeanwhile, ConflictError } from './gcs-errors.ts';
import type { PartitionRef, PublishedPartition, PublishSummary, Store } from './store.ts';
import { folderOf, isSame, objectsOf, planUpload, type PartitionPlan, type PlannedObject } from './upload-plan.ts';

/** Parts that are held in memory on their way. */
const MEMORY_BYTES = 64 * 2 ** 20;
/** A large part is read from the disk as it goes: this much of it is in memory. */
const STREAM_BYTES = 2 ** 20;
const READS_IN_FLIGHT = 64;

/** Told for every object as soon as the store has confirmed it, or it was found there. */
export type OnObject = (object: PlannedObject, isSent: boolean) => void;

export class GcsStore implements Store {
  readonly location: string;
  private readonly client: BucketClient;
  private readonly prefix: string;
  private readonly concurrency: number;
  /** One for every object on its way: as many sockets. */
  private readonly requests: Budget;
  private readonly memory = new Budget(MEMORY_BYTES);

  constructor(client: BucketClient, prefix: string, concurrency: number) {
    this.client = client;
    this.prefix = prefix;
    this.concurrency = concurrency;
    this.requests = new Budget(concurrency);
    this.location = client.address(prefix);
  }

  async publish(staged: readonly StagedPartition[], onObject: OnObject = () => undefined): Promise<PublishSummary> {
    return this.carryOut(await planUpload(staged, this.prefix, this.client), onObject);
  }

  /** Uploads what is not there yet. May be repeated after a kill at any moment. */
  async carryOut(plans: readonly PartitionPlan[], onObject: OnObject): Promise<PublishSummary> {
    const summary: PublishSummary = { added: 0, kept: 0, replaced: 0 };
    await forEachConcurrent(plans, this.concurrency, async (plan) => {
      if (isSame(plan)) {
        for (const object of objectsOf(plan)) onObject(object, false);
        summary.kept++;
        return;
      }
      try {
        await this.replace(plan, onObject);
      } catch (error) {
        throw error instanceof ConflictError ? changedMeanwhile(error) : error;
      }
      summary[plan.marker.state === 'new' ? 'added' : 'replaced']++;
    });
    return summary;
  }

  private async replace(plan: PartitionPlan, onObject: OnObject): Promise<void> {
    const { parts, manifest, strangers } = plan;
    let { marker } = plan;
    if (marker.state !== 'new') {
      await this.client.remove(marker);
      marker = { ...marker, state: 'new', generation: ABSENT };
    }
    await forEachConcurrent(parts, this.concurrency, (part) => this.send(part, onObject));
    for (const stranger of strangers) await this.client.remove(stranger);
    await this.send(manifest, onObject);
    await this.send(marker, onObject);
  }

  private async send(object: PlannedObject, onObject: OnObject): Promise<void> {
    if (object.state !== 'same') {
      const bytes = isLarge(object.bytes) ? STREAM_BYTES : object.bytes;
      await this.memory.hold(bytes, () =>
        this.requests.hold(1, async () => {
          await this.client.write(object.name, await object.content(), object.generation);
        }),
      );
    }
    onObject(object, object.state !== 'same');
  }

  async list(table?: string): Promise<PartitionRef[]> {
    const root = `${this.prefix}/`;
    const refs = new Map<string, PartitionRef>();
    for await (const { name } of this.client.list(table === undefined ? root : `${root}${table}/`)) {
      const [tableName, partition, file] = name.slice(root.length).split('/');
      if (file !== undefined && partition !== undefined && partition.includes('=')) {
        refs.set(`${tableName}/${partition}`, { table: tableName!, partition });
      }
    }
    return [...refs.values()];
  }

  async readManifest(ref: PartitionRef): Promise<Manifest | undefined> {
    const name = `${folderOf(ref, this.prefix)}${MANIFEST_NAME}`;
    const bytes = await this.client.read(name);
    return bytes === undefined ? undefined : parseManifest(bytes.toString('utf8'), this.client.address(name));
  }

  async *partitions(table?: string): AsyncIterable<PublishedPartition> {
    const refs = await this.list(table);
    for (let start = 0; start < refs.length; start += READS_IN_FLIGHT) {
      const some = refs.slice(start, start + READS_IN_FLIGHT);
      const manifests = await Promise.all(some.map((ref) => this.readManifest(ref)));
      for (const [index, manifest] of manifests.entries()) if (manifest !== undefined) yield { ...some[index]!, manifest };
    }
  }
}
