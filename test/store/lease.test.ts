import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { EXIT, type UserError } from '../../src/lib/errors.ts';
import { thisProcess } from '../../src/lib/process-place.ts';
import { Lease, type LeaseRequest } from '../../src/store/lease.ts';
import { describeWithGcs } from './describe-with-gcs.ts';
import { BUCKET, startTestBucket, type TestBucket } from './bucket.ts';
import { deleteObject, listObjects, readObject, writeObject } from './fake-gcs-server.ts';

describeWithGcs('Lease', () => {
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await startTestBucket();
  });

  let leases = 0;
  function request(name: string, change: Partial<LeaseRequest> = {}): LeaseRequest & { notes: string[]; losses: UserError[] } {
    const notes: string[] = [];
    const losses: UserError[] = [];
    return {
      client: bucket.client({ budgetMs: 2000 }),
      name,
      command: 'backlog-bear',
      clock: () => new Date(),
      signal: new AbortController().signal,
      note: (message) => notes.push(message),
      onLost: (error) => losses.push(error),
      leaseMs: 1200,
      notes,
      losses,
      ...change,
    };
  }
  const newName = (): string => `leases/${++leases}.json`;
  const owner = (change: object) =>
    JSON.stringify({ id: 'x', ...thisProcess(), command: 'backlog-bear', since: 'then', lease_ms: 1200, renewals: 0, ...change });

  it('keeps a second writer out as long as the first lives, and names the first', async () => {
    const name = newName();
    const lease = await Lease.acquire(request(name));
    await expect(Lease.acquire(request(name, { command: 'upload-raw' }))).rejects.toMatchObject({
      exitCode: EXIT.incomplete,
      message: expect.stringContaining(`backlog-bear, process ${process.pid} on ${hostname()}`) as string,
    });
    await lease.release();
    expect(await listObjects(bucket.gcs.url, BUCKET, name)).toEqual([]);
    const next = await Lease.acquire(request(name));
    await next.release();
  });

  it('is given to one of many that ask at once', async () => {
    const name = newName();
    const asked = await Promise.allSettled(Array.from({ length: 5 }, () => Lease.acquire(request(name))));
    const got = asked.filter((result) => result.status === 'fulfilled');
    expect(got).toHaveLength(1);
    await got[0]!.value.release();
  });

  it('of an owner elsewhere that does not renew it is taken over after its time, not before', async () => {
    const name = newName();
    await writeObject(bucket.gcs.url, BUCKET, name, owner({ host: 'far-away' }));
    const asking = request(name);
    const began = performance.now();
    const lease = await Lease.acquire(asking);
    expect(performance.now() - began).toBeGreaterThanOrEqual(1200);
    expect(asking.notes.join('\n')).toMatch(/far-away.*waiting up to[^]*took over/);
    await lease.release();
  });

  it('of an owner here that is dead is taken over at once', async () => {
    const name = newName();
    await writeObject(bucket.gcs.url, BUCKET, name, owner({ process_start: '1', lease_ms: 600_000 }));
    const lease = await Lease.acquire(request(name));
    await lease.release();
  });

  it('that is taken from a run that stood still ends that run', async () => {
    const name = newName();
    const asking = request(name);
    const lease = await Lease.acquire(asking);
    await writeObject(bucket.gcs.url, BUCKET, name, owner({ host: 'far-away' }));
    await expect(lease.renew()).rejects.toMatchObject({
      exitCode: EXIT.incomplete,
      message: expect.stringContaining('far-away') as string,
    });
    expect(asking.losses).toHaveLength(1);
    await lease.release();
    expect(String(await readObject(bucket.gcs.url, BUCKET, name))).toContain('far-away');
  });

  it('is noticed as lost by its heartbeat alone', async () => {
    const name = newName();
    const asking = request(name);
    await Lease.acquire(asking);
    await deleteObject(bucket.gcs.url, BUCKET, name);
    while (asking.losses.length === 0) await sleep(50);
    expect(asking.losses[0]!.exitCode).toBe(EXIT.incomplete);
  });

  it('that cannot be renewed in time is given up before others may take it', async () => {
    const name = newName();
    const asking = request(name);
    await Lease.acquire(asking);
    bucket.proxy.setFaults({ seed: 1, rate: 1, kinds: ['status-503'] });
    while (asking.losses.length === 0) await sleep(50);
    bucket.proxy.setFaults();
    expect(asking.losses[0]!.message).toContain('could not be renewed');
  });

  it('survives faults', async () => {
    const name = newName();
    const asking = request(name);
    bucket.proxy.setFaults({ seed: 3, rate: 0.5, kinds: ['lost-answer', 'status-503', 'duplicate', 'reset-before'] });
    const lease = await Lease.acquire(asking);
    for (let renewals = 0; renewals < 5; renewals++) await lease.renew();
    bucket.proxy.setFaults();
    await lease.release();
    expect(asking.losses).toEqual([]);
    expect(await listObjects(bucket.gcs.url, BUCKET, name)).toEqual([]);
  });
});
