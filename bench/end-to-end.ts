// Whole runs as the commands make them: lake direct, lake by way of CSVs, CSVs to lake.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backlogBear, exportRaw } from '../src/pipeline/index.ts';
import type { Effects, LakeSummary } from '../src/events.ts';
import { formatDay } from '../src/lib/days.ts';
import { RUN_FILE } from '../src/csv/run-file.ts';
import { TRANSACTION_TABLES } from '../src/tables/index.ts';
import { peakBytes, Stopwatch, type Measurement } from './measure.ts';
import { csvsOf, settingsFor, silent, withScratch, type Workload } from './workspace.ts';

/**
 * Two runs of `backlog-bear`. The first builds lookups, dimensions and the day before the window, the second is resumed and
 * makes the window: its chunks alone are the rows per second, both runs together the whole.
 */
export function measureBacklog(workload: Workload, workers: number, direct: boolean): Promise<Measurement> {
  const { firstDay, days } = workload;
  return withScratch(workload, async (folder) => {
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
    const whole = new Stopwatch();
    whole.start();
    await run(firstDay - 1, silent);
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
    whole.stop();
    return { ...chunks.measurement(rows), bytes, wholeSeconds: whole.wallSeconds };
  });
}

/** `export-raw` of the CSVs of all six tables; without the run's index it reads them as another program's. */
export function measureExport(workload: Workload, workers: number, withIndex: boolean): Promise<Measurement> {
  return withScratch(workload, async (folder) => {
    const source = join(folder, 'csv');
    cpSync(csvsOf(workload), source, { recursive: true });
    if (!withIndex) rmSync(join(source, RUN_FILE));
    const flags = { 'artifact-root': join(folder, 'artifacts'), 'target-root': join(folder, 'raw'), workers: String(workers) };
    const watch = new Stopwatch();
    watch.start();
    const summary = await exportRaw(
      {
        ...settingsFor(workload, flags),
        source,
        dates: undefined,
        tables: TRANSACTION_TABLES,
        batchId: 'backlog-0123456789ab',
        targetSizeMb: 96,
        lookupsFrom: undefined,
      },
      silent,
    );
    watch.stop();
    const sum = (of: 'rows' | 'bytes') => summary.tables.reduce((total, table) => total + table[of], 0);
    return { ...watch.measurement(sum('rows')), bytes: sum('bytes'), peakBytes: peakBytes() };
  });
}
