// The checks that need no row: partitions, files, manifests, sums, footers and counts.

import { LAKE_FILE } from '../checkpoint/lake-file.ts';
import { comesTwice } from '../config/planted-kinds.ts';
import { MOST_DAYS_LATE } from '../config/planted-values.ts';
import { formatDay, parseDay } from '../lib/days.ts';
import { formatCount, formatCounted } from '../lib/numbers.ts';
import { MANIFEST_NAME, SUCCESS_NAME, type Manifest } from '../parquet/manifest.ts';
import { MODEL_VERSION } from '../lib/version.ts';
import { schemaOfManifest, type FileSchema } from '../tables/file-schema.ts';
import { TABLE_NAMES, TABLES, type TableName } from '../tables/index.ts';
import { wrongVersions } from './check-versions.ts';
import type { ExpectedLake } from './expected-lake.ts';
import { manifestOf, type LakeFiles, type PartitionFiles } from './lake-files.ts';
import { ANSWER_KEY, type Layout } from './layout.ts';
import { skipped, type CheckName, type Fault, type Finding } from './report.ts';

export interface StructureInput {
  readonly lake: LakeFiles;
  /** Undefined: there is no `lake.json`. */
  readonly expected: ExpectedLake | undefined;
  /** Tables to look at. */
  readonly tables: readonly TableName[];
}

export interface StructureCheck extends CheckName {
  run(input: StructureInput): Finding;
}

const NOT_READ = 'the parts were not read';
const NO_LAKE_FILE = skipped(`there is no ${LAKE_FILE}`);
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** In the order they are reported. */
export const STRUCTURE_CHECKS: readonly StructureCheck[] = [
  { name: 'partitions', description: 'every partition that lake.json promises is there, and no other', run: checkPartitions },
  {
    name: 'files',
    description: 'a partition has the parts its manifest lists, the manifest, an empty marker, and nothing else',
    run: checkFiles,
  },
  { name: 'manifests', description: 'manifests are valid and say what their folder, the contract and lake.json say', run: checkManifests },
  { name: 'sums', description: 'size, SHA-256 and CRC32C of every part are those of its manifest', run: checkSums },
  { name: 'footers', description: 'row count, column names and types in every part are those of manifest and contract', run: checkFooters },
  {
    name: 'event dates',
    description: "min and max event date are the partition's date, or null without rows or dates",
    run: checkEventDates,
  },
  { name: 'row counts', description: 'rows of every table and the last IDs are those of lake.json', run: checkRowCounts },
];

function checkPartitions(input: StructureInput): Finding {
  return input.expected === undefined
    ? NO_LAKE_FILE
    : { faults: [...unexpectedPartitions(input, input.expected), ...missingPartitions(input, input.expected)] };
}

function unexpectedPartitions({ lake, tables }: StructureInput, { tables: wanted, file }: ExpectedLake): Fault[] {
  const allowed = Object.fromEntries(tables.map((table) => [table, new Set(wanted[table].values)]));
  return chosen(lake, tables)
    .filter(({ table, value }) => allowed[table.name]?.has(value) !== true)
    .map(({ table, place, value }) => ({
      place,
      message:
        table.partitionKey === 'ingest_dt' && value > file.end_date
          ? `lies beyond the lake's last date ${file.end_date}: the next run of backlog-bear puts it right`
          : 'is no partition of this lake',
    }));
}

/** What `lake.json` promises and is not there. */
export function missingPartitions({ lake, tables }: StructureInput, expected: ExpectedLake): Fault[] {
  return tables.flatMap((table): Fault[] => {
    const { values, partitions } = expected.tables[table];
    const found = new Set(lake.partitions.filter((partition) => partition.table.name === table).map(({ value }) => value));
    if (partitions === values.length) {
      return values
        .filter((value) => !found.has(value))
        .map((value) => ({ place: `${lake.layout.folderOf(table)}/${TABLES[table].partitionKey}=${value}`, message: 'is missing' }));
    }
    if (found.size === partitions) return [];
    return [{ place: table, message: `has ${formatCounted(found.size, 'partition')}, ${LAKE_FILE} says ${formatCount(partitions)}` }];
  });
}

function checkFiles({ lake, tables }: StructureInput): Finding {
  const faults: Fault[] = lake.strangers.map((place) => ({ place, message: 'does not belong to the lake' }));
  for (const partition of chosen(lake, tables)) {
    const { place, markerBytes, parts } = partition;
    if (markerBytes === undefined) faults.push({ place: `${place}/${SUCCESS_NAME}`, message: 'is missing' });
    else if (markerBytes > 0)
      faults.push({ place: `${place}/${SUCCESS_NAME}`, message: `has ${formatCounted(markerBytes, 'byte')}, and must be empty` });
    const manifest = manifestOf(partition);
    if (manifest === undefined) continue;
    const listed = new Set(manifest.files.map(({ path }) => path));
    for (const name of listed) if (!parts.has(name)) faults.push({ place: `${place}/${name}`, message: 'is missing' });
    for (const name of parts.keys()) if (!listed.has(name)) faults.push({ place: `${place}/${name}`, message: 'is not in the manifest' });
  }
  return { faults };
}

function checkManifests({ lake, expected, tables }: StructureInput): Finding {
  const faults: Fault[] = [];
  const batches = new Set<string>();
  for (const partition of chosen(lake, tables)) {
    const place = `${partition.place}/${MANIFEST_NAME}`;
    if ('problem' in partition.manifest) {
      faults.push({ place, message: partition.manifest.problem });
      continue;
    }
    batches.add(partition.manifest.batch_id);
    for (const message of contradictions(lake.layout, partition, partition.manifest, expected)) faults.push({ place, message });
  }
  return {
    faults,
    ...(expected === undefined
      ? { detail: `there is no ${LAKE_FILE} to compare with; ${formatCounted(batches.size, 'batch', 'batches')}` }
      : {}),
  };
}

function* contradictions(
  layout: Layout,
  { table, folder, value }: PartitionFiles,
  manifest: Manifest,
  expected: ExpectedLake | undefined,
): Iterable<string> {
  const compare = function* (key: string, found: string | number, wanted: string | number | undefined): Iterable<string> {
    if (wanted !== undefined && found !== wanted) yield `${key} is ${found}, and should be ${wanted}`;
  };
  const named = layout.named(table.name, folder);
  yield* compare('table', manifest.table, named.table);
  yield* compare('partition', manifest.partition, named.partition);
  yield* compare('generator_version', manifest.generator_version, expected?.file.made_with.model_version ?? MODEL_VERSION);
  yield* compare('batch_id', manifest.batch_id, expected?.file.batch_id);
  yield* compare(
    'created_at',
    manifest.created_at,
    table.partitionKey === 'category' || DATE.test(value) ? expected?.ingestionTs(table.name, value) : undefined,
  );
  const columns = (list: readonly { name: string; type: string }[]): string => list.map(({ name, type }) => `${name} ${type}`).join(', ');
  if (expected !== undefined) yield* wrongVersions(manifest, expected.schemas(table.name, value), layout === ANSWER_KEY);
  yield* compare('columns', columns(manifest.columns), columns(schemaOf(layout, { table, value, manifest }, expected).columns));
  const names = manifest.files.map(({ path }) => path).join(', ');
  yield* compare('files', names, manifest.files.map((_, index) => `part-${String(index).padStart(4, '0')}.parquet`).join(', '));
}

/** Without `lake.json` only a manifest tells whether numbers are text on purpose. */
function schemaOf(
  layout: Layout,
  { table, value, manifest }: Pick<PartitionFiles, 'table' | 'value' | 'manifest'>,
  expected: ExpectedLake | undefined,
): FileSchema {
  if (expected !== undefined || 'problem' in manifest) return layout.schemaOf(table.name, value);
  return schemaOfManifest(table, manifest.columns, manifest.table_schema_version);
}

function checkSums({ lake, tables }: StructureInput): Finding {
  const faults: Fault[] = [];
  let bytes = 0;
  for (const partition of chosen(lake, tables)) {
    for (const { path, ...listed } of manifestOf(partition)?.files ?? []) {
      const part = partition.parts.get(path);
      if (part === undefined) continue;
      bytes += part.bytes;
      const place = `${partition.place}/${path}`;
      if (part.bytes !== listed.bytes) {
        faults.push({ place, message: `has ${formatCounted(part.bytes, 'byte')}, the manifest says ${formatCount(listed.bytes)}` });
      } else if (part.content !== undefined && part.content.sha256 !== listed.sha256) {
        faults.push({ place, message: `its SHA-256 is ${part.content.sha256}, the manifest says ${listed.sha256}` });
      } else if (part.crc32c !== listed.crc32c) {
        faults.push({ place, message: `its CRC32C is ${part.crc32c}, the manifest says ${listed.crc32c}` });
      }
    }
  }
  return { faults, detail: `${formatCount(bytes)} bytes${lake.isRead ? '' : `; size and CRC32C only: ${NOT_READ}`}` };
}

function checkFooters({ lake, expected, tables }: StructureInput): Finding {
  if (!lake.isRead) return skipped(NOT_READ);
  const faults: Fault[] = [];
  for (const partition of chosen(lake, tables)) {
    const manifest = manifestOf(partition);
    // Whether columns that are not in the contract may be null is known by the config alone.
    const isDescribed = expected === undefined && manifest?.table_schema_version !== undefined;
    const describe = (columns: Parameters<typeof describeColumns>[0]): string[] =>
      describeColumns(isDescribed ? columns.map((column) => ({ ...column, nullable: false })) : columns);
    const wanted = describe(schemaOf(lake.layout, partition, expected).columns);
    for (const { name, content } of partition.parts.values()) {
      if (content === undefined) continue;
      const { footer } = content;
      const place = `${partition.place}/${name}`;
      if ('problem' in footer) {
        faults.push({ place, message: `cannot be read: ${footer.problem}` });
        continue;
      }
      const listed = manifest?.files.find(({ path }) => path === name);
      if (listed !== undefined && footer.rows !== listed.rows) {
        faults.push({ place, message: `has ${formatCounted(footer.rows, 'row')}, the manifest says ${formatCount(listed.rows)}` });
      }
      const difference = firstDifference(describe(footer.columns), wanted);
      if (difference !== undefined) faults.push({ place, message: difference });
    }
  }
  return { faults };
}

function describeColumns(columns: readonly { name: string; type: string | undefined; nullable: boolean }[]): string[] {
  return columns.map(({ name, type, nullable }) => `${name} ${type ?? 'of another type'}${nullable ? '?' : ''}`);
}

function firstDifference(found: readonly string[], wanted: readonly string[]): string | undefined {
  const index = Array.from({ length: Math.max(found.length, wanted.length) }, (_, i) => i).find((i) => found[i] !== wanted[i]);
  if (index === undefined) return undefined;
  return `column ${index + 1} is ${found[index] ?? 'missing'}, and ${wanted[index] === undefined ? 'should not be there' : `should be ${wanted[index]}`}`;
}

function checkEventDates({ lake, expected, tables }: StructureInput): Finding {
  const faults: Fault[] = [];
  // Without lake.json nothing says whether rows may be late.
  const daysLate = expected === undefined ? MOST_DAYS_LATE : expected.lastDay - expected.settledDay;
  for (const partition of chosen(lake, tables)) {
    const manifest = manifestOf(partition);
    if (manifest === undefined) continue;
    const wanted = manifest.total_rows > 0 && DATE.test(partition.value) ? partition.value : null;
    for (const key of ['min_event_dt', 'max_event_dt'] as const) {
      const found = manifest[key];
      const isLate = wanted !== null && found !== null && found < wanted && found >= formatDay(parseDay(wanted) - daysLate);
      if (found !== wanted && !isLate)
        faults.push({ place: `${partition.place}/${MANIFEST_NAME}`, message: `${key} is ${found}, and should be ${wanted}` });
    }
  }
  return { faults };
}

/** The table whose rows each sequence counts. */
const SEQUENCES = {
  last_cart_id: 'shopping_carts',
  last_cart_item_id: 'cart_items',
  last_order_id: 'orders',
  last_return_id: 'returns',
  last_return_item_id: 'return_items',
} as const;

function checkRowCounts({ lake, expected, tables }: StructureInput): Finding {
  if (expected === undefined) return NO_LAKE_FILE;
  const { messiness_level } = expected.file.made_with;
  const isLate = expected.settledDay < expected.lastDay;
  const rows = countRows(lake);
  const faults: Fault[] = [];
  for (const table of tables) {
    const wanted = expected.tables[table].rows;
    const found = rows.get(table) ?? 0;
    // How many rows came twice, only their keys tell (deliveries.ts).
    const fits = comesTwice(expected.config, messiness_level, table) ? found >= wanted : found === wanted;
    if (!fits) faults.push({ place: table, message: `has ${formatCounted(found, 'row')}, ${LAKE_FILE} says ${formatCount(wanted)}` });
  }
  for (const [key, table] of Object.entries(SEQUENCES)) {
    const last = expected.file.last_ids[key as keyof typeof SEQUENCES];
    const wanted = expected.tables[table].rows;
    // An ID is given to an event; its row may not have arrived.
    if (isLate ? last < wanted : last !== wanted)
      faults.push({ place: LAKE_FILE, message: `${key} is ${formatCount(last)}, but it has ${formatCounted(wanted, 'row')} of ${table}` });
  }
  return { faults };
}

/** Rows of each table, by its manifests. */
function countRows(lake: LakeFiles): Map<TableName, number> {
  const rows = new Map<TableName, number>(TABLE_NAMES.map((table) => [table, 0]));
  for (const partition of lake.partitions) {
    const { name } = partition.table;
    rows.set(name, rows.get(name)! + (manifestOf(partition)?.total_rows ?? 0));
  }
  return rows;
}

function chosen(lake: LakeFiles, tables: readonly TableName[]): PartitionFiles[] {
  return lake.partitions.filter(({ table }) => tables.includes(table.name));
}
