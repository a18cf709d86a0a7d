// Whole runs as the commands make them: lake direct, lake by way of CSVs, CSVs to lake.

import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { backlogBear, exportRaw } from '../src/pipeline/index.ts';
import type { Effects, LakeSummary } from '../src/events.ts';
import { formatDay } from '../src/lib/days.ts';
import { RUN_FILE } from '../src/csv/run-file.ts';
import { TRANSACTION_TABLES } from '../src/tables/index.ts';
import { Stopwatch, type Measurement } from './measure.ts';
import { BATCH_ID, csvsOf, makeScratch, settingsFor, silent, type Workload } from './workspace.ts';

/**
 * Two runs of `backlog-bear`. The first builds lookups, plan, dimensions and the day before the window; the second resumes and
 * makes the window. Its chunks alone are the rows per second; with the first run they are the whole.
 */
export async function measureBacklog(workload: Workload, workers: number, direct: boolean): Promise<Measurement> {
  const { firstDay, days } = workload;
  const folder = makeScratch(workload);
  const run = (lastDay: number, fx: Effects): Promise<LakeSummary> => {
    const flags = {
      'artifact-root': join(folder, 'artifacts'),
      'target-root': join(folder, 'raw'),
      'start-date': formatDay(firstDay - 1),
      'end-date': formatDay(lastDay),
      workers: String(workers),
      direct,
    };
    return backlogBear(settingsFor(workload, flags), fx);
  };
  const before = new Stopwatch();
  before.start();
  await run(firstDay - 1, silent);
  before.stop();

  const chunks = new Stopwatch();
  let rows = 0;
  let bytes = 0;
  let isPlanning = false;
  await run(firstDay + days - 1, {
    ...silent,
    emit: (event) => {
      if (event.type === 'phase') {
        isPlanning = event.name.startsWith('planning');
        if (event.name === 'adding up') chunks.stop();
      } else if (event.type === 'chunk') {
        rows += event.rows;
        bytes += event.bytes;
      }
    },
    // The first look at the clock after planning is the start of the first chunk.
    clock: () => {
      if (isPlanning) chunks.start();
      isPlanning = false;
      return new Date();
    },
  });
  return { ...chunks.measurement(rows), bytes, wholeSeconds: before.wallSeconds + chunks.wallSeconds };
}

/** `export-raw` of the CSVs of all six tables; without the run's index it reads them as another program's. */
export async function measureExport(workload: Workload, workers: number, withIndex: boolean): Promise<Measurement> {
  const folder = makeScratch(workload);
  const source = join(folder, 'csv');
  mkdirSync(source);
  for (const name of readdirSync(csvsOf(workload))) {
    if (withIndex || name !== RUN_FILE) symlinkSync(join(csvsOf(workload), name), join(source, name));
  }
  const flags = { 'artifact-root': join(folder, 'artifacts'), 'target-root': join(folder, 'raw'), workers: String(workers) };
  const request = { source, dates: undefined, tables: TRANSACTION_TABLES, batchId: BATCH_ID, targetSizeMb: 96, lookupsFrom: undefined };
  const watch = new Stopwatch();
  watch.start();
  const { tables } = await exportRaw({ ...settingsFor(workload, flags), ...request }, silent);
  watch.stop();
  const sum = (of: 'rows' | 'bytes') => tables.reduce((total, table) => total + table[of], 0);
  return { ...watch.measurement(sum('rows')), bytes: sum('bytes') };
}
