// A proxy in front of the storage server that does to requests and answers what networks, load balancers and quotas do.

import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as openRequest,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Stream } from '../../src/lib/random.ts';

/** Answered without being forwarded. Reasons: https://cloud.google.com/storage/docs/json_api/v1/status-codes */
const REFUSALS = {
  'status-401': [401, 'authError', 'Invalid Credentials'],
  'status-403': [403, 'forbidden', "Permission 'storage.objects.create' denied on resource (or it may not exist)."],
  'status-403-billing': [403, 'accountDisabled', 'The billing account for the owning project is disabled in state closed'],
  'status-403-rate-limit': [403, 'rateLimitExceeded', 'The request rate is too high. Please reduce it.'],
  'status-404-bucket': [404, 'notFound', 'The specified bucket does not exist.'],
  'status-408': [408, 'uploadBrokenConnection', 'The request timed out. Please try again.'],
  'status-429': [
    429,
    'rateLimitExceeded',
    'The object exceeded the rate limit for object mutation operations. Please reduce your request rate.',
  ],
  'status-429-quota': [429, 'quotaExceeded', 'Quota exceeded for this project.'],
  'status-500': [500, 'backendError', 'We encountered an internal error. Please try again.'],
  // As a page, see below.
  'status-502': [502, 'badGateway', 'The server encountered a temporary error and could not complete your request.'],
  'status-503': [503, 'backendError', 'Service unavailable. Please try again.'],
  'status-504': [504, 'gatewayTimeout', 'The operation timed out before it could be completed. Please try again.'],
} as const satisfies Record<string, [status: number, reason: string, message: string]>;

const INJURIES = {
  /** Not read, not carried out. */
  'reset-before': async (exchange) => exchange.reset(),
  /** Half of the body was read; not carried out. */
  'reset-during-upload': async (exchange) => {
    await exchange.readHalf();
    exchange.reset();
  },
  /** Carried out; the client sees the status and half of the body. */
  'reset-during-answer': async (exchange) => {
    await exchange.sendHalf(await exchange.forward());
    exchange.reset();
  },
  /** Carried out; the client sees nothing. */
  'lost-answer': async (exchange) => {
    await exchange.forward();
    exchange.reset();
  },
  /** Carried out twice; the client sees the second answer. */
  duplicate: async (exchange) => {
    await exchange.forward();
    exchange.send(await exchange.forward());
  },
  /** Not carried out, never answered. */
  stall: async (exchange) => void exchange.request.resume(),
  /** Carried out; half an answer, and then nothing. */
  'stall-body': async (exchange) => exchange.sendHalf(await exchange.forward()),
  /** Carried out; the answer takes some 300 ms. */
  slow: async (exchange) => exchange.sendSlowly(await exchange.forward()),
  /** Carried out; the connection is closed in good order before the announced length. */
  truncated: async (exchange) => {
    await exchange.sendHalf(await exchange.forward());
    exchange.request.socket.end();
  },
  /** Carried out; the answer names another checksum, or one byte of a download is another. */
  'wrong-checksum': async (exchange) => {
    const answer = await exchange.forward();
    const wrong = withWrongChecksum(answer);
    exchange.send(wrong ?? answer);
    return wrong !== undefined;
  },
  // False: there was nothing to injure; the fault is kept for another request.
} satisfies Record<string, (exchange: Exchange) => Promise<boolean | void>>;

export type FaultKind = keyof typeof REFUSALS | keyof typeof INJURIES;

export const FAULT_KINDS = [...Object.keys(REFUSALS), ...Object.keys(INJURIES)] as readonly FaultKind[];

/** Those that a client may not survive by trying again. */
const FINAL = ['status-401', 'status-403', 'status-403-billing', 'status-404-bucket', 'status-429-quota'];

export const TRANSIENT_FAULTS = FAULT_KINDS.filter((kind) => !FINAL.includes(kind));

/** `path` has its query and is decoded: `/upload/storage/v1/b/lake/o?name=raw/orders/…&uploadType=multipart`. */
export type Match = (method: string, path: string) => boolean;

export interface FaultSchedule {
  seed: number | string;
  /** The probability that a request meets a fault. */
  rate: number;
  kinds: readonly FaultKind[];
  /** From then on all is well; unlimited by default. */
  maxFaults?: number;
  match?: Match;
}

export interface FaultProxyOptions {
  target: string;
  faults?: FaultSchedule;
  /** The one access token that is taken; others are answered with 401. Undefined: none is. Without this, nobody asks. */
  requireToken?: () => string | undefined;
}

export interface FaultProxy {
  url: string;
  /** All that came in, answered or not. */
  readonly requests: number;
  readonly counts: Readonly<Record<FaultKind, number>>;
  /** Requests that `requireToken` turned away. */
  readonly unauthorized: number;
  /** Replaces the schedule, or ends it. */
  setFaults(schedule?: FaultSchedule): void;
  /** The next `times` requests that match, ahead of the schedule. */
  faultNext(kind: FaultKind, times?: number, match?: Match): void;
  close(): Promise<void>;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const counts = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  const planned: PlannedFault[] = [];
  let schedule = options.faults && new ScheduledFaults(options.faults);
  let requests = 0;
  let unauthorized = 0;

  const serve = async (exchange: Exchange): Promise<void> => {
    requests++;
    if (options.requireToken !== undefined && !exchange.hasToken(options.requireToken())) {
      unauthorized++;
      return exchange.refuse('status-401');
    }
    const fault = planned.find((one) => one.takes(exchange)) ?? schedule?.draw(exchange);
    if (fault === undefined) return exchange.pass();
    counts[fault.kind]++;
    if (fault.kind in REFUSALS) return exchange.refuse(fault.kind as keyof typeof REFUSALS);
    const wasDone: boolean | void = await INJURIES[fault.kind as keyof typeof INJURIES](exchange);
    if (wasDone !== false) return;
    counts[fault.kind]--;
    fault.giveBack();
  };
  const server = createServer((request, response) => {
    const exchange = new Exchange(request, response, options.target, agent);
    // The client gave up, or the server behind is gone: either way the connection is of no more use.
    serve(exchange).catch(() => exchange.reset());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    counts,
    get unauthorized() {
      return unauthorized;
    },
    setFaults: (faults) => (schedule = faults && new ScheduledFaults(faults)),
    faultNext: (kind, times = 1, match = () => true) => void planned.push(new PlannedFault(kind, times, match)),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

interface DueFault {
  kind: FaultKind;
  giveBack(): void;
}

class PlannedFault implements DueFault {
  readonly kind: FaultKind;
  private times: number;
  private readonly match: Match;

  constructor(kind: FaultKind, times: number, match: Match) {
    this.kind = kind;
    this.times = times;
    this.match = match;
  }

  takes({ method, path, hasBody }: Exchange): boolean {
    if (this.times === 0 || !fits(this.kind, method, path, hasBody) || !this.match(method, path)) return false;
    this.times--;
    return true;
  }

  giveBack(): void {
    this.times++;
  }
}

/** What is drawn depends on the request and on how often it was made, not on those made at the same time. */
class ScheduledFaults {
  private readonly schedule: FaultSchedule;
  private readonly times = new Map<string, number>();
  private left: number;

  constructor(schedule: FaultSchedule) {
    this.schedule = schedule;
    this.left = schedule.maxFaults ?? Infinity;
  }

  draw({ method, path, hasBody, identity }: Exchange): DueFault | undefined {
    const { seed, rate, match } = this.schedule;
    if (match?.(method, path) === false) return undefined;
    const time = this.times.get(identity) ?? 0;
    this.times.set(identity, time + 1);
    const stream = new Stream(seed, identity).open(time);
    const kinds = this.schedule.kinds.filter((kind) => fits(kind, method, path, hasBody));
    if (stream.unit() >= rate || kinds.length === 0 || this.left === 0) return undefined;
    this.left--;
    return { kind: kinds[stream.below(kinds.length)]!, giveBack: () => this.left++ };
  }
}

/** Whether the fault can be seen with such a request at all. */
function fits(kind: FaultKind, method: string, path: string, hasBody: boolean): boolean {
  if (kind === 'reset-during-upload') return hasBody;
  if (kind === 'duplicate') return method !== 'GET';
  return kind !== 'wrong-checksum' || path.startsWith('/upload/') || (method === 'GET' && /\/b\/[^/]+\/o\b/.test(path));
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** One request and what becomes of it. */
class Exchange {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly path: string;
  /** Without what is another in each run: session IDs and generations. */
  readonly identity: string;
  readonly hasBody: boolean;
  private readonly response: ServerResponse;
  private readonly target: string;
  private readonly agent: Agent;
  private body: Buffer | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, target: string, agent: Agent) {
    this.request = request;
    this.response = response;
    this.target = target;
    this.agent = agent;
    this.method = request.method ?? 'GET';
    this.path = decodeURIComponent(request.url ?? '/');
    this.identity = `${this.method} ${this.path.replaceAll(/[?&](upload_id|\w*generation\w*)=[^&]*/gi, '')}`;
    this.hasBody = Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined;
  }

  /** A session's address is a token of its own; where one is sent all the same, it has to be valid. */
  hasToken(token: string | undefined): boolean {
    const { authorization } = this.request.headers;
    if (authorization === undefined) return this.path.includes('upload_id=');
    return token !== undefined && authorization === `Bearer ${token}`;
  }

  reset(): void {
    this.request.socket.resetAndDestroy();
  }

  refuse(kind: keyof typeof REFUSALS): void {
    const [code, reason, message] = REFUSALS[kind];
    this.request.resume();
    if (kind === 'status-502') {
      const page = `<!DOCTYPE html><html><head><title>502 Server Error</title></head><body><h1>Error</h1><p>${message}</p></body></html>`;
      this.response.writeHead(code, { 'content-type': 'text/html; charset=UTF-8' }).end(page);
      return;
    }
    const body = { error: { code, message, errors: [{ reason, message, domain: code === 429 ? 'usageLimits' : 'global' }] } };
    this.response.writeHead(code, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
  }

  /** As if there were no proxy: streamed both ways. */
  async pass(): Promise<void> {
    const upstream = this.open();
    const answered = once(upstream, 'response') as Promise<[IncomingMessage]>;
    // The server may answer before it has read all.
    pipeline(this.request, upstream).catch(() => {});
    const [answer] = await answered;
    this.response.writeHead(answer.statusCode!, withoutHopHeaders(answer.headers));
    await pipeline(answer, this.response);
  }

  async forward(): Promise<Answer> {
    this.body ??= await buffer(this.request);
    const upstream = this.open();
    upstream.end(this.body);
    const [answer] = (await once(upstream, 'response')) as [IncomingMessage];
    const body = await buffer(answer);
    const headers = { ...withoutHopHeaders(answer.headers), 'content-length': String(body.length) };
    return { status: answer.statusCode!, headers, body };
  }

  /** The host is the client's: the server makes links of it. */
  private open(): ClientRequest {
    return openRequest(new URL(this.request.url!, this.target), {
      method: this.method,
      headers: withoutHopHeaders(this.request.headers),
      agent: this.agent,
    });
  }

  async readHalf(): Promise<void> {
    const half = Number(this.request.headers['content-length'] ?? 0) / 2;
    let read = 0;
    for await (const chunk of this.request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      read += chunk.length;
      if (read >= half) return;
    }
  }

  send({ status, headers, body }: Answer): void {
    this.response.writeHead(status, headers).end(body);
  }

  /** Of an answer without a body nothing. */
  async sendHalf({ status, headers, body }: Answer): Promise<void> {
    if (body.length === 0) return;
    this.response.writeHead(status, headers);
    this.response.flushHeaders();
    this.response.write(body.subarray(0, body.length >> 1));
    // A reset would overtake what is on its way.
    await sleep(20);
  }

  async sendSlowly({ status, headers, body }: Answer): Promise<void> {
    const pieces = 10;
    this.response.writeHead(status, headers);
    this.response.flushHeaders();
    for (let piece = 0; piece < pieces; piece++) {
      await sleep(30);
      this.response.write(body.subarray((body.length * piece) / pieces, (body.length * (piece + 1)) / pieces));
    }
    this.response.end();
  }
}

function withoutHopHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _, 'keep-alive': __, ...rest } = headers;
  return rest;
}

/** Undefined for an answer without a checksum. A download has it in its header, and may be of a JSON object itself. */
function withWrongChecksum(answer: Answer): Answer | undefined {
  if (answer.status >= 300 || answer.body.length === 0) return undefined;
  if (answer.headers['x-goog-hash'] !== undefined) {
    const body = Buffer.from(answer.body);
    body[body.length >> 1]! ^= 1;
    return { ...answer, body };
  }
  const text = answer.body.toString();
  const wrong = text.replaceAll(/("crc32c"\s*:\s*")(.)/g, (_, key: string, first: string) => key + (first === 'A' ? 'B' : 'A'));
  return wrong === text ? undefined : { ...answer, body: Buffer.from(wrong) };
}
