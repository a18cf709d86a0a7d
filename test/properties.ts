// Properties draw new inputs in every run, but in CI the same: what lands must not hang on a draw.

import fc from 'fast-check';

if (process.env['CI'] === 'true') fc.configureGlobal({ seed: 20_200_101 });
