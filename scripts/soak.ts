// Publishes a 30-day lake through hundreds of random schedules of faults, expired tokens and kills, against a local server.
//
//   npm run soak                                 300 seeds, an hour
//   npm run soak -- --seeds 50 --first 1000 --at-once 4 --output soak.json

import { availableParallelism } from 'node:os';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { forEachConcurrent } from '../src/lib/files.ts';
import { formatDuration } from '../src/lib/numbers.ts';
import { localIdentity, publishThroughFaults, type Published } from '../test/pipeline/publish-through-faults.ts';

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    first: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: String(2 * availableParallelism()) },
    output: { type: 'string' },
  },
});

const started = Date.now();
const expected = await localIdentity();
const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => Number(flags.first) + i);
const published: Published[] = [];
const failures: { seed: number; why: string }[] = [];

await forEachConcurrent(seeds, Number(flags['at-once']), async (seed) => {
  try {
    const result = await publishThroughFaults(seed);
    published.push(result);
    if (result.identity !== expected) failures.push({ seed, why: `identity ${result.identity}` });
    if (result.leftLocally.length > 0) failures.push({ seed, why: `left locally: ${result.leftLocally.join(', ')}` });
  } catch (error) {
    failures.push({ seed, why: (error as Error).message });
  }
  const done = published.length + failures.length;
  console.log(`${done} of ${seeds.length}: seed ${seed} ${failures.some((failure) => failure.seed === seed) ? 'FAILED' : 'same lake'}`);
  save();
});
save();
console.log(JSON.stringify(summary(), null, 2));
process.exitCode = failures.length === 0 ? 0 : 1;

function summary() {
  const total = (of: (result: Published) => number): number => published.reduce((sum, result) => sum + of(result), 0);
  const faults: Record<string, number> = {};
  for (const result of published) for (const [kind, count] of Object.entries(result.faults)) faults[kind] = (faults[kind] ?? 0) + count;
  return {
    command: ['npm run soak', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    date: new Date(started).toISOString(),
    elapsed: formatDuration(Date.now() - started),
    expected,
    lakes: published.length,
    same: published.filter(({ identity }) => identity === expected).length,
    runs: total(({ runs }) => runs),
    kills: total(({ kills }) => kills),
    requests: total(({ requests }) => requests),
    expiredTokens: total(({ unauthorized }) => unauthorized),
    faults,
    failures,
  };
}

function save(): void {
  if (flags.output !== undefined) writeFileSync(flags.output, `${JSON.stringify(summary(), null, 2)}\n`);
}
