// The bytes of one small lake, fixed: they change only with MODEL_VERSION, and the changelog says so.

import { expect, it } from 'vitest';
import { MODEL_VERSION } from '../../src/lib/version.ts';
import { referenceIdentity } from './tiny-shop.ts';

it('the bytes of a small lake are those of this model version', async () => {
  expect({ model: MODEL_VERSION, identity: await referenceIdentity() }).toEqual({
    model: 1,
    identity: '73eb02b65171892182f095ecbc40f8a70b1c1e3b10ffa5bb2ef776c166214698',
  });
});
