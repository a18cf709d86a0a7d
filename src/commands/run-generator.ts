// `run-generator`: one window of CSVs.

import { resolve } from 'node:path';
import { parseDay } from '../lib/days.ts';
import { EXIT, UserError } from '../lib/errors.ts';
import { formatDuration } from '../lib/numbers.ts';
import { defineCommand, JSON_OPTION, setting } from './command.ts';
import { describeCsvTotals, toJson } from './describe-totals.ts';
import { resolveRun } from './resolve-run.ts';

export const runGenerator = defineCommand({
  name: 'run-generator',
  describe: 'Write one window of CSVs, one file a table',
  details:
    "With --id-state-file: the next window after that state, which moves on. Without: any window, with the IDs it has in the whole lake, which begins on the config's horizon.start_date.",
  examples: [
    ['run-generator --start-date 2020-03-01 --end-date 2020-03-31', 'a month, with the IDs of the whole lake'],
    ['run-generator --id-state-file artifacts/.id_state.json', 'the next chunk after the state'],
    ['run-generator --start-date 2020-01-01 --end-date 2020-01-07 --messiness-level none', 'a clean week'],
  ],
  options: {
    'artifact-root': setting('artifactRoot'),
    'messiness-level': setting('messinessLevel'),
    'load-lookups-from': {
      describe: 'Folder of the static lookups',
      kind: 'text',
      value: 'path',
      default: 'static_lookups in ARTIFACT_ROOT',
    },
    'id-state-file': { ...setting('idStateFile'), default: 'none: any window' },
    'start-date': {
      ...setting('startDate'),
      describe: 'First day of the window',
      default: 'the next day of the state, or the first of the horizon',
    },
    'end-date': {
      ...setting('endDate'),
      describe: 'Last day of the window',
      default: 'CHUNK_SIZE days with a state, else the last of the horizon',
    },
    workers: setting('workers'),
    json: JSON_OPTION,
  },
  async handler({ flags, print, environment, ...context }) {
    const { 'start-date': startFlag, 'end-date': endFlag, ...settings } = flags;
    const { START_DATE: startVariable, END_DATE: endVariable, ...rest } = environment;
    const first = givenDay(startFlag, '--start-date') ?? givenDay(startVariable, 'START_DATE');
    const last = givenDay(endFlag, '--end-date') ?? givenDay(endVariable, 'END_DATE');
    if (first !== undefined && last !== undefined && first > last) {
      throw new UserError('the first day of the window comes after the last', { hint: 'Swap --start-date and --end-date.' });
    }
    const run = resolveRun({ ...context, environment: rest }, settings);
    const pipeline = await import('../pipeline/index.ts');
    const summary = await pipeline.runGenerator(
      {
        ...run,
        lookupsFolder: flags['load-lookups-from'],
        useState: Boolean(flags['id-state-file'] ?? environment['ID_STATE_FILE']),
        window: { ...(first === undefined ? {} : { first }), ...(last === undefined ? {} : { last }) },
      },
      context.fx,
    );
    const { tables, folder, elapsedMs } = summary;
    print(
      flags.json === true
        ? toJson(summary)
        : `${describeCsvTotals(tables)}\n\nDone in ${formatDuration(elapsedMs)}.\nCSVs:  ${resolve(folder)} (${summary.start} to ${summary.end})`,
    );
    return EXIT.ok;
  },
});

function givenDay(text: string | undefined, source: string): number | undefined {
  return text === undefined || text === '' ? undefined : parseDay(text, source);
}
