// What a person can set for a run: one table from which flags, variables and their documentation follow.

import { MESSINESS_LEVELS } from './mess-levels.ts';

/** What a person can set, as text or switch. `flag` and `variable` name the same thing. */
export interface SettingSpec {
  readonly name: string;
  readonly flag: string;
  readonly variable?: string;
  readonly kind: 'text' | 'switch';
  /** As shown to people; the value itself is worked out in `resolveSettings`. */
  readonly default: string;
  readonly describe: string;
}

export const SETTINGS = [
  {
    name: 'configPath',
    flag: 'config',
    variable: 'CONFIG_PATH',
    kind: 'text',
    default: 'gen_config/ecom_sales_gen_quick.yaml',
    describe: 'Generator YAML',
  },
  {
    name: 'artifactRoot',
    flag: 'artifact-root',
    variable: 'ARTIFACT_ROOT',
    kind: 'text',
    default: 'artifacts',
    describe: 'Folder of lookups, CSVs and state',
  },
  { name: 'targetRoot', flag: 'target-root', variable: 'TARGET_ROOT', kind: 'text', default: 'output/raw', describe: 'Folder of the lake' },
  {
    name: 'truthRoot',
    flag: 'truth-root',
    variable: 'TRUTH_ROOT',
    kind: 'text',
    default: '`truth` beside a lake called `raw`, else `<lake>.truth`',
    describe: 'Folder of the answer key',
  },
  {
    name: 'bucket',
    flag: 'bucket',
    variable: 'BUCKET',
    kind: 'text',
    default: 'none: the lake stays local',
    describe: 'Bucket to publish to',
  },
  {
    name: 'prefix',
    flag: 'prefix',
    variable: 'PREFIX',
    kind: 'text',
    default: 'ecom/raw',
    describe: 'Path prefix in the bucket and in source_file',
  },
  {
    name: 'publishTruth',
    flag: 'publish-truth',
    variable: 'PUBLISH_TRUTH',
    kind: 'switch',
    default: 'false',
    describe: 'Publish the answer key too, under a prefix of its own',
  },
  {
    name: 'truthPrefix',
    flag: 'truth-prefix',
    variable: 'TRUTH_PREFIX',
    kind: 'text',
    default: '`truth` beside a prefix that ends in `raw`, else `<prefix>.truth`',
    describe: 'Path prefix of the answer key in the bucket',
  },
  {
    name: 'uploadConcurrency',
    flag: 'upload-concurrency',
    variable: 'UPLOAD_CONCURRENCY',
    kind: 'text',
    default: '32',
    describe: 'Objects on their way to the bucket at once',
  },
  {
    name: 'maxStagedChunks',
    flag: 'max-staged-chunks',
    variable: 'MAX_STAGED_CHUNKS',
    kind: 'text',
    default: '2',
    describe: 'Chunks on local disk at once: one is made while another is uploaded',
  },
  {
    name: 'storageEndpoint',
    flag: 'storage-endpoint',
    variable: 'STORAGE_EMULATOR_HOST',
    kind: 'text',
    default: "Google's",
    describe: 'Another Cloud Storage server, such as http://localhost:4443',
  },
  {
    name: 'requestTimeoutSeconds',
    flag: 'request-timeout',
    variable: 'REQUEST_TIMEOUT',
    kind: 'text',
    default: '60',
    describe: 'Seconds until an answer of the bucket counts as lost',
  },
  {
    name: 'retryBudgetSeconds',
    flag: 'retry-budget',
    variable: 'RETRY_BUDGET',
    kind: 'text',
    default: '300',
    describe: 'Seconds to keep trying a request that fails',
  },
  {
    name: 'messinessLevel',
    flag: 'messiness-level',
    variable: 'MESSINESS_LEVEL',
    kind: 'text',
    default: 'medium_mess',
    describe: `How dirty: ${MESSINESS_LEVELS.join(', ')}`,
  },
  {
    name: 'startDate',
    flag: 'start-date',
    variable: 'START_DATE',
    kind: 'text',
    default: '2020-01-01',
    describe: 'First day; IDs begin here',
  },
  { name: 'endDate', flag: 'end-date', variable: 'END_DATE', kind: 'text', default: '2026-01-08', describe: 'Last day' },
  { name: 'chunkSize', flag: 'chunk-size', variable: 'CHUNK_SIZE', kind: 'text', default: '30', describe: 'Days between checkpoints' },
  {
    name: 'idStateFile',
    flag: 'id-state-file',
    variable: 'ID_STATE_FILE',
    kind: 'text',
    default: 'artifacts/.id_state.json',
    describe: 'Last number of every ID sequence',
  },
  {
    name: 'checkpointFile',
    flag: 'checkpoint-file',
    variable: 'CHECKPOINT_FILE',
    kind: 'text',
    default: 'artifacts/.backlog_checkpoint',
    describe: 'Last completed date',
  },
  {
    name: 'postExportHook',
    flag: 'post-export-hook',
    variable: 'POST_EXPORT_HOOK',
    kind: 'text',
    default: 'none',
    describe: 'Module whose default export is called after each partition',
  },
  { name: 'seed', flag: 'seed', variable: 'SEED', kind: 'text', default: "the config's faker_seed, 42", describe: 'Master seed' },
  {
    name: 'scale',
    flag: 'scale',
    variable: 'SCALE',
    kind: 'text',
    default: '1',
    describe: 'Share of the customers and carts; 0.01 = a hundredth',
  },
  { name: 'workers', flag: 'workers', variable: 'WORKERS', kind: 'text', default: 'number of cores', describe: 'Worker threads' },
  {
    name: 'direct',
    flag: 'direct',
    variable: 'DIRECT',
    kind: 'switch',
    default: 'false',
    describe: 'Skip the CSV files; the lake is the same',
  },
  { name: 'keepCsv', flag: 'keep-csv', variable: 'KEEP_CSV', kind: 'switch', default: 'false', describe: "Keep each chunk's CSVs" },
  {
    name: 'sourcePrefix',
    flag: 'source-prefix',
    variable: 'SOURCE_PREFIX',
    kind: 'text',
    default: 'the prefix',
    describe: 'What source_file begins with',
  },
  {
    name: 'ingestionClock',
    flag: 'ingestion-clock',
    variable: 'INGESTION_CLOCK',
    kind: 'text',
    default: 'logical',
    describe: 'logical: 02:00 UTC on the next day; wall: real time',
  },
] as const satisfies readonly SettingSpec[];

export type SettingName = (typeof SETTINGS)[number]['name'];
