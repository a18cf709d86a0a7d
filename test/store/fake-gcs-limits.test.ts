// What the storage server of our tests does as Cloud Storage does, and where it cannot: a green test of ours proves nothing there.

import { mkdtemp, rm } from 'node:fs/promises';
import { request as openRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeWithGcs } from './describe-with-gcs.ts';
import { deleteObject, listObjects, objectUrl, readObject, startFakeGcs, writeObject, type FakeGcs } from './fake-gcs-server.ts';

const HELLO_CRC32C = 'mnG7TA==';
const WRONG_CRC32C = 'AAAAAA==';
interface ErrorBody {
  error: { code: number; message: string; errors: { reason: string }[] };
}

describeWithGcs.each(['memory', 'filesystem'] as const)('%s', (backend) => {
  let gcs: FakeGcs;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecomlake-fake-gcs-'));
    gcs = await startFakeGcs({ backend, folder, buckets: ['lake'] });
  });
  afterAll(async () => {
    await gcs.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    for (const { name } of await listObjects(gcs.url, 'lake')) await deleteObject(gcs.url, 'lake', name);
  });

  const read = async (name: string): Promise<string> => (await readObject(gcs.url, 'lake', name)).toString();
  const names = async (): Promise<string[]> => (await listObjects(gcs.url, 'lake')).map(({ name }) => name);
  const get = (name: string, query: string, method = 'GET'): Promise<Response> =>
    fetch(`${objectUrl(gcs.url, 'lake', name)}?${query}`, { method });

  function upload(query: Record<string, string>, body: string, headers: Record<string, string> = {}): Promise<Response> {
    const parameters = new URLSearchParams({ name: 'a', ...query }).toString();
    return fetch(`${gcs.url}/upload/storage/v1/b/lake/o?${parameters}`, { method: 'POST', body, headers });
  }
  const media = (query: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Response> =>
    upload({ uploadType: 'media', ...query }, 'hello', headers);
  function multipart(metadata: object, query: Record<string, string> = {}): Promise<Response> {
    const parts = [`Content-Type: application/json\r\n\r\n${JSON.stringify(metadata)}`, 'Content-Type: text/plain\r\n\r\nhello'];
    const body = `${parts.map((part) => `--x\r\n${part}\r\n`).join('')}--x--\r\n`;
    return upload({ uploadType: 'multipart', ...query }, body, { 'content-type': 'multipart/related; boundary=x' });
  }
  async function session(
    metadata: object = {},
    query: Record<string, string> = {},
  ): Promise<(range: string, body?: string) => Promise<Response>> {
    const start = await upload({ uploadType: 'resumable', ...query }, JSON.stringify(metadata), { 'content-type': 'application/json' });
    expect(start.status).toBe(200);
    const url = start.headers.get('location')!;
    return (range, body = '') => fetch(url, { method: 'PUT', body, headers: { 'content-range': `bytes ${range}` } });
  }

  describe('does as Cloud Storage does', () => {
    it('checks the checksum declared with a multipart upload', async () => {
      const refused = await multipart({ crc32c: WRONG_CRC32C });
      expect([refused.status, await names()]).toEqual([400, []]);
      expect((await multipart({ crc32c: HELLO_CRC32C })).status).toBe(200);
    });

    it('checks the checksum declared with the start of a session that has one piece', async () => {
      const put = await session({ crc32c: WRONG_CRC32C });
      expect([(await put('0-4/5', 'hello')).status, await names()]).toEqual([400, []]);
    });

    it('honours ifGenerationMatch on whole uploads, also of many at once', async () => {
      const all = await Promise.all(Array.from({ length: 16 }, () => media({ ifGenerationMatch: '0' })));
      const statuses = all.map(({ status }) => status);
      expect([200, 412].map((wanted) => statuses.filter((status) => status === wanted).length)).toEqual([1, 15]);
      expect((await multipart({}, { ifGenerationMatch: '0' })).status).toBe(412);
      const { generation } = (await listObjects(gcs.url, 'lake'))[0]!;
      expect((await multipart({}, { ifGenerationMatch: generation })).status).toBe(200);
      const refused = await multipart({}, { ifGenerationMatch: generation });
      expect(((await refused.json()) as ErrorBody).error).toMatchObject({ code: 412, errors: [{ reason: 'conditionNotMet' }] });
    });

    it("honours a session's ifGenerationMatch at its end", async () => {
      const put = await session({}, { ifGenerationMatch: '0' });
      await media();
      expect((await put('0-4/5', 'other')).status).toBe(412);
      expect(await read('a')).toBe('hello');
    });

    it('stores nothing of an upload that was cut', async () => {
      const request = openRequest(`${gcs.url}/upload/storage/v1/b/lake/o?uploadType=media&name=a`, {
        method: 'POST',
        headers: { 'content-length': 1000 },
      });
      request.on('error', () => {});
      request.write('hello');
      await sleep(100);
      request.destroy();
      await sleep(100);
      expect(await names()).toEqual([]);
    });

    it('dates its answers; generation, checksum and time are those of the last upload', async () => {
      const before = (await (await media()).json()) as Record<string, string>;
      await sleep(5);
      const answer = await multipart({});
      const after = (await answer.json()) as Record<string, string>;
      expect(Math.abs(Date.parse(answer.headers.get('date')!) - Date.now())).toBeLessThan(5000);
      expect(BigInt(after['generation']!)).toBeGreaterThan(BigInt(before['generation']!));
      expect(Date.parse(after['updated']!)).toBeGreaterThan(Date.parse(before['updated']!));
      expect(after['crc32c']).toBe(HELLO_CRC32C);
      const now = (await (await get('a', '')).json()) as Record<string, string>;
      for (const key of ['generation', 'crc32c', 'updated', 'size']) expect(now[key]).toBe(after[key]);
      expect((await get('a', 'alt=media')).headers.get('x-goog-hash')).toContain(`crc32c=${HELLO_CRC32C}`);
    });

    it('lists in order, by prefix, from startOffset on and by pages', async () => {
      for (const name of ['b/2', 'a', 'b/1', 'c']) await writeObject(gcs.url, 'lake', name, 'x');
      const list = async (query: string): Promise<unknown> => {
        const page = (await (await fetch(`${gcs.url}/storage/v1/b/lake/o?${query}`)).json()) as {
          items?: { name: string }[];
          prefixes?: string[];
          nextPageToken?: string;
        };
        return [page.items?.map(({ name }) => name), page.prefixes, page.nextPageToken !== undefined];
      };
      expect(await list('')).toEqual([['a', 'b/1', 'b/2', 'c'], undefined, false]);
      expect(await list('delimiter=/')).toEqual([['a', 'c'], ['b/'], false]);
      expect(await list('prefix=b/&maxResults=1')).toEqual([['b/1'], undefined, true]);
      expect(await list('startOffset=b/2&endOffset=c')).toEqual([['b/2'], undefined, false]);
    });

    it('deletes one generation and no other', async () => {
      const generation = await writeObject(gcs.url, 'lake', 'a', 'x');
      await media();
      expect((await get('a', `generation=${generation}`, 'DELETE')).status).toBe(404);
      expect(await read('a')).toBe('hello');
    });

    it('answers 404 for a bucket that is not there', async () => {
      const answer = await fetch(`${gcs.url}/upload/storage/v1/b/other/o?uploadType=media&name=a`, { method: 'POST', body: 'x' });
      expect(answer.status).toBe(404);
      expect((await fetch(`${gcs.url}/storage/v1/b/other/o`)).status).toBe(404);
    });
  });

  describe('cannot', () => {
    it('check a checksum in a header', async () => {
      expect((await media({}, { 'x-goog-hash': `crc32c=${WRONG_CRC32C}` })).status).toBe(200);
    });

    it('delete on a condition: it is passed over, and the object is gone; Cloud Storage answers 412', async () => {
      await media();
      expect((await get('a', 'ifGenerationMatch=1', 'DELETE')).status).toBe(200);
      expect(await names()).toEqual([]);
    });

    it('read on a condition: Cloud Storage answers 412', async () => {
      await media();
      expect((await get('a', 'ifGenerationMatch=1')).status).toBe(200);
      expect((await get('a', 'ifGenerationMatch=1&alt=media')).status).toBe(200);
    });

    it('copy on a condition: Cloud Storage answers 412', async () => {
      await media();
      const generation = await writeObject(gcs.url, 'lake', 'copy', 'there before');
      const to = `${objectUrl(gcs.url, 'lake', 'a')}/rewriteTo/b/lake/o/copy?ifGenerationMatch=0`;
      expect((await fetch(to, { method: 'POST' })).status).toBe(200);
      expect((await listObjects(gcs.url, 'lake', 'copy'))[0]!.generation).not.toBe(generation);
    });

    it('tell how far a session has got: to ask ends it, with what there is; Cloud Storage answers 308', async () => {
      const put = await session();
      expect((await put('0-1/5', 'he')).status).toBe(308);
      expect((await put('*/5')).status).toBe(200);
      expect(await read('a')).toBe('he');
    });

    it('place a piece: sent again it is there twice; Cloud Storage goes by its range', async () => {
      const put = await session();
      await put('0-1/5', 'he');
      await put('0-1/5', 'he');
      await put('2-4/5', 'llo');
      expect(await read('a')).toBe('hehello');
    });

    it('check the declared checksum of a session of several pieces: Cloud Storage answers 400', async () => {
      const put = await session({ crc32c: WRONG_CRC32C });
      await put('0-1/5', 'he');
      expect((await put('2-4/5', 'llo')).status).toBe(200);
      expect(await read('a')).toBe('hello');
    });

    it('remember a session that has ended: Cloud Storage gives the object again, after a lost answer', async () => {
      const put = await session();
      expect((await put('0-4/5', 'hello')).status).toBe(200);
      expect((await put('*/5')).status).toBe(404);
    });

    it('tell at the start of a session that its condition does not hold', async () => {
      await media();
      await session({}, { ifGenerationMatch: '0' });
    });

    it('cancel a session: it says so, and goes on', async () => {
      const start = await upload({ uploadType: 'resumable' }, '');
      const url = start.headers.get('location')!;
      expect((await fetch(url, { method: 'DELETE' })).status).toBe(499);
      expect((await fetch(url, { method: 'PUT', body: 'hello' })).status).toBe(200);
    });

    it('tell a missing bucket from a missing object: Cloud Storage says which', async () => {
      const bucket = (await (await fetch(objectUrl(gcs.url, 'other', 'a'))).json()) as ErrorBody;
      const object = (await (await get('a', '')).json()) as ErrorBody;
      expect(bucket).toEqual(object);
      expect(object.error).toMatchObject({ message: 'Not Found', errors: [{ reason: 'notFound' }] });
      // A download's error is no JSON; in Cloud Storage it is a sentence that names the object.
      expect(await (await get('a', 'alt=media')).text()).toBe('Not Found\n');
    });

    it('limit a page, choose fields, or answer 204 to a deletion', async () => {
      const wanted = Array.from({ length: 1001 }, (_, index) => String(index));
      for (let first = 0; first < wanted.length; first += 50) {
        await Promise.all(wanted.slice(first, first + 50).map((name) => writeObject(gcs.url, 'lake', name, '')));
      }
      const page = (await (await fetch(`${gcs.url}/storage/v1/b/lake/o?fields=items(name)`)).json()) as {
        items: object[];
        nextPageToken?: string;
      };
      // Cloud Storage gives 1000 at most.
      expect([page.items.length, page.nextPageToken]).toEqual([1001, undefined]);
      expect(page.items[0]).toHaveProperty('crc32c');
      expect((await listObjects(gcs.url, 'lake')).length).toBe(1001);
      const answer = await get('0', '', 'DELETE');
      expect([answer.status, await answer.text()]).toEqual([200, 'null\n']);
    });

    it('ask for a token, or slow down who writes one object more than once a second', async () => {
      const statuses = await Promise.all(Array.from({ length: 10 }, () => media({}, { authorization: 'Bearer of no token' })));
      expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([200]));
    });
  });

  if (backend === 'memory') return;

  it('cannot have an object a next to a/b, nor after it', async () => {
    await media();
    await expect(writeObject(gcs.url, 'lake', 'a/b', 'x')).rejects.toThrow('500');
    await deleteObject(gcs.url, 'lake', 'a');
    await writeObject(gcs.url, 'lake', 'a/b', 'x');
    await deleteObject(gcs.url, 'lake', 'a/b');
    await expect(writeObject(gcs.url, 'lake', 'a', 'x')).rejects.toThrow('500');
    await rm(join(folder, 'lake', 'a'), { recursive: true });
  });
});
