// The built program and a bucket: what people type, what they are told, how it ends.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithGcs } from '../store/describe-with-gcs.ts';
import { listObjects, startFakeGcs, type FakeGcs } from '../store/fake-gcs-server.ts';
import { startFaultProxy } from '../store/fault-proxy.ts';
import { startTokenService } from '../store/token-service.ts';
import { ended, Installed } from './installed.ts';

const SMALL = ['--config', 'small.yaml', '--end-date', '2020-01-06', '--chunk-size', '3', '--direct'];

let program: Installed;
beforeAll(() => {
  program = new Installed();
});
afterAll(() => program.remove());

describe('without credentials', () => {
  // No file of anybody's, and no machine of Google's.
  const env = { HOME: '/nonexistent', METADATA_SERVER_DETECTION: 'none' };

  test('a run stops before it makes anything, and says how to get some', async () => {
    const cwd = program.newFolder();
    const { code, stdout, stderr } = await program.run(['backlog-bear', ...SMALL, '--bucket', 'lake'], { cwd, env });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('gcloud auth application-default login');
    expect(existsSync(join(cwd, 'output/raw'))).toBe(false);
    expect(existsSync(join(cwd, 'artifacts/static_lookups'))).toBe(false);
  });

  test('a dry run lists every object all the same', async () => {
    const cwd = program.newFolder();
    await program.run(['backlog-bear', ...SMALL], { cwd });
    const named = await program.run(['upload-raw', '--all', '--dry-run', '--bucket', 'gs://lake/', '--config', 'small.yaml'], { cwd, env });
    expect(named.code).toBe(0);
    expect(named.stdout).toMatch(/^\? +[\d.]+ KB +gs:\/\/lake\/ecom\/raw\/orders\/ingest_dt=2020-01-02\/part-0000\.parquet$/m);
    expect(named.stdout).toContain('Not compared with the bucket: the Google credentials cannot be used');
    const unnamed = await program.run(['upload-raw', '--ingest-date', '2020-01-02', '--dry-run', '--config', 'small.yaml'], { cwd, env });
    expect(unnamed.stdout).toContain('gs://.../ecom/raw/returns/ingest_dt=2020-01-02/_SUCCESS');
    expect(unnamed.stdout).toContain('All: 18 objects');
  });
});

describeWithGcs('with a bucket', () => {
  let gcs: FakeGcs;
  let env: Record<string, string>;
  beforeAll(async () => {
    gcs = await startFakeGcs({ backend: 'memory', buckets: ['one', 'two', 'three', 'four'] });
    env = { STORAGE_EMULATOR_HOST: gcs.url };
  });
  afterAll(() => gcs.close());

  test('run, status, doctor, verify, and one identity everywhere', async () => {
    const cwd = program.newFolder();
    const run = (args: string[]) => program.run([...args, '--bucket', 'one'], { cwd, env });
    const ready = await run(['doctor', ...SMALL]);
    expect(ready.stdout).toMatch(/bucket +gs:\/\/one\/ecom\/raw can be reached[^]*a fresh start[^]*Ready/);
    const made = await run(['backlog-bear', ...SMALL]);
    expect(made.stderr).toContain('chunk 2/2');
    expect(made.code).toBe(0);
    const identity = /Identity: +([0-9a-f]{64})/.exec(made.stdout)?.[1];
    expect(made.stdout).toContain('Lake:      gs://one/ecom/raw (2020-01-01 to 2020-01-06)');
    const status = await run(['status', '--config', 'small.yaml']);
    expect(status.stdout).toContain('gs://one/ecom/raw: complete through 2020-01-06');
    for (const deep of [[], ['--deep']]) {
      const verified = await run(['verify', '--config', 'small.yaml', '--json', ...deep]);
      expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, identity });
    }
    const elsewhere = program.newFolder();
    await program.run(['backlog-bear', ...SMALL], { cwd: elsewhere });
    const there = await program.run(['verify', '--config', 'small.yaml', '--json'], { cwd: elsewhere });
    expect(JSON.parse(there.stdout)).toMatchObject({ ok: true, identity });
  });

  test('--dry-run-upload makes the lake locally, lists the upload and sends nothing', async () => {
    const cwd = program.newFolder();
    const { code, stdout } = await program.run(['backlog-bear', ...SMALL, '--bucket', 'two', '--dry-run-upload'], { cwd, env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^new +[\d.]+ KB +gs:\/\/two\/ecom\/raw\/cart_items\/ingest_dt=2020-01-06\/part-0000\.parquet$/m);
    expect(stdout).toContain('Dry run: nothing was sent to gs://two/ecom/raw');
    expect(readdirSync(join(cwd, 'output/raw/orders'))).toHaveLength(6);
    expect(await listObjects(gcs.url, 'two')).toEqual([]);
  });

  test('two runs at once: one writes, the other is told who', async () => {
    const one = program.newFolder();
    const first = program.start(['backlog-bear', ...SMALL.slice(0, -3), '--chunk-size', '1', '--bucket', 'three'], { cwd: one, env });
    const finished = ended(first);
    while ((await listObjects(gcs.url, 'three', 'ecom/raw/_state/lease.json')).length === 0) await new Promise((r) => setTimeout(r, 20));
    first.kill('SIGSTOP');
    const second = program.start(['backlog-bear', ...SMALL, '--bucket', 'three'], { cwd: program.newFolder(), env });
    const refused = ended(second);
    second.stderr!.on('data', (text: string) => {
      if (text.includes('held by')) second.kill('SIGINT');
    });
    const { code, stderr } = await refused;
    expect(stderr).toMatch(new RegExp(`held by backlog-bear, process ${first.pid} on .*waiting up to 60 s`));
    expect(code).toBe(3);
    first.kill('SIGCONT');
    expect((await finished).code).toBe(0);
  });

  test('a login that runs out in mid-run pauses it: exit 3, the command that renews it, and the rerun goes on', async () => {
    const cwd = program.newFolder();
    const tokens = await startTokenService();
    const proxy = await startFaultProxy({ target: gcs.url, requireToken: () => tokens.current() });
    const withLogin = { STORAGE_EMULATOR_HOST: proxy.url, GOOGLE_APPLICATION_CREDENTIALS: tokens.credentialsFile };
    try {
      const child = program.start(['backlog-bear', ...SMALL, '--bucket', 'four'], { cwd, env: withLogin });
      child.stderr!.on('data', (text: string) => {
        if (!text.includes('chunk 1/2')) return;
        tokens.refuse();
        tokens.expire();
      });
      const { code, stderr } = await ended(child);
      expect(stderr).toContain('gcloud auth application-default login');
      expect(code).toBe(3);
      expect(readFileSync(join(cwd, 'artifacts/.backlog_checkpoint'), 'utf8')).toBe('2020-01-03\n');
      tokens.accept();
      const again = await program.run(['backlog-bear', ...SMALL, '--bucket', 'four'], { cwd, env: withLogin });
      expect(again.stderr).toContain('resuming after 2020-01-03');
      expect(again.code).toBe(0);
    } finally {
      await proxy.close();
      await tokens.close();
    }
  });
});
