import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, Installed } from './installed.ts';

let program: Installed;
beforeAll(() => {
  program = new Installed();
});
afterAll(() => program.remove());

const run = (args: readonly string[], options: { cwd: string }) => program.run(args, options);

test.each([
  [['upload-raw', '--all'], {}, 'no bucket is given'],
  [['upload-raw', '--bucket', 'mine'], {}, 'nothing says what to upload'],
  [['backlog-bear', '--chunk-size', '0'], { END_DATE: 'soon' }, 'END_DATE=soon (environment): is not a calendar date'],
  [['export-raw', '--source', 'nowhere'], {}, 'nowhere: no such folder'],
  [['generate-lookups', '--start-date', '2020-02-02', '--end-date', '2020-02-01'], {}, 'comes after the last'],
])('%j with %j leaves nothing behind', async (args, env, says) => {
  const cwd = program.newFolder();
  const { code, stdout, stderr } = await program.run(args, { cwd, env });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(says);
  expect(readdirSync(cwd)).toEqual(['small.yaml']);
});

describe('a small lake', () => {
  const small = ['--config', 'small.yaml', '--end-date', '2020-02-09', '--chunk-size', '10'];

  test('dry run, run, run again, status, verify, a damaged day made again, a score', async () => {
    const cwd = program.newFolder();
    const dry = await run(['backlog-bear', ...small, '--dry-run', '--json'], { cwd });
    expect(dry.code).toBe(0);
    expect(readdirSync(cwd)).toEqual(['small.yaml']);
    const plan = JSON.parse(dry.stdout) as {
      estimated: boolean;
      chunks: number;
      tables: { table: string; rows: number; partitions: number }[];
    };
    expect(plan).toMatchObject({ estimated: true, chunks: 4 });

    const first = await run(['backlog-bear', ...small, '--log-format', 'json'], { cwd });
    expect(first.code).toBe(0);
    const log = first.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; level: string; time: string; chunk?: number });
    expect(log.filter(({ event }) => event === 'chunk').map(({ chunk }) => chunk)).toEqual([1, 2, 3, 4]);
    expect(first.stdout).toMatch(/^total +[\d,]+/m);
    expect(first.stdout).toContain(`Lake:      ${join(cwd, 'output', 'raw')} (2020-01-01 to 2020-02-09)`);
    expect(first.stdout).toContain('npx ecomlake verify');
    const identity = /Identity: +([0-9a-f]{64})/.exec(first.stdout)?.[1];
    expect(identity).toBeDefined();

    const again = await run(['backlog-bear', ...small, '--json', '--quiet'], { cwd });
    expect(again.stderr).toBe('');
    const lake = JSON.parse(again.stdout) as typeof plan & { identity: string };
    expect(lake.identity).toBe(identity);
    const counts = (tables: typeof plan.tables) => tables.map(({ table, rows, partitions }) => [table, rows, partitions]);
    expect(counts(lake.tables)).toEqual(counts(plan.tables));

    const status = await run(['status', ...small], { cwd });
    expect(status.stdout).toContain('40 of 40 days (100 %)');
    const further = await run(['status', '--config', 'small.yaml', '--end-date', '2020-02-29', '--json'], { cwd });
    expect(JSON.parse(further.stdout)).toMatchObject({
      completedThrough: '2020-02-09',
      complete: false,
      next: { start: '2020-02-10', end: '2020-02-29', command: 'npx ecomlake backlog-bear --config small.yaml --end-date 2020-02-29' },
    });
    expect((await run(['doctor', ...small], { cwd })).stdout).toContain('complete through 2020-02-09');

    const verified = await run(['verify', '--json'], { cwd });
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, identity });
    expect(verified.code).toBe(0);
    rmSync(join(cwd, 'output', 'raw', 'orders', 'ingest_dt=2020-01-07', '_SUCCESS'));
    const damaged = await run(['verify'], { cwd });
    expect(damaged.stdout).toContain('ingest_dt=2020-01-07');
    expect(damaged.code).toBe(4);

    // As docs/architecture.md says.
    rmSync(join(cwd, 'output', 'raw', 'orders', 'ingest_dt=2020-01-07'), { recursive: true });
    const day = ['run-generator', '--config', 'small.yaml', '--start-date', '2020-01-07', '--end-date', '2020-01-07'];
    const other = await run([...day, '--messiness-level', 'heavy_mess'], { cwd });
    expect(other.stderr).toContain(
      `these CSVs are not of the lake of ${join('artifacts', 'lake.json')}: messiness_level medium_mess there, heavy_mess here`,
    );
    expect((await run(day, { cwd })).stderr).not.toContain('these CSVs are not of the lake');
    expect((await run(['export-raw', '--source', 'artifacts/raw_run_2020-01-07_2020-01-07'], { cwd })).code).toBe(0);
    expect(JSON.parse((await run(['verify', '--json'], { cwd })).stdout)).toMatchObject({ ok: true, identity });

    const deep = (await run(['verify', '--deep'], { cwd })).stdout;
    expect(deep).toMatch(/^skip {2}.*\(skipped: /m);
    expect(deep).toMatch(/Sound: \d+ checks, \d+ skipped in /);

    renameSync(join(cwd, 'output', 'truth'), join(cwd, 'kept'));
    const scored = await run(['score', '--answer', 'output/raw', '--truth-root', 'kept', '--json'], { cwd });
    expect(JSON.parse(scored.stdout)).toMatchObject({ dropped: 0, added: 0, overall: { detection: { recall: 0 } } });
  });

  test('lookups, CSVs and export by hand', async () => {
    const cwd = program.newFolder();
    const lookups = await run(['generate-lookups', '--config', 'small.yaml', '--json'], { cwd });
    expect(JSON.parse(lookups.stdout)).toMatchObject({ customers: 200, products: 50 });
    const refused = await run(['generate-lookups', '--config', 'small.yaml'], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--force');

    const window = ['--start-date', '2020-01-05', '--end-date', '2020-01-09'];
    const csvs = await run(['run-generator', '--config', 'small.yaml', ...window], { cwd });
    expect(csvs.stderr).not.toContain('error');
    expect(csvs.code).toBe(0);
    const source = join('artifacts', 'raw_run_2020-01-05_2020-01-09');
    expect(existsSync(join(cwd, source, 'orders.csv'))).toBe(true);

    const dates = ['--dates', '2020-01-06,2020-01-08'];
    const exported = await run(['export-raw', '--config', 'small.yaml', '--source', source, '--table', 'orders', ...dates, '--json'], {
      cwd,
    });
    expect(JSON.parse(exported.stdout)).toMatchObject({ tables: [{ table: 'orders', partitions: 2 }] });
    expect(readdirSync(join(cwd, 'output', 'raw', 'orders'))).toEqual(['ingest_dt=2020-01-06', 'ingest_dt=2020-01-08']);
  });

  test('a lake elsewhere: export-raw names the command that checks it', async () => {
    const cwd = program.newFolder();
    const where = ['--artifact-root', 'my/artifacts', '--target-root', 'my/raw'];
    const days = ['--config', 'small.yaml', '--start-date', '2020-01-01', '--end-date', '2020-01-02'];
    expect((await run(['backlog-bear', ...days, ...where], { cwd })).code).toBe(0);
    expect((await run(['run-generator', ...days, '--artifact-root', 'my/artifacts'], { cwd })).code).toBe(0);
    const { stdout } = await run(['export-raw', '--source', 'my/artifacts/raw_run_2020-01-01_2020-01-02', '--target-root', 'my/raw'], {
      cwd,
    });
    const check = /npx ecomlake (verify .*)/.exec(stdout)![1]!;
    expect(check).toBe('verify --source my/raw --artifact-root my/artifacts');
    expect((await run(check.split(' '), { cwd })).stdout).toContain('Sound: 13 checks in ');
  });

  test('an interruption ends with 3, keeps finished chunks and is resumed', async () => {
    const cwd = program.newFolder();
    const args = ['backlog-bear', '--config', 'small.yaml', '--end-date', '2020-12-31', '--chunk-size', '1'];
    const child = program.start(args, { cwd });
    const result = ended(child);
    let isStopped = false;
    child.stderr!.on('data', () => {
      if (isStopped || !existsSync(join(cwd, 'artifacts', '.backlog_checkpoint'))) return;
      isStopped = child.kill('SIGINT');
    });
    const { code, stderr } = await result;
    expect(stderr).toContain('stopping cleanly');
    expect(stderr).toContain('error: interrupted');
    expect(code).toBe(3);
    const status = await run(['status', ...args.slice(1), '--json'], { cwd });
    const found = JSON.parse(status.stdout) as { daysDone: number; lastRun: { outcome: string } };
    expect(found.daysDone).toBeGreaterThan(0);
    expect(found.daysDone).toBeLessThan(366);
    expect(found.lastRun.outcome).toBe('failed');
    const resumed = await run(['backlog-bear', '--config', 'small.yaml', '--end-date', '2020-01-31'], { cwd });
    expect(resumed.code).toBe(0);
  });
});
