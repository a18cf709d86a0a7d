// Each fault does to the real server's requests and answers what its name says; tokens expire when told.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as openRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32c } from '@node-rs/crc32';
import { Storage } from '@google-cloud/storage';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeWithGcs } from './describe-with-gcs.ts';
import { deleteObject, listObjects, objectUrl, readObject, startFakeGcs, writeObject, type FakeGcs } from './fake-gcs-server.ts';
import { FAULT_KINDS, startFaultProxy, TRANSIENT_FAULTS, type FaultKind, type FaultProxy } from './fault-proxy.ts';
import { startTokenService, type TokenService } from './token-service.ts';

describeWithGcs('the fault proxy', () => {
  let gcs: FakeGcs;
  let proxy: FaultProxy;
  beforeAll(async () => {
    gcs = await startFakeGcs({ backend: 'memory', buckets: ['lake'] });
  });
  afterAll(() => gcs.close());
  beforeEach(async () => {
    for (const { name } of await listObjects(gcs.url, 'lake')) await deleteObject(gcs.url, 'lake', name);
    proxy = await startFaultProxy({ target: gcs.url });
  });
  afterEach(() => proxy.close());

  function upload(name: string, body: string, query: Record<string, string> = {}): Promise<Response> {
    const parameters = new URLSearchParams({ uploadType: 'media', name, ...query });
    return fetch(`${proxy.url}/upload/storage/v1/b/lake/o?${parameters.toString()}`, { method: 'POST', body });
  }

  const base64Checksum = (content: string): string => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32c(content));
    return bytes.toString('base64');
  };

  const names = async (): Promise<string[]> => (await listObjects(gcs.url, 'lake')).map(({ name }) => name);

  /** What a client sees of a failed request: the error's code. */
  async function failure(work: Promise<unknown>): Promise<unknown> {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) throw new Error('did not fail');
    const { cause, name } = error as Error & { cause?: { code?: string } };
    return cause?.code ?? name;
  }

  describe('the server', () => {
    it('pages, reads, writes and deletes', async () => {
      const first = await writeObject(gcs.url, 'lake', 'raw/a b/ä', 'one');
      const second = await writeObject(gcs.url, 'lake', 'raw/a b/ä', 'four');
      expect(BigInt(second)).toBeGreaterThan(BigInt(first));
      expect(await listObjects(gcs.url, 'lake', 'raw/')).toEqual([
        { name: 'raw/a b/ä', size: 4, crc32c: base64Checksum('four'), generation: second },
      ]);
      expect(await listObjects(gcs.url, 'lake', 'other/')).toEqual([]);
      expect((await readObject(gcs.url, 'lake', 'raw/a b/ä')).toString()).toBe('four');
      await deleteObject(gcs.url, 'lake', 'raw/a b/ä');
      await expect(readObject(gcs.url, 'lake', 'raw/a b/ä')).rejects.toThrow('404');
    });

    it('does not outlive the process that started it, and comes back on its port', async () => {
      const script = `
      import { startFakeGcs } from '${new URL('fake-gcs-server.ts', import.meta.url).href}';
      console.log((await startFakeGcs({ backend: 'memory', buckets: ['lake'] })).url);
      setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const url = line.toString().trim();
      await writeObject(url, 'lake', 'a', 'x');
      child.kill('SIGKILL');
      await expect.poll(() => failure(fetch(url)), { timeout: 10_000 }).toBe('ECONNREFUSED');
      const again = await startFakeGcs({ backend: 'memory', buckets: ['lake'], port: Number(new URL(url).port) });
      expect(await listObjects(again.url, 'lake')).toEqual([]);
      await again.close();
      expect(await failure(fetch(url))).toBe('ECONNREFUSED');
    });
  });

  describe('without a fault', () => {
    it('is not noticed', async () => {
      expect((await upload('a', 'x'.repeat(1_000_000))).status).toBe(200);
      expect((await readObject(proxy.url, 'lake', 'a')).length).toBe(1_000_000);
      expect(await listObjects(proxy.url, 'lake')).toEqual(await listObjects(gcs.url, 'lake'));
      expect((await fetch(objectUrl(proxy.url, 'lake', 'b'))).status).toBe(404);
      expect((await upload('a', 'y', { ifGenerationMatch: '0' })).status).toBe(412);
      expect(proxy.requests).toBe(5);
    });

    it('sessions of resumable uploads go through it too', async () => {
      const start = await upload('a', '', { uploadType: 'resumable' });
      const session = start.headers.get('location')!;
      expect(new URL(session).origin).toBe(proxy.url);
      expect((await fetch(session, { method: 'PUT', body: 'hello' })).status).toBe(200);
      expect(proxy.requests).toBe(2);
      expect((await readObject(gcs.url, 'lake', 'a')).toString()).toBe('hello');
    });
  });

  describe('refusals', () => {
    const refusals: [FaultKind, number, string][] = [
      ['status-401', 401, 'authError'],
      ['status-403', 403, 'forbidden'],
      ['status-403-billing', 403, 'accountDisabled'],
      ['status-403-rate-limit', 403, 'rateLimitExceeded'],
      ['status-404-bucket', 404, 'notFound'],
      ['status-408', 408, 'uploadBrokenConnection'],
      ['status-429', 429, 'rateLimitExceeded'],
      ['status-429-quota', 429, 'quotaExceeded'],
      ['status-500', 500, 'backendError'],
      ['status-503', 503, 'backendError'],
      ['status-504', 504, 'gatewayTimeout'],
    ];
    it.each(refusals)('%s: told once, and not carried out', async (kind, status, reason) => {
      proxy.faultNext(kind);
      const answer = await upload('a', 'x');
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({ error: { code: status, errors: [{ reason }] } });
      expect(await names()).toEqual([]);
      expect(proxy.counts[kind]).toBe(1);
      expect((await upload('a', 'x')).status).toBe(200);
    });

    it('status-502 is a page', async () => {
      proxy.faultNext('status-502');
      const answer = await upload('a', 'x');
      expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html; charset=UTF-8']);
      expect(await answer.text()).toMatch(/^<!DOCTYPE html>/);
      expect(await names()).toEqual([]);
    });
  });

  describe('injuries', () => {
    const big = 'x'.repeat(3_000_000);
    const download = (): Promise<Buffer> => readObject(proxy.url, 'lake', 'a');

    it('reset-before: nothing is carried out', async () => {
      proxy.faultNext('reset-before');
      expect(await failure(upload('a', 'x'))).toBe('ECONNRESET');
      expect(await names()).toEqual([]);
    });

    it('reset-during-upload: half is sent, nothing carried out; passes over requests without a body', async () => {
      proxy.faultNext('reset-during-upload');
      expect(await listObjects(proxy.url, 'lake')).toEqual([]);
      const query = new URLSearchParams({ uploadType: 'media', name: 'a' }).toString();
      const request = openRequest(`${proxy.url}/upload/storage/v1/b/lake/o?${query}`, {
        method: 'POST',
        headers: { 'content-length': 10 },
      });
      const failed = once(request, 'response').catch((error: Error & { code?: string }) => error.code);
      request.write('hello');
      expect(await failed).toBe('ECONNRESET');
      expect(
        await failure(
          upload('a', big)
            .then(() => proxy.faultNext('reset-during-upload'))
            .then(() => upload('b', big)),
        ),
      ).toMatch(
        // Told while it was still sending.
        /ECONNRESET|EPIPE/,
      );
      expect(await names()).toEqual(['a']);
      expect(proxy.counts['reset-during-upload']).toBe(2);
    });

    it('lost-answer: carried out, and nothing to see of it', async () => {
      proxy.faultNext('lost-answer');
      expect(await failure(upload('a', 'x', { ifGenerationMatch: '0' }))).toBe('ECONNRESET');
      expect(await names()).toEqual(['a']);
      expect((await upload('a', 'x', { ifGenerationMatch: '0' })).status).toBe(412);
    });

    it('reset-during-answer and truncated: the status and half of the body, once it is carried out', async () => {
      for (const [kind, code] of [
        ['reset-during-answer', 'ECONNRESET'],
        ['truncated', 'UND_ERR_SOCKET'],
      ] as const) {
        proxy.faultNext(kind);
        const answer = await upload(kind, 'x');
        expect(answer.status).toBe(200);
        expect(await failure(answer.json())).toBe(code);
        expect(await names()).toContain(kind);
        await writeObject(gcs.url, 'lake', 'a', 'x'.repeat(1000));
        proxy.faultNext(kind);
        expect(await failure(download())).toBe(code);
      }
    });

    it('truncated: closed in good order before the announced length', async () => {
      await writeObject(gcs.url, 'lake', 'a', 'x'.repeat(1000));
      proxy.faultNext('truncated');
      const request = openRequest(`${objectUrl(proxy.url, 'lake', 'a')}?alt=media`).end();
      const [answer] = await once(request, 'response');
      let seen = 0;
      answer.on('data', (chunk: Buffer) => (seen += chunk.length));
      const [error] = (await once(answer, 'error')) as [Error];
      expect([answer.headers['content-length'], seen, error.message]).toEqual(['1000', 500, 'aborted']);
    });

    it('duplicate: carried out twice, the second answer counts', async () => {
      proxy.faultNext('duplicate');
      expect((await upload('a', 'x', { ifGenerationMatch: '0' })).status).toBe(412);
      expect((await readObject(gcs.url, 'lake', 'a')).toString()).toBe('x');
      proxy.faultNext('duplicate');
      expect((await fetch(objectUrl(proxy.url, 'lake', 'a'), { method: 'DELETE' })).status).toBe(404);
      expect(await names()).toEqual([]);
    });

    it('stall: no answer, not carried out; stall-body: half an answer', async () => {
      proxy.faultNext('stall');
      const parameters = new URLSearchParams({ uploadType: 'media', name: 'a' }).toString();
      const url = `${proxy.url}/upload/storage/v1/b/lake/o?${parameters}`;
      expect(await failure(fetch(url, { method: 'POST', body: big, signal: AbortSignal.timeout(200) }))).toBe('TimeoutError');
      expect(await names()).toEqual([]);
      proxy.faultNext('stall-body');
      const patience = new AbortController();
      const answer = await fetch(url, { method: 'POST', body: big, signal: patience.signal });
      expect(answer.status).toBe(200);
      const body = failure(answer.text());
      expect(await Promise.race([body, sleep(200).then(() => 'still waiting')])).toBe('still waiting');
      patience.abort();
      expect(await body).toBe('AbortError');
      expect(await names()).toEqual(['a']);
      // Closing ends what still hangs.
      proxy.faultNext('stall');
      const hanging = failure(fetch(url));
      await expect.poll(() => proxy.counts.stall).toBe(2);
      await proxy.close();
      expect(await hanging).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
      proxy = await startFaultProxy({ target: gcs.url });
    });

    it('slow: the whole answer, in pieces', async () => {
      await writeObject(gcs.url, 'lake', 'a', 'x'.repeat(1000));
      proxy.faultNext('slow');
      const answer = await fetch(`${objectUrl(proxy.url, 'lake', 'a')}?alt=media`);
      let pieces = 0;
      let body = '';
      for await (const piece of answer.body!) {
        pieces++;
        body += Buffer.from(piece).toString();
      }
      expect(body).toBe('x'.repeat(1000));
      expect(pieces).toBeGreaterThan(2);
    });

    it('wrong-checksum: in answers to uploads, in metadata, lists and downloads, and nowhere else', async () => {
      proxy.faultNext('wrong-checksum', 4);
      const { crc32c } = (await (await upload('a', '{"crc32c":"A"}')).json()) as { crc32c: string };
      const [truth] = await listObjects(gcs.url, 'lake');
      expect(crc32c).not.toBe(truth!.crc32c);
      // An absent object has none: the fault waits.
      expect((await fetch(objectUrl(proxy.url, 'lake', 'b'))).status).toBe(404);
      expect(proxy.counts['wrong-checksum']).toBe(1);
      expect(await (await fetch(objectUrl(proxy.url, 'lake', 'a'))).json()).toMatchObject({ crc32c });
      expect(await listObjects(proxy.url, 'lake')).toEqual([{ ...truth, crc32c }]);
      const body = await download();
      expect(body.length).toBe(14);
      expect(body.toString()).not.toBe('{"crc32c":"A"}');
      expect((await download()).toString()).toBe('{"crc32c":"A"}');
      expect(proxy.counts['wrong-checksum']).toBe(4);
    });

    it('a server that is gone is a reset', async () => {
      const other = await startFakeGcs({ backend: 'memory', buckets: [] });
      const before = await startFaultProxy({ target: other.url });
      await other.close();
      expect(await failure(fetch(before.url))).toBe('ECONNRESET');
      await before.close();
    });
  });

  describe('a schedule', () => {
    const kinds: FaultKind[] = ['status-500', 'status-503', 'reset-before'];
    /** What each of 60 requests met, 20 different ones three times, made in the given order. */
    async function meet(order: number[], seed: number): Promise<string[]> {
      proxy.setFaults({ seed, rate: 0.4, kinds });
      const met: string[][] = Array.from({ length: 20 }, () => []);
      for (const index of order) {
        const url = `${objectUrl(proxy.url, 'lake', String(index % 20))}?generation=${Math.random()}`;
        met[index % 20]!.push(await fetch(url).then(({ status }) => String(status), failureName));
      }
      return met.flat();
    }
    const failureName = (): string => 'reset';
    const ordered = Array.from({ length: 60 }, (_, index) => index);

    it('is the same for a seed, whatever the order of different requests', async () => {
      const once = await meet(ordered, 1);
      expect(new Set(once)).toEqual(new Set(['400', '500', '503', 'reset']));
      expect(await meet(ordered.toReversed(), 1)).toEqual(once);
      expect(await meet(ordered, 2)).not.toEqual(once);
    });

    it('keeps to its kinds, its number and its match', async () => {
      proxy.setFaults({
        seed: 1,
        rate: 1,
        kinds: ['status-503'],
        maxFaults: 2,
        match: (method, path) => method === 'GET' && path.endsWith('/o/x/y'),
      });
      const seen: number[] = [];
      for (const name of ['x/y', 'z', 'x/y', 'x/y']) seen.push((await fetch(objectUrl(proxy.url, 'lake', name))).status);
      expect(seen).toEqual([503, 404, 503, 404]);
      proxy.setFaults({ seed: 1, rate: 1, kinds: ['status-503'] });
      proxy.faultNext('status-500', 1, (_, path) => path.includes('z'));
      expect((await fetch(objectUrl(proxy.url, 'lake', 'x'))).status).toBe(503);
      expect((await fetch(objectUrl(proxy.url, 'lake', 'z'))).status).toBe(500);
      proxy.setFaults();
      expect((await fetch(objectUrl(proxy.url, 'lake', 'z'))).status).toBe(404);
      expect(proxy.counts).toMatchObject({ 'status-503': 3, 'status-500': 1 });
    });

    it('of every transient kind, a plain client that tries again gets through', async () => {
      proxy.setFaults({ seed: 1, rate: 0.6, kinds: TRANSIENT_FAULTS });
      const wanted = Array.from({ length: 120 }, (_, index) => `object-${index}`);
      const tryOnce = async (name: string): Promise<boolean> => {
        const query = new URLSearchParams({ uploadType: 'media', name, ifGenerationMatch: '0' }).toString();
        const url = `${proxy.url}/upload/storage/v1/b/lake/o?${query}`;
        const answer = await fetch(url, { method: 'POST', body: name, signal: AbortSignal.timeout(1000) });
        return (await answer.text()) !== '' && [200, 412].includes(answer.status);
      };
      await Promise.all(
        wanted.map(async (name) => {
          while (!(await tryOnce(name).catch(() => false)));
        }),
      );
      expect(await names()).toEqual(wanted.toSorted());
      const met = FAULT_KINDS.filter((kind) => proxy.counts[kind] > 0);
      expect(met.toSorted()).toEqual([...TRANSIENT_FAULTS].toSorted());
    });
  });

  describe('tokens', () => {
    let tokens: TokenService;
    beforeEach(async () => {
      tokens = await startTokenService();
      vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', tokens.credentialsFile);
      await proxy.close();
      proxy = await startFaultProxy({ target: gcs.url, requireToken: tokens.current });
    });
    afterEach(async () => {
      vi.unstubAllEnvs();
      await tokens.close();
    });
    /** The library's own, as the client library asks it. Without a project it would look for one on the network. */
    const login = (): Storage['authClient'] => new Storage({ projectId: 'test' }).authClient;
    const askWith = (token: string): Promise<Response> =>
      fetch(objectUrl(proxy.url, 'lake', 'a'), { headers: { authorization: `Bearer ${token}` } });

    it('are exchanged by google-auth-library, kept by it, and no longer taken once expired', async () => {
      const auth = login();
      expect(await auth.getAccessToken()).toBe('token-1');
      expect((await askWith('token-1')).status).toBe(404);
      tokens.expire();
      expect(await auth.getAccessToken()).toBe('token-1');
      const refused = await askWith('token-1');
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ error: { errors: [{ reason: 'authError' }] } });
      expect(await login().getAccessToken()).toBe('token-2');
      expect((await askWith('token-2')).status).toBe(404);
      expect(proxy.unauthorized).toBe(1);
      expect(tokens.exchanges).toBe(2);
    });

    it('are wanted from everybody but those who have the address of a session', async () => {
      expect((await fetch(objectUrl(proxy.url, 'lake', 'a'))).status).toBe(401);
      const authorization = `Bearer ${await login().getAccessToken()}`;
      const query = 'uploadType=resumable&name=a';
      const start = await fetch(`${proxy.url}/upload/storage/v1/b/lake/o?${query}`, { method: 'POST', headers: { authorization } });
      tokens.expire();
      const session = start.headers.get('location')!;
      expect((await fetch(session, { method: 'PUT', body: 'x', headers: { authorization } })).status).toBe(401);
      expect((await fetch(session, { method: 'PUT', body: 'x' })).status).toBe(200);
    });

    it('expire by themselves too', async () => {
      await tokens.close();
      tokens = await startTokenService({ expiresInS: 1 });
      vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', tokens.credentialsFile);
      expect(await login().getAccessToken()).toBe('token-1');
      expect(tokens.current()).toBe('token-1');
      await sleep(1100);
      expect(tokens.current()).toBeUndefined();
    });

    it('are refused with invalid_grant', async () => {
      tokens.refuse();
      await expect(login().getAccessToken()).rejects.toThrow('invalid_grant');
      tokens.accept();
      expect(await login().getAccessToken()).toBe('token-1');
    });
  });

  // The server's answers have a date, as those of Cloud Storage: clocks can be compared.
  it('answers are dated', async () => {
    const answer = await fetch(objectUrl(proxy.url, 'lake', 'a'));
    expect(Math.abs(Date.parse(answer.headers.get('date')!) - Date.now())).toBeLessThan(5000);
    expect(await text(answer.body!)).toContain('Not Found');
  });
});
