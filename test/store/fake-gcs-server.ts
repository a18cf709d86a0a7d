// The real counterpart of Cloud Storage: fake-gcs-server at a pinned version, and its buckets seen past our own client.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const VERSION = 'v1.56.1';
const NAME = 'fake-gcs-server';
const CACHE = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
const FOLDER = join(CACHE, 'ecomlake', `${NAME}-${VERSION}`);
const BINARY = join(FOLDER, NAME);

export const HOW_TO_GET_IT = `Cloud Storage: skipped; get its stand-in with \`GOBIN=${FOLDER} go install github.com/fsouza/${NAME}@${VERSION}\` (Go, 3 min)`;

/** Its path. Built where `CI` or `ECOMLAKE_BUILD_FAKE_GCS=1` is set, and then throws if that fails; else undefined where absent. */
export async function findFakeGcs(): Promise<string | undefined> {
  if (existsSync(BINARY)) return BINARY;
  if (process.env['CI'] === undefined && process.env['ECOMLAKE_BUILD_FAKE_GCS'] !== '1') return undefined;
  await mkdir(FOLDER, { recursive: true });
  const building = await mkdtemp(join(FOLDER, 'building-'));
  try {
    await promisify(execFile)('go', ['install', `github.com/fsouza/${NAME}@${VERSION}`], { env: { ...process.env, GOBIN: building } });
    await rename(join(building, NAME), BINARY);
  } catch (error) {
    throw new Error(`cannot build ${NAME}: is Go installed?`, { cause: error });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return BINARY;
}

export type FakeGcsOptions = ({ backend: 'memory' } | { backend: 'filesystem'; folder: string }) & {
  buckets: readonly string[];
  /** To come back at the address of one that was closed. */
  port?: number;
};

export interface FakeGcs {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Ends with this process, however that ends. */
export async function startFakeGcs(options: FakeGcsOptions): Promise<FakeGcs> {
  const binary = await findFakeGcs();
  if (binary === undefined) throw new Error(HOW_TO_GET_IT);
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  // Any port in front of it is a public host too: links lead back to the address that the client used.
  const args = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-public-host', '127.0.0.1', '-log-level', 'error'];
  args.push('-backend', options.backend);
  if (options.backend === 'filesystem') args.push('-filesystem-root', options.folder);
  const child = spawnTied(binary, args);
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  const exited = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.ref(); // waited for from here on
    child.stdin?.end();
    await exited;
  };
  while (!(await isHealthy(url))) {
    if (child.exitCode !== null) throw new Error(`${NAME} ended: ${log}`);
    await sleep(20);
  }
  for (const name of options.buckets) {
    await call(`${url}/storage/v1/b?project=test`, { method: 'POST', body: JSON.stringify({ name }) });
  }
  return { url, port, close };
}

/** The server does not watch its parent; a shell kills it once our end of its standard input is closed, by us or by our death. */
function spawnTied(binary: string, args: readonly string[]): ChildProcess {
  const watch = 'exec 3<&0; "$0" "$@" 3<&- & pid=$!; (cat <&3 >/dev/null; kill -9 $pid) 2>/dev/null & wait $pid';
  const child = spawn('sh', ['-c', watch, binary, ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
  child.once('exit', () => child.stdin.destroy());
  child.stdin.on('error', () => {});
  child.unref();
  for (const stream of [child.stdin, child.stderr]) (stream as Socket).unref();
  return child;
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/_internal/healthcheck`).then(
    (answer) => answer.ok,
    () => false,
  );
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface ListedObject {
  name: string;
  size: number;
  /** Base64 of the big-endian checksum. */
  crc32c: string;
  generation: string;
}

/** All objects whose names start with the prefix, sorted by name. */
export async function listObjects(url: string, bucket: string, prefix = ''): Promise<ListedObject[]> {
  const objects: ListedObject[] = [];
  let pageToken: string | undefined = '';
  do {
    const query: URLSearchParams = new URLSearchParams({ prefix, maxResults: '1000', ...(pageToken && { pageToken }) });
    const page = (await (await call(`${url}/storage/v1/b/${bucket}/o?${query.toString()}`)).json()) as {
      items?: { name: string; size: string; crc32c: string; generation: string }[];
      nextPageToken?: string;
    };
    for (const { name, size, crc32c, generation } of page.items ?? []) objects.push({ name, size: Number(size), crc32c, generation });
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return objects;
}

export async function readObject(url: string, bucket: string, name: string): Promise<Buffer> {
  return Buffer.from(await (await call(`${objectUrl(url, bucket, name)}?alt=media`)).arrayBuffer());
}

export async function deleteObject(url: string, bucket: string, name: string): Promise<void> {
  await call(objectUrl(url, bucket, name), { method: 'DELETE' });
}

/** The generation that came of it. */
export async function writeObject(url: string, bucket: string, name: string, body: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const query = new URLSearchParams({ uploadType: 'media', name });
  const answer = await call(`${url}/upload/storage/v1/b/${bucket}/o?${query.toString()}`, { method: 'POST', body });
  return ((await answer.json()) as { generation: string }).generation;
}

export function objectUrl(url: string, bucket: string, name: string): string {
  return `${url}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`;
}

async function call(url: string, init?: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${init?.method ?? 'GET'} ${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}
