// For tests that need the Cloud Storage server: skipped where it is missing, with a word on how to get it. In CI that fails.

import { describe } from 'vitest';
import { findFakeGcs, HOW_TO_GET_IT } from './fake-gcs-server.ts';

const isMissing = (await findFakeGcs()) === undefined;
if (isMissing) console.warn(HOW_TO_GET_IT);

export const describeWithGcs = describe.skipIf(isMissing);
