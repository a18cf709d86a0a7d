// What publishing partitions would send, object by object: new, same or different, from one listing a table.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFsError } from '../lib/files.ts';
import { formatManifest, MANIFEST_NAME, SUCCESS_NAME, type StagedPartition } from '../parquet/manifest.ts';
import { crc32cBase64 } from '../parquet/partition.ts';
import { ABSENT, contentOf, isLarge, type BucketClient, type ObjectContent, type ObjectInfo } from './bucket-client.ts';
import { EXIT, UserError } from '../lib/errors.ts';

export type ObjectState = 'new' | 'same' | 'different';

export interface PlannedObject {
  /** In the bucket. */
  readonly name: string;
  readonly bytes: number;
  readonly crc32c: string;
  /** Undefined: the bucket was not looked at. */
  readonly state: ObjectState | undefined;
  /** Of what is there now. */
  readonly generation: string;
  /** Reads what is to be sent. */
  readonly content: () => Promise<ObjectContent>;
}

export interface PartitionPlan {
  readonly partition: StagedPartition;
  /** In the order they must become visible: parts, manifest, marker. */
  readonly parts: readonly PlannedObject[];
  readonly manifest: PlannedObject;
  readonly marker: PlannedObject;
  /** In the partition's folder, and not part of it. */
  readonly strangers: readonly ObjectInfo[];
}

export function objectsOf({ parts, manifest, marker }: PartitionPlan): PlannedObject[] {
  return [...parts, manifest, marker];
}

export function isSame(plan: PartitionPlan): boolean {
  return plan.strangers.length === 0 && objectsOf(plan).every(({ state }) => state === 'same');
}

/** `client` undefined: without a look at the bucket. */
export async function planUpload(
  partitions: readonly StagedPartition[],
  prefix: string,
  client: BucketClient | undefined,
): Promise<PartitionPlan[]> {
  const present = client === undefined ? undefined : await listFolders(partitions, prefix, client);
  return partitions.map((partition) => planPartition(partition, prefix, present));
}

export function folderOf({ table, partition }: { table: string; partition: string }, prefix: string): string {
  return `${prefix}/${table}/${partition}/`;
}

/** Objects by folder. The tables are listed side by side, each from the first wanted partition to the last. */
async function listFolders(
  partitions: readonly StagedPartition[],
  prefix: string,
  client: BucketClient,
): Promise<Map<string, Map<string, ObjectInfo>>> {
  const folders = new Map<string, Map<string, ObjectInfo>>();
  const byTable = Map.groupBy(partitions, ({ table }) => table);
  await Promise.all(
    [...byTable].map(async ([table, own]) => {
      const names = own.map((partition) => folderOf(partition, prefix)).toSorted();
      // '0' follows '/': the first name after everything in the last folder.
      const range = { from: names[0]!, to: `${names.at(-1)!.slice(0, -1)}0` };
      for await (const info of client.list(`${prefix}/${table}/`, range)) {
        const folder = info.name.slice(0, info.name.lastIndexOf('/') + 1);
        folders.set(folder, (folders.get(folder) ?? new Map<string, ObjectInfo>()).set(info.name, info));
      }
    }),
  );
  return folders;
}

function planPartition(
  partition: StagedPartition,
  prefix: string,
  folders: Map<string, Map<string, ObjectInfo>> | undefined,
): PartitionPlan {
  const folder = folderOf(partition, prefix);
  const present = folders?.get(folder);
  const plan = (file: string, sums: Pick<ObjectContent, 'bytes' | 'crc32c'>, content: () => Promise<ObjectContent>): PlannedObject => {
    const name = `${folder}${file}`;
    const there = present?.get(name);
    const isThere = there?.bytes === sums.bytes && there.crc32c === sums.crc32c;
    const state = folders === undefined ? undefined : there === undefined ? 'new' : isThere ? 'same' : 'different';
    return { name, bytes: sums.bytes, crc32c: sums.crc32c, state, generation: there?.generation ?? ABSENT, content };
  };
  const small = (file: string, body: string): PlannedObject => {
    const content = contentOf(body);
    return plan(file, content, async () => content);
  };
  const parts = partition.manifest.files.map((file) => plan(file.path, file, () => readPart(join(partition.dir, file.path), file)));
  const manifest = small(MANIFEST_NAME, formatManifest(partition.manifest));
  const marker = small(SUCCESS_NAME, '');
  const own = new Set([...parts, manifest, marker].map(({ name }) => name));
  const strangers = [...(present?.values() ?? [])].filter(({ name }) => !own.has(name));
  return { partition, parts, manifest, marker, strangers };
}

/** The bytes are held against the manifest before they are sent. A large part is read again as it goes. */
async function readPart(path: string, { bytes, crc32c }: { bytes: number; crc32c: string }): Promise<ObjectContent> {
  if (isLarge(bytes)) return { body: { path }, bytes, crc32c };
  const body = await readFile(path).catch((error: unknown) => {
    throw describeFsError(error, path);
  });
  if (body.length !== bytes || crc32cBase64(body) !== crc32c) {
    throw new UserError(`${path} is not the file that its manifest lists`, {
      hint: 'Check the lake with `npx ecomlake verify`, and make that partition again.',
      exitCode: EXIT.damaged,
    });
  }
  return { body, bytes, crc32c };
}
