// What lies under a lake's prefix in a bucket, from listings alone: partitions, the run's state, and what does not belong.

import { MANIFEST_NAME, SUCCESS_NAME } from '../parquet/manifest.ts';
import type { BucketClient, ObjectInfo } from '../store/bucket-client.ts';
import { STATE_OBJECTS } from '../store/state-objects.ts';
import type { TableSpec } from '../tables/index.ts';
import { lakeLayout, tableIn, type Layout } from './layout.ts';

const STATE_PATHS: ReadonlySet<string> = new Set(Object.values(STATE_OBJECTS));
/** What file systems take for a name. */
const MAX_NAME_BYTES = 255;

export interface BucketPlace {
  readonly client: BucketClient;
  /** Without slashes around it. */
  readonly prefix: string;
}

export interface ListedPartition {
  readonly table: TableSpec;
  /** Below the prefix, such as `orders/ingest_dt=2020-03-01`. */
  readonly place: string;
  readonly folder: string;
  /** Parts, manifest and marker, by name. */
  readonly files: ReadonlyMap<string, ObjectInfo>;
}

export interface BucketListing {
  /** In order of table and value. */
  readonly partitions: readonly ListedPartition[];
  /** By path below the prefix, in order. */
  readonly strangers: ReadonlyMap<string, ObjectInfo>;
  readonly lakeFile: ObjectInfo | undefined;
  /** All of them, state included. */
  readonly objects: number;
}

export async function listBucketLake(bucket: BucketPlace, layout: Layout = lakeLayout()): Promise<BucketListing> {
  const rootLength = bucket.prefix.length + 1;
  const partitions = new Map<string, ListedPartition & { files: Map<string, ObjectInfo> }>();
  const strangers = new Map<string, ObjectInfo>();
  let lakeFile: ObjectInfo | undefined;
  const objects = await listAll(bucket, layout);
  for (const info of objects) {
    const path = info.name.slice(rootLength);
    if (path === STATE_OBJECTS.lake) lakeFile = info;
    if (STATE_PATHS.has(path)) continue;
    const [tableName = '', folder = '', name = '', ...deeper] = path.split('/');
    const table = tableIn(layout, tableName);
    if (table === undefined || !folder.startsWith(`${table.partitionKey}=`) || !isFileName(folder)) {
      // An object whose name is the prefix and a slash: what consoles show as an empty folder.
      strangers.set(path || './', info);
      continue;
    }
    const place = `${tableName}/${folder}`;
    const partition = partitions.get(place) ?? { table, place, folder, files: new Map<string, ObjectInfo>() };
    partitions.set(place, partition);
    if (deeper.length === 0 && isPartitionFile(name)) partition.files.set(name, info);
    else strangers.set(path, info);
  }
  return { partitions: sortedValues(partitions), strangers: new Map(sortedEntries(strangers)), lakeFile, objects: objects.length };
}

/** The tables side by side, and what lies before, between and behind them: a listing is read page after page. */
async function listAll({ client, prefix }: BucketPlace, layout: Layout): Promise<ObjectInfo[]> {
  const folders = layout.tables.map((table) => `${prefix}/${layout.folderOf(table)}/`).toSorted();
  const gaps = [undefined, ...folders].map((before, index) => ({
    // '0' follows '/': the first name after everything in the folder.
    ...(before === undefined ? {} : { from: `${before.slice(0, -1)}0` }),
    ...(folders[index] === undefined ? {} : { to: folders[index] }),
  }));
  const objects: ObjectInfo[] = [];
  const collect = async (list: AsyncIterable<ObjectInfo>): Promise<void> => {
    for await (const info of list) objects.push(info);
  };
  await Promise.all([
    ...folders.map((folder) => collect(client.list(folder))),
    ...gaps.map((gap) => collect(client.list(`${prefix}/`, gap))),
  ]);
  return objects;
}

function isPartitionFile(name: string): boolean {
  return name === MANIFEST_NAME || name === SUCCESS_NAME || (name.endsWith('.parquet') && isFileName(name));
}

/** An object may be called what no file can be; neither is anything of a lake. */
function isFileName(name: string): boolean {
  return Buffer.byteLength(name) <= MAX_NAME_BYTES && !/[\\\p{Cc}]/u.test(name);
}

function sortedEntries<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function sortedValues<T>(map: ReadonlyMap<string, T>): T[] {
  return sortedEntries(map).map(([, value]) => value);
}
