// `backlog-bear`: the whole lake, chunk by chunk, from wherever the last run ended.

import { EXIT } from '../lib/errors.ts';
import { defineCommand, JSON_OPTION, setting } from './command.ts';
import { describeLake, toJson } from './describe-totals.ts';
import { resolveRun } from './resolve-run.ts';
import { describeListing } from './upload-raw.ts';
import { BUCKET_OPTIONS, PUBLISH_TRUTH_OPTIONS } from './upload-options.ts';

export const backlogBear = defineCommand({
  name: 'backlog-bear',
  describe: 'Fill the lake with the whole backlog; run again, it carries on',
  details:
    'It goes from checkpoint to checkpoint: an interruption costs one chunk at most. With a bucket each chunk is published and confirmed before its checkpoint, then taken off the local disk.',
  examples: [
    ['backlog-bear', 'six years, 2020-01-01 to 2026-01-08'],
    ['backlog-bear --dry-run', 'how much that would be'],
    ['backlog-bear --end-date 2020-02-29 --scale 0.01', 'two small months'],
    ['backlog-bear --direct --workers 4', 'without CSV files, on four cores'],
    ['backlog-bear --bucket my-lake', 'published to gs://my-lake/ecom/raw, chunk by chunk'],
    ['backlog-bear --bucket my-lake --publish-truth', 'the answer key too, to gs://my-lake/ecom/truth'],
  ],
  options: {
    'artifact-root': setting('artifactRoot'),
    'target-root': setting('targetRoot'),
    'truth-root': setting('truthRoot'),
    ...BUCKET_OPTIONS,
    ...PUBLISH_TRUTH_OPTIONS,
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
    'upload-concurrency': setting('uploadConcurrency'),
    'max-staged-chunks': setting('maxStagedChunks'),
    'dry-run': { describe: 'Write nothing; print what would be made', kind: 'switch' },
    'dry-run-upload': { describe: 'Make the lake locally; only list what would be uploaded', kind: 'switch' },
    json: JSON_OPTION,
  },
  async handler({ flags, print, ...context }) {
    const { 'dry-run': isDryRun, 'dry-run-upload': isDryRunUpload, json, ...settingFlags } = flags;
    const run = resolveRun(context, settingFlags);
    const pipeline = await import('../pipeline/index.ts');
    if (isDryRun === true) {
      const plan = await pipeline.planBacklog(run, context.fx);
      print(json === true ? toJson(plan) : describeLake(plan, run.settings));
    } else if (isDryRunUpload === true) {
      const summary = await pipeline.backlogBear({ ...run, settings: { ...run.settings, bucket: undefined } }, context.fx);
      const upload = await pipeline.listUpload({ settings: run.settings, dates: undefined, tables: undefined }, context.fx);
      print(json === true ? toJson({ ...summary, upload }) : `${describeListing(upload)}\n\n${describeLake(summary, run.settings)}`);
    } else {
      const summary = await pipeline.backlogBear(run, context.fx);
      print(json === true ? toJson(summary) : describeLake(summary, run.settings));
    }
    return EXIT.ok;
  },
});
