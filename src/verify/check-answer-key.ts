// The answer key held against its manifests, `lake.json` and the lake: with `deep`, every defect against the cell it names.

import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Effects } from '../events.ts';
import { describeFsError, errorCode } from '../lib/files.ts';
import { formatCounted } from '../lib/numbers.ts';
import { DEFECTS } from '../tables/defects.ts';
import type { FileColumn } from '../tables/file-schema.ts';
import { TRANSACTION_TABLES, type TransactionTable } from '../tables/index.ts';
import { messRates } from './deep/mess-rates.ts';
import { Duck, readParquet } from './deep/duck.ts';
import { judgedDefects } from './deep/key-cells.ts';
import type { ExpectedLake } from './expected-lake.ts';
import { stopped, type LakeFiles } from './lake-files.ts';
import { ANSWER_KEY } from './layout.ts';
import { readLake } from './read-lake.ts';
import { reportCheck, skipped, type CheckName, type CheckReport, type Fault } from './report.ts';
import { STRUCTURE_CHECKS } from './structure-checks.ts';

export interface AnswerKeyRequest {
  /** Such as `output/truth`; need not be there. */
  readonly truthRoot: string;
  readonly lake: LakeFiles;
  readonly expected: ExpectedLake;
  /** Reads every row of the key too; the lake must be sound. */
  readonly deep: boolean;
}

const NAME = (name: string): string => `key: ${name}`;
const VALUES: CheckName = { name: NAME('values'), description: 'every defect of the answer key is the cell of the lake that it names' };
export const KEY: CheckName = { name: NAME('partitions'), description: 'the answer key has a partition for each of the lake' };

/** What the lake's sequences count has no counterpart in the key. */
const CHECKS = STRUCTURE_CHECKS.filter(({ name }) => name !== 'row counts');

/** Partitions joined at once: some million defects. */
const WINDOW_DAYS = 60;

/** Throws a UserError (exit 3) when interrupted. */
export async function checkAnswerKey({ truthRoot, lake, expected, deep }: AnswerKeyRequest, fx: Effects): Promise<CheckReport[]> {
  const root = resolve(truthRoot, DEFECTS);
  const isThere = await stat(root).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw describeFsError(error, root);
    },
  );
  if (messRates(expected) === undefined) return [checkNoKey(root, isThere)];
  if (!isThere) return [reportCheck(KEY, skipped(`there is no ${root}`))];
  fx.emit({ type: 'phase', name: 'reading the answer key' });
  const key = await readLake(root, fx.signal, ANSWER_KEY);
  const checks = checkKeyFiles(key, expected);
  if (!deep) return checks;
  const isSound = checks.every(({ ok }) => ok);
  return [
    ...checks,
    isSound ? await checkValues(lake, key, fx) : reportCheck(VALUES, skipped('first put right what is wrong with its files')),
  ];
}

/** Of a lake without mess, which must have none. */
export function checkNoKey(root: string, isThere: boolean): CheckReport {
  const faults = isThere ? [{ place: root, message: 'is an answer key, and nothing was planted in this lake' }] : [];
  return reportCheck(KEY, { faults, ...(isThere ? {} : { detail: 'nothing was planted' }) });
}

export function checkKeyFiles(key: LakeFiles, expected: ExpectedLake): CheckReport[] {
  const input = { lake: key, expected, tables: TRANSACTION_TABLES };
  return CHECKS.map((check) =>
    reportCheck({ ...check, name: NAME(check.name), description: `answer key: ${check.description}` }, check.run(input)),
  );
}

async function checkValues(lake: LakeFiles, key: LakeFiles, fx: Effects): Promise<CheckReport> {
  const faults: Fault[] = [];
  let defects = 0;
  const duck = await Duck.open();
  const onAbort = (): void => duck.interrupt();
  fx.signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (const table of TRANSACTION_TABLES) {
      fx.emit({ type: 'phase', name: `comparing the answer key of ${table}` });
      for (const { window, columns } of windowsOf(table, lake, key)) {
        if (fx.signal.aborted) throw stopped();
        const parts = (root: string, folder: string): string => readParquet(window.map((date) => join(root, folder, date, '*.parquet')));
        const folder = ANSWER_KEY.folderOf(table);
        const rows = await duck.rows(judgedDefects(table, columns, parts(key.root, folder), parts(lake.root, table)));
        for (const row of rows) {
          defects += row['defects'] as number;
          faults.push(...describeRow(`${folder}/${row['partition']}`, row));
        }
      }
    }
  } catch (error) {
    throw fx.signal.aborted ? stopped() : error;
  } finally {
    fx.signal.removeEventListener('abort', onAbort);
    await duck.close();
  }
  return reportCheck(VALUES, { faults, detail: formatCounted(defects, 'defect') });
}

/** Folders of partitions whose files in the lake have the same columns. */
function* windowsOf(
  table: TransactionTable,
  lake: LakeFiles,
  key: LakeFiles,
): Iterable<{ window: string[]; columns: readonly FileColumn[] }> {
  const own = key.partitions.filter((partition) => partition.table.name === table);
  for (const partitions of Map.groupBy(own, ({ value }) => lake.layout.schemaOf(table, value).version).values()) {
    const { columns } = lake.layout.schemaOf(table, partitions[0]!.value);
    for (let from = 0; from < partitions.length; from += WINDOW_DAYS)
      yield { window: partitions.slice(from, from + WINDOW_DAYS).map(({ folder }) => folder), columns };
  }
}

function* describeRow(place: string, row: Record<string, unknown>): Iterable<Fault> {
  const says = {
    rowless: 'of a row that the partition does not have',
    untrue: 'whose dirty value is not what the lake has, or is the clean one',
    doubled: 'of a cell that is listed already',
  };
  for (const [name, message] of Object.entries(says)) {
    const count = row[name] as number;
    if (count > 0) yield { place, message: `${formatCounted(count, 'defect')} ${message}` };
  }
}
