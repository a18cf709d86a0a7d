// `ecomlake report` as a person or a program calls it.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli.ts';
import { makeTempFolder } from '../pipeline/tiny-shop.ts';
import { makeYearLake, type YearLake } from './year-lake.ts';

let made: Promise<YearLake> | undefined;
const lake = (): Promise<YearLake> => (made ??= makeYearLake({ 'end-date': '2020-01-05' }));

async function call(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const code = await run(args, {
    stdout: { write: (text: string) => void (stdout += text) },
    stderr: { write: (text: string) => void (stderr += text) },
    environment: {},
    signal: new AbortController().signal,
    clock: () => new Date('2030-01-02T03:04:05Z'),
  });
  return { code, stdout, stderr };
}

describe('report', () => {
  test('says where the page is', async () => {
    const { request } = await lake();
    const page = join(makeTempFolder(), 'a folder/page.html');
    const { code, stdout } = await call('report', '--source', request.root, '--artifact-root', request.artifactRoot, '--output', page);
    expect(code).toBe(0);
    expect(stdout).toContain('Sound: 13 checks.');
    expect(stdout).toContain(`Page:  ${page}\n`);
    expect(stdout).toContain('/a%20folder/page.html\n');
    expect(readFileSync(page, 'utf8')).toContain('2030-01-02 03:04 UTC');
  });

  test('the page of a lake lies beside it', async () => {
    const { request } = await lake();
    const { stdout } = await call('report', '--source', request.root, '--artifact-root', request.artifactRoot);
    const page = join(request.root, '../report.html');
    expect(stdout).toContain(`Page:  ${page}\n`);
    expect(existsSync(page)).toBe(true);
  });

  test('--json prints the figures, --deep reads every row', async () => {
    const { request } = await lake();
    const page = join(makeTempFolder(), 'page.html');
    const args = ['--source', request.root, '--artifact-root', request.artifactRoot, '--output', page];
    const { code, stdout } = await call('report', '--json', '--deep', ...args);
    expect(code).toBe(0);
    const figures = JSON.parse(stdout) as { page: string; isDeep: boolean; checks: { name: string }[]; daily: { orders: unknown[] } };
    expect(figures).toMatchObject({ page, isDeep: true });
    expect(figures.checks.length).toBeGreaterThan(20);
    expect(figures.daily.orders).toHaveLength(5);
    expect(readFileSync(page, 'utf8')).toContain('Every row was read.');
  });

  test('no lake: exit code 2 and no page', async () => {
    const folder = makeTempFolder();
    const { code, stderr } = await call('report', '--source', join(folder, 'none'), '--output', join(folder, 'page.html'));
    expect(code).toBe(2);
    expect(stderr).toContain('there is no lake here');
    expect(existsSync(join(folder, 'page.html'))).toBe(false);
  });
});
