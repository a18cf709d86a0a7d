import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithGcs } from '../store/describe-with-gcs.ts';
import { listObjects, startFakeGcs, writeObject, type FakeGcs } from '../store/fake-gcs-server.ts';
import { ended, Installed } from './installed.ts';
import { SMALL_YAML } from './small-config.ts';

let program: Installed;
beforeAll(() => {
  program = new Installed();
  cpSync(fileURLToPath(new URL('../../scripts', import.meta.url)), join(program.folder, 'scripts'), { recursive: true });
  writeFileSync(join(program.scratch, 'small.yaml'), SMALL_YAML);
});
afterAll(() => program.remove());

/** From a folder that is not the checkout. */
function runScript(name: string, args: readonly string[], env: Record<string, string>) {
  const script = join(program.folder, 'scripts', name);
  const command = name.endsWith('.mjs') ? process.execPath : script;
  const words = name.endsWith('.mjs') ? [script, ...args] : args;
  return ended(spawn(command, words, { cwd: program.scratch, env: { PATH: process.env['PATH'], CONFIG_PATH: 'small.yaml', ...env } }));
}

test('lookups go into the folder of the checkout, wherever the script is called from', async () => {
  const { code, stdout } = await runScript('generate_static_lookups.sh', [], {});
  expect(stdout).toContain('200 customers and 50 products');
  expect(code).toBe(0);
  expect(existsSync(join(program.folder, 'artifacts/static_lookups/customers.csv'))).toBe(true);
  expect((await runScript('generate_static_lookups.sh', [], {})).code).toBe(2);
  expect((await runScript('generate_static_lookups.sh', ['--force'], {})).code).toBe(0);
});

test('the backlog reads its variables, and paths that are given are those of the caller', async () => {
  const env = { ARTIFACT_ROOT: 'mine', TARGET_ROOT: 'mine/lake', START_DATE: '2020-01-01', END_DATE: '2020-01-05', CHUNK_SIZE: '2' };
  const { code, stderr } = await runScript('backlog_bear.sh', ['--direct'], env);
  expect(stderr).toContain('chunk 3/3 (2020-01-05 to 2020-01-05)');
  expect(code).toBe(0);
  expect(readdirSync(join(program.scratch, 'mine/lake/orders'))).toHaveLength(5);
  expect(existsSync(join(program.folder, 'output'))).toBe(false);
});

test('the smoke test passes, touches nothing of the user and clears up', async () => {
  const temporary = join(program.folder, 'tmp');
  mkdirSync(temporary);
  const before = new Set(readdirSync(program.scratch, { recursive: true, encoding: 'utf8' }));
  const env = {
    TMPDIR: temporary,
    ARTIFACT_ROOT: 'mine',
    TARGET_ROOT: 'mine/lake',
    ID_STATE_FILE: 'mine/state',
    CHECKPOINT_FILE: 'mine/point',
    END_DATE: '2020-03-31',
  };
  const { code, stdout, stderr } = await runScript('smoke_test.sh', [], env);
  expect(stderr).not.toContain('error');
  expect(stdout).toContain('(2020-01-01 to 2020-02-29)');
  expect(stdout).toMatch(/^All: 1,116 objects .*no bucket is given\.\nDry run: nothing was sent to gs:\/\/\.\.\.\/ecom\/raw\/_smoke\.$/m);
  expect(stdout).toContain('Smoke test passed');
  expect(code).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
  expect(new Set(readdirSync(program.scratch, { recursive: true, encoding: 'utf8' }))).toEqual(before);
  expect(existsSync(join(program.folder, 'scripts/backlog_bear_test.sh'))).toBe(false);
});

test('a smoke test that fails keeps its log and says where', async () => {
  const temporary = join(program.folder, 'tmp-failed');
  mkdirSync(temporary);
  const { code, stdout, stderr } = await runScript('smoke_test.sh', [], { TMPDIR: temporary, MESSINESS_LEVEL: 'extreme' });
  expect(code).toBe(2);
  expect(stdout).not.toContain('passed');
  const [log, ...more] = readdirSync(temporary);
  expect(more).toEqual([]);
  expect(stderr).toContain(join(temporary, log!));
  expect(stderr).toContain('must be one of');
});

describeWithGcs('the smoke test with a bucket', () => {
  let gcs: FakeGcs;
  let env: Record<string, string>;
  beforeAll(async () => {
    gcs = await startFakeGcs({ backend: 'memory', buckets: ['mine'] });
    await writeObject(gcs.url, 'mine', 'my/raw/orders/ingest_dt=2020-01-01/_SUCCESS', '');
    const temporary = join(program.folder, 'tmp-bucket');
    mkdirSync(temporary);
    env = { TMPDIR: temporary, STORAGE_EMULATOR_HOST: gcs.url, BUCKET: 'gs://mine/', PREFIX: 'my/raw/' };
  });
  afterAll(() => gcs.close());

  const names = async (): Promise<string[]> => (await listObjects(gcs.url, 'mine')).map(({ name }) => name);

  test('publishes to a prefix of its own, verifies it there and leaves nothing', async () => {
    await writeObject(gcs.url, 'mine', 'my/raw/_smoke/orders/ingest_dt=2019-01-01/part-0000.parquet', 'of a killed smoke test');
    const { code, stdout, stderr } = await runScript('smoke_test.sh', [], env);
    expect(stderr).not.toContain('error');
    expect(stdout).toMatch(/^Sent: +1,116 objects/m);
    expect(stdout).toMatch(/^Sent: +0 objects/m);
    expect(stdout).toMatch(/^Lake: +gs:\/\/mine\/my\/raw\/_smoke$/m);
    expect(stdout.match(/^Removed .*/gm)).toEqual([
      'Removed 1 objects of gs://mine/my/raw/_smoke',
      'Removed 1119 objects of gs://mine/my/raw/_smoke',
    ]);
    expect(stdout).toContain('Smoke test passed');
    expect(code).toBe(0);
    expect(await names()).toEqual(['my/raw/orders/ingest_dt=2020-01-01/_SUCCESS']);
    expect(readdirSync(env['TMPDIR']!)).toEqual([]);
  });

  test('says so when the bucket is not there', async () => {
    const { code, stderr } = await runScript('smoke_test.sh', [], { ...env, BUCKET: 'other' });
    expect(stderr).toContain('gs://other: there is no such bucket');
    expect(code).toBe(3);
  });

  test('nothing else can be removed', async () => {
    const before = await names();
    for (const prefix of ['my/raw', 'my/raw_smoke', '']) {
      const { code, stderr } = await runScript('remove_smoke.mjs', ['mine', prefix], env);
      expect(stderr).toContain('a prefix that ends in /_smoke');
      expect(code).toBe(2);
    }
    expect(await names()).toEqual(before);
  });
});
