// `export-raw`: any folder of CSVs with the contract's columns to partitioned Parquet.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LAKE_FILE } from '../checkpoint/lake-file.ts';
import { EXIT, UserError } from '../lib/errors.ts';
import { defineCommand, JSON_OPTION, setting } from './command.ts';
import { DATE_OPTIONS, selectDates } from './date-selection.ts';
import { describeLake, toJson } from './describe-totals.ts';
import { resolveRun } from './resolve-run.ts';
import { tableName } from './table-name.ts';

export const exportRaw = defineCommand({
  name: 'export-raw',
  describe: 'Turn CSVs into partitioned Parquet, whoever wrote them',
  details: 'Dates: one, a range, a number of days or a list; without any, every date that is found.',
  examples: [
    ['export-raw --source artifacts/raw_run_2020-01-01_2020-01-30', 'every table and date of a run'],
    ['export-raw --source my_csvs --target lake/raw --table orders --table order_items', 'two tables'],
    ['export-raw --source my_csvs --start-date 2020-01-01 --days 7', 'a week'],
  ],
  options: {
    source: { describe: 'Folder with one CSV a table', kind: 'text', value: 'path', required: true },
    target: setting('targetRoot'),
    'target-root': { ...setting('targetRoot'), hidden: true },
    'truth-root': setting('truthRoot'),
    ...DATE_OPTIONS,
    table: { describe: 'Only this table; may be repeated', kind: 'list', value: 'name', default: 'every one that has a CSV' },
    'batch-id': { describe: 'What batch_id says', kind: 'text', value: 'id', default: "the run's, or a hash of the CSVs" },
    'target-size-mb': { describe: 'Size above which a partition is split into parts', kind: 'text', value: 'number', default: '96' },
    'source-prefix': setting('sourcePrefix'),
    'ingestion-clock': setting('ingestionClock'),
    'lookups-from': { describe: 'Folder of the dimension CSVs, to export them too', kind: 'text', value: 'path', default: 'none' },
    'post-export-hook': setting('postExportHook'),
    workers: setting('workers'),
    json: JSON_OPTION,
  },
  async handler({ flags, print, ...context }) {
    const tables = flags.table?.map(tableName);
    const dates = selectDates(flags);
    const targetSizeMb = megabytes(flags['target-size-mb'] ?? '96');
    const run = resolveRun(context, {
      'target-root': flags.target ?? flags['target-root'],
      'truth-root': flags['truth-root'],
      'source-prefix': flags['source-prefix'],
      'ingestion-clock': flags['ingestion-clock'],
      'post-export-hook': flags['post-export-hook'],
      workers: flags.workers,
    });
    const pipeline = await import('../pipeline/index.ts');
    const summary = await pipeline.exportRaw(
      {
        ...run,
        source: flags.source!,
        dates: dates === undefined ? undefined : new Set(dates),
        tables,
        batchId: flags['batch-id'],
        targetSizeMb,
        lookupsFrom: flags['lookups-from'],
      },
      context.fx,
    );
    print(
      flags.json === true
        ? toJson(summary)
        : describeLake(summary, { ...run.settings, artifactRoot: lakeAbove(flags.source!) ?? run.settings.artifactRoot }),
    );
    return EXIT.ok;
  },
});

/** A run's CSVs lie in the folder of its lake's description; undefined: there is none. */
function lakeAbove(source: string): string | undefined {
  const above = join(source, '..');
  return existsSync(join(above, LAKE_FILE)) ? above : undefined;
}

function megabytes(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 100_000) return value;
  throw new UserError(`--target-size-mb ${text}: must be a number above 0, up to 100000`);
}
