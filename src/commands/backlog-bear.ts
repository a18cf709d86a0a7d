// `backlog-bear`: the whole lake, chunk by chunk, from wherever the last run ended.

import { EXIT, UserError } from '../lib/errors.ts';
import { defineCommand, JSON_OPTION, setting } from './command.ts';
import { describeLake, toJson } from './describe-totals.ts';
import { resolveRun } from './resolve-run.ts';

export const backlogBear = defineCommand({
  name: 'backlog-bear',
  describe: 'Fill the lake with the whole backlog; run again, it carries on',
  details: 'It goes from checkpoint to checkpoint: an interruption costs one chunk at most.',
  examples: [
    ['backlog-bear', 'six years, 2020-01-01 to 2026-01-08'],
    ['backlog-bear --dry-run', 'how much that would be'],
    ['backlog-bear --end-date 2020-02-29 --scale 0.01', 'two small months'],
    ['backlog-bear --direct --workers 4', 'without CSV files, on four cores'],
  ],
  options: {
    'artifact-root': setting('artifactRoot'),
    'target-root': setting('targetRoot'),
    bucket: { ...setting('bucket'), hidden: true },
    prefix: setting('prefix'),
    'messiness-level': setting('messinessLevel'),
    'start-date': setting('startDate'),
    'end-date': setting('endDate'),
    'chunk-size': setting('chunkSize'),
    'id-state-file': setting('idStateFile'),
    'checkpoint-file': setting('checkpointFile'),
    'post-export-hook': setting('postExportHook'),
    'source-prefix': setting('sourcePrefix'),
    'ingestion-clock': setting('ingestionClock'),
    workers: setting('workers'),
    direct: setting('direct'),
    'keep-csv': setting('keepCsv'),
    'dry-run': { describe: 'Write nothing; print what would be made', kind: 'switch' },
    json: JSON_OPTION,
  },
  async handler({ flags, print, ...context }) {
    const { 'dry-run': isDryRun, json, ...settingFlags } = flags;
    const run = resolveRun(context, settingFlags);
    if (run.settings.bucket !== undefined) {
      throw new UserError(`publishing is not in this version yet, and the bucket ${run.settings.bucket} is given`, {
        hint: 'Leave out --bucket, or unset BUCKET: the lake stays local.',
      });
    }
    const pipeline = await import('../pipeline/index.ts');
    const summary = isDryRun === true ? await pipeline.planBacklog(run, context.fx) : await pipeline.backlogBear(run, context.fx);
    print(json === true ? toJson(summary) : describeLake(summary, run.settings));
    return EXIT.ok;
  },
});
