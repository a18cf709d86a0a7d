// `npm start`: a real lake of two months in output/raw, then its verification.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../bin/ecomlake.js', import.meta.url));

for (const args of [['backlog-bear', '--end-date', '2020-02-29'], ['verify']]) {
  const { status } = spawnSync(process.execPath, [bin, ...args], { stdio: 'inherit' });
  if (status !== 0) {
    process.exitCode = status ?? 1;
    break;
  }
}
if (process.exitCode === undefined) {
  console.log('\nAll six years, from here on (a few minutes, about 4 GB):\n\n  npx ecomlake backlog-bear\n');
}
