// One lake published through a random schedule of faults, expired tokens and kills: what the property test and the soak repeat.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { streamSeed, Stream } from '../../src/lib/random.ts';
import { startFakeGcs } from '../store/fake-gcs-server.ts';
import { startFaultProxy, TRANSIENT_FAULTS } from '../store/fault-proxy.ts';
import { startTokenService } from '../store/token-service.ts';

const BIN = fileURLToPath(new URL('../../bin/ecomlake.js', import.meta.url));
const BUCKET = 'lake';

/** 30 days; few sign-up days, since each is a partition. */
const CONFIG = `
simulation: { carts_per_30_days: 900, calibration_window: [2020-01-01, 2020-06-30] }
horizon: { start_date: 2020-01-01, end_date: 2020-01-30 }
lookup_config:
  customers: { num_customers: 300, signup_start_date: 2019-12-20, signup_end_date: 2019-12-24 }
  product_catalog: { num_products: 50 }
`;
/** Kills of one lake; then it may end. */
const MAX_KILLS = 3;
/** Runs that end with exit code 3, kills aside: each must have got further or met a fault. */
const MAX_RUNS = 40;

export interface Published {
  seed: number;
  /** Of the bucket, as `verify --bucket --deep` prints it. */
  identity: string;
  runs: number;
  kills: number;
  faults: Record<string, number>;
  unauthorized: number;
  requests: number;
  /** Names left in the local lake: all is in the bucket. */
  leftLocally: string[];
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The same lake made locally without a bucket: its identity. */
export async function localIdentity(): Promise<string> {
  const folder = makeShop();
  try {
    const ended = await run(folder, ['backlog-bear', '--direct', '--json'], {});
    if (ended.code !== 0) throw new Error(ended.stderr);
    return (JSON.parse(ended.stdout) as { identity: string }).identity;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws with the run's output when a run ends with anything but 0, 3 or its kill, or never ends well. */
export async function publishThroughFaults(seed: number): Promise<Published> {
  const random = new Stream(streamSeed(seed, 'faults'), 'publish');
  random.open(seed);
  const folder = makeShop();
  const gcs = await startFakeGcs({ backend: 'memory', buckets: [BUCKET] });
  const tokens = await startTokenService();
  const proxy = await startFaultProxy({
    target: gcs.url,
    requireToken: () => tokens.current(),
    faults: { seed, rate: 0.005 + 0.05 * random.unit(), kinds: TRANSIENT_FAULTS },
  });
  const expiring = setInterval(() => tokens.expire(), 1000 + random.below(3000));
  const env = { STORAGE_EMULATOR_HOST: proxy.url, GOOGLE_APPLICATION_CREDENTIALS: tokens.credentialsFile };
  const flags = [
    ...['--chunk-size', String(random.between(2, 15)), '--max-staged-chunks', String(random.between(1, 3))],
    ...['--upload-concurrency', String([1, 4, 16, 32][random.below(4)]), '--request-timeout', '1.5', '--retry-budget', '20'],
    ...(random.unit() < 0.5 ? ['--direct'] : []),
  ];
  try {
    let runs = 0;
    let kills = 0;
    for (;;) {
      const killAfterMs = kills < MAX_KILLS && random.unit() < 0.7 ? 300 + random.below(6000) : undefined;
      const ended = await run(folder, ['backlog-bear', '--bucket', BUCKET, ...flags], env, killAfterMs);
      runs++;
      if (ended.signal === 'SIGKILL') kills++;
      else if (ended.code === 0) break;
      else if (ended.code !== 3 || runs >= MAX_RUNS) {
        throw new Error(`seed ${seed}, run ${runs}: exit code ${ended.code}\n${ended.stderr}`);
      }
    }
    proxy.setFaults();
    clearInterval(expiring);
    const verified = await run(folder, ['verify', '--bucket', BUCKET, '--deep', '--json'], env);
    if (verified.code !== 0) throw new Error(`seed ${seed}: verify ended with ${verified.code}\n${verified.stdout}${verified.stderr}`);
    return {
      seed,
      identity: (JSON.parse(verified.stdout) as { identity: string }).identity,
      runs,
      kills,
      faults: Object.fromEntries(Object.entries(proxy.counts).filter(([, count]) => count > 0)),
      unauthorized: proxy.unauthorized,
      requests: proxy.requests,
      // The answer key stays.
      leftLocally: readdirSync(join(folder, 'output'), { recursive: true, encoding: 'utf8' }).filter(
        (name) => name.includes('=') && !name.startsWith('truth/'),
      ),
    };
  } finally {
    clearInterval(expiring);
    await proxy.close();
    await tokens.close();
    await gcs.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeShop(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecomlake-faults-'));
  writeFileSync(join(folder, 'shop.yaml'), CONFIG);
  return folder;
}

/** The built program in a process of its own. */
function run(cwd: string, args: readonly string[], env: Record<string, string>, killAfterMs?: number): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...args, '--config', 'shop.yaml'], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
}
