// Checks a lake: its files against their manifests and `lake.json`, and with `deep` every row against the contract.

import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LAKE_FILE } from '../checkpoint/lake-file.ts';
import type { Effects, TableTotals } from '../events.ts';
import { UserError } from '../lib/errors.ts';
import { formatCounted } from '../lib/numbers.ts';
import { partitionBytes } from '../parquet/manifest.ts';
import { lakeIdentity } from '../store/identity.ts';
import { TABLE_NAMES, type TableName } from '../tables/index.ts';
import { checkAnswerKey } from './check-answer-key.ts';
import { readExpectedLake, type ExpectedLake } from './expected-lake.ts';
import { manifestOf, type LakeFiles, type PartitionFiles } from './lake-files.ts';
import { lakeLayout } from './layout.ts';
import { readLake } from './read-lake.ts';
import { reportCheck, type CheckReport, type VerifyReport } from './report.ts';
import { missingPartitions, STRUCTURE_CHECKS, type StructureInput } from './structure-checks.ts';
import { checkRows, skipRows } from './deep/check-rows.ts';

export type { VerifyReport } from './report.ts';

/** Without these, rows are missing or cannot be trusted to be what was written, and every other check would fail for it. */
const NEEDED_FOR_ROWS: ReadonlySet<string> = new Set(['partitions', 'files', 'sums', 'footers']);

export interface VerifyRequest {
  /** The lake, such as `output/raw`. */
  readonly root: string;
  /** Folder of the answer key, which need not be there; undefined: it is not looked at. */
  readonly truthRoot?: string;
  /** Folder of `lake.json`. */
  readonly artifactRoot: string;
  /** Reads every row too. */
  readonly deep: boolean;
  /** Default: all; a deep check always reads all. */
  readonly tables?: readonly TableName[];
}

/**
 * Never throws for damage: that is in the report. Throws a UserError when there is no lake at `root` (exit 2), or when
 * interrupted (exit 3).
 */
export async function verifyLake(
  { root, truthRoot, artifactRoot, deep, tables = TABLE_NAMES }: VerifyRequest,
  fx: Effects,
): Promise<VerifyReport> {
  const started = fx.clock().getTime();
  await requireLake(root);
  const lakeFile = join(artifactRoot, LAKE_FILE);
  const expected = readExpectedLake(lakeFile);
  if (expected === undefined) {
    if (deep) {
      throw new UserError(`${lakeFile}: there is no such file, so nothing says what the rows should be`, {
        hint: 'Name the folder of the run that made the lake with --artifact-root, or leave out --deep.',
      });
    }
    fx.emit({ type: 'note', message: `there is no ${lakeFile}: only what the manifests say is checked` });
  }

  fx.emit({ type: 'phase', name: 'reading files and manifests' });
  const lake = await readLake(resolve(root), fx.signal, lakeLayout(expected?.schemas));
  if (lake.partitions.length === 0) throw noLake(root, 'has no partitions in it');
  const report = await checkLake({ lake, expected, tables, deep, started }, fx);
  if (truthRoot === undefined || expected === undefined) return report;
  const checks = [...report.checks, ...(await checkAnswerKey({ truthRoot, lake, expected, deep: deep && report.ok }, fx))];
  return { ...report, checks, ok: checks.every(({ ok }) => ok), elapsedMs: fx.clock().getTime() - started };
}

export interface CheckRequest extends StructureInput {
  /** Asks the rows too, if there is an `expected`; the lake's root must then be a folder. */
  readonly deep: boolean;
  /** By `fx.clock`, in milliseconds. */
  readonly started: number;
}

/** Puts a lake that was read to the checks. Throws a UserError (exit 3) when interrupted. */
export async function checkLake({ deep, started, ...input }: CheckRequest, fx: Effects): Promise<VerifyReport> {
  const { lake, expected } = input;
  fx.emit({ type: 'phase', name: `checking ${formatCounted(lake.partitions.length, 'partition')}` });
  const checks: CheckReport[] = STRUCTURE_CHECKS.map((check) => reportCheck(check, check.run(input)));
  if (deep && expected !== undefined) {
    const damaged = checks.filter(({ name, ok }) => !ok && NEEDED_FOR_ROWS.has(name)).map(({ name }) => name);
    checks.push(...(damaged.length === 0 ? await checkRows(lake, expected, fx) : skipRows(`first put right: ${damaged.join(', ')}`)));
  }
  return {
    root: lake.root,
    identity: lakeIdentity(lake.sums),
    complete: lake.isSummed && expected !== undefined && isComplete(input, expected),
    tables: countTables(lake),
    checks,
    ok: checks.every(({ ok }) => ok),
    elapsedMs: fx.clock().getTime() - started,
  };
}

async function requireLake(root: string): Promise<void> {
  const info = await stat(root).catch(() => undefined);
  if (info === undefined) throw noLake(root, 'does not exist');
  if (!info.isDirectory()) throw noLake(root, 'is not a folder');
}

function noLake(root: string, why: string): UserError {
  return noLakeAt(root, why, 'Make one with `npx ecomlake backlog-bear`, or name its folder with --source.');
}

/** `root` is a folder or an address. */
export function noLakeAt(root: string, why: string, hint: string): UserError {
  return new UserError(`${root}: there is no lake here: it ${why}`, { hint });
}

/** Whether nothing that should be there is missing. */
function isComplete(input: StructureInput, expected: ExpectedLake): boolean {
  const isFinished = (partition: PartitionFiles): boolean => partition.markerBytes !== undefined && manifestOf(partition) !== undefined;
  return missingPartitions(input, expected).length === 0 && input.lake.partitions.every(isFinished);
}

function countTables({ partitions }: LakeFiles): TableTotals[] {
  return TABLE_NAMES.flatMap((table) => {
    const own = partitions.filter((partition) => partition.table.name === table);
    if (own.length === 0) return [];
    const manifests = own.flatMap((partition) => manifestOf(partition) ?? []);
    const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
    return {
      table,
      rows: sum(manifests.map(({ total_rows }) => total_rows)),
      partitions: own.length,
      files: sum(own.map(({ parts }) => parts.size)),
      bytes: sum(manifests.map(partitionBytes)),
    };
  });
}
