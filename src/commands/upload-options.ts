// Options of the commands that talk to a bucket.

import { setting, type Options } from './command.ts';

export const BUCKET_OPTIONS = {
  bucket: setting('bucket'),
  prefix: setting('prefix'),
  'storage-endpoint': setting('storageEndpoint'),
  'request-timeout': setting('requestTimeoutSeconds'),
  'retry-budget': setting('retryBudgetSeconds'),
} as const satisfies Options;

/** For the answer key, of the commands that publish. */
export const PUBLISH_TRUTH_OPTIONS = {
  'publish-truth': setting('publishTruth'),
  'truth-prefix': setting('truthPrefix'),
} as const satisfies Options;
