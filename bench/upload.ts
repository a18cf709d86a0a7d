// `npm run bench:upload`: how fast a lake goes to a local Cloud Storage server at several concurrencies, with and without latency.
//
//   npm run bench:upload                                        30 days at full scale, latency 0 and 30 ms
//   npm run bench:upload -- --days 5 --concurrency 8,32 --latency-ms 0,50 --output my.json

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatDay, parseDay } from '../src/lib/days.ts';
import { formatTable } from '../src/lib/text-table.ts';
import { startFakeGcs } from '../test/store/fake-gcs-server.ts';
import { describeMachine } from './report.ts';

const BIN = join(import.meta.dirname, '../bin/ecomlake.js');
const BUCKET = 'bench';
const FIRST_DAY = '2020-01-01';
const LOOK_EVERY_MS = 100;

const { values: flags } = parseArgs({
  options: {
    days: { type: 'string', default: '30' },
    concurrency: { type: 'string', default: '1,4,8,16,32,64' },
    'latency-ms': { type: 'string', default: '0,30' },
    output: { type: 'string' },
  },
});

interface Figures {
  latencyMs: number;
  concurrency: number;
  objects: number;
  bytes: number;
  seconds: number;
  objectsPerSecond: number;
  megabytesPerSecond: number;
  peakMegabytes: number;
  /** The same again: nothing is sent. */
  againSeconds: number;
}

const folder = mkdtempSync(join(tmpdir(), 'ecomlake-bench-upload-'));
try {
  const machine = await describeMachine();
  const started = new Date();
  const lastDay = formatDay(parseDay(FIRST_DAY) + Number(flags.days) - 1);
  await run(['backlog-bear', '--direct', '--end-date', lastDay], {});
  const results: Figures[] = [];
  for (const latencyMs of flags['latency-ms'].split(',').map(Number)) {
    for (const concurrency of flags.concurrency.split(',').map(Number)) results.push(await measure(latencyMs, concurrency));
  }
  process.stdout.write(`${format(results)}\n`);
  const output =
    flags.output ?? join(import.meta.dirname, 'results', `${started.toISOString().slice(0, 10)}-${machine.cores}cores-upload.json`);
  const command = ['npm run bench:upload', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(
    output,
    `${JSON.stringify({ command, date: started.toISOString(), machine, days: Number(flags.days), results }, null, 2)}\n`,
  );
  process.stdout.write(`\n${output}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A fresh server each time: it slows down with what it holds. */
async function measure(latencyMs: number, concurrency: number): Promise<Figures> {
  const gcs = await startFakeGcs({ backend: 'filesystem', folder: mkdtempSync(join(folder, 'gcs-')), buckets: [BUCKET] });
  const line = await startSlowLine(gcs.port, latencyMs);
  try {
    const args = ['upload-raw', '--all', '--bucket', BUCKET, '--upload-concurrency', String(concurrency), '--json'];
    const env = { STORAGE_EMULATOR_HOST: `http://127.0.0.1:${line.port}` };
    const first = await run(args, env);
    const again = await run(args, env);
    if (again.sent!.objects > 0) throw new Error(`${again.sent!.objects} objects were sent twice`);
    const { objects, bytes } = first.sent!;
    const seconds = first.elapsedMs! / 1000;
    return {
      latencyMs,
      concurrency,
      objects,
      bytes,
      seconds,
      objectsPerSecond: Math.round(objects / seconds),
      megabytesPerSecond: Number((bytes / 1e6 / seconds).toFixed(1)),
      peakMegabytes: Math.round(first.peakBytes / 1e6),
      againSeconds: again.elapsedMs! / 1000,
    };
  } finally {
    line.close();
    await gcs.close();
  }
}

interface Ran {
  elapsedMs?: number;
  sent?: { objects: number; bytes: number };
  peakBytes: number;
}

/** The program in a process of its own, in the scratch folder. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  let peakBytes = 0;
  const looking = setInterval(() => (peakBytes = Math.max(peakBytes, peakOf(child.pid!))), LOOK_EVERY_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(looking);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return { ...(args.includes('--json') ? (JSON.parse(stdout) as object) : {}), peakBytes };
}

function peakOf(pid: number): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // it has just ended
  }
}

/** Holds everything back by half the latency, both ways: a network's distance, without its losses. */
async function startSlowLine(target: number, latencyMs: number) {
  const sockets = new Set<Socket>();
  const relay = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (piece) => setTimeout(() => to.writable && to.write(piece), latencyMs / 2));
    from.on('end', () => setTimeout(() => to.end(), latencyMs / 2));
    from.on('error', () => to.destroy());
    from.on('close', () => sockets.delete(from));
  };
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    relay(client, upstream);
    relay(upstream, client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function format(results: readonly Figures[]): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  return formatTable(
    [right('latency'), right('concurrency'), right('objects/s'), right('MB/s'), right('wall'), right('peak memory'), right('again')],
    results.map(({ latencyMs, concurrency, objectsPerSecond, megabytesPerSecond, seconds, peakMegabytes, againSeconds }) => [
      `${latencyMs} ms`,
      String(concurrency),
      String(objectsPerSecond),
      String(megabytesPerSecond),
      `${seconds.toFixed(1)} s`,
      `${peakMegabytes} MB`,
      `${againSeconds.toFixed(1)} s`,
    ]),
  );
}
