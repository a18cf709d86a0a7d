import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCheckpoint, writeCheckpoint } from '../../src/checkpoint/checkpoint.ts';
import { readIdState } from '../../src/checkpoint/id-state.ts';
import { writeJsonFile } from '../../src/checkpoint/json-file.ts';
import { readLakeFile, type LakeFile } from '../../src/checkpoint/lake-file.ts';
import { readLastRun } from '../../src/checkpoint/last-run.ts';
import { idStateAt } from '../../src/checkpoint/reconcile.ts';
import { EXIT, UserError } from '../../src/lib/errors.ts';
import { parseDay } from '../../src/lib/days.ts';
import { TABLE_NAMES } from '../../src/tables/index.ts';
import { FRESH, IDENTITY, idsThrough, START } from './sample-state.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function expectRefused(read: () => unknown, message: RegExp): void {
  expect(read).toThrow(UserError);
  expect(read).toThrow(message);
  expect(read).toThrow(expect.objectContaining({ exitCode: EXIT.usage }));
  expect(read).toThrow(path);
}

describe('the checkpoint', () => {
  it('is one line with a date, replaced whole', async () => {
    expect(readCheckpoint(path)).toBeUndefined();
    await writeCheckpoint(path, parseDay('2020-01-30'));
    await writeCheckpoint(path, parseDay('2020-02-29'));
    expect(readFileSync(path, 'utf8')).toBe('2020-02-29\n');
    expect(readCheckpoint(path)).toBe(parseDay('2020-02-29'));
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it.each(['', 'done', '2020-02-30', '2020-01-30\n2020-02-29', '2020-01'])('that says %j is refused', (text) => {
    writeFileSync(path, text);
    expectRefused(() => readCheckpoint(path), /is not a calendar date/);
  });

  it('that is a folder is refused', () => {
    mkdirSync(path);
    expectRefused(() => readCheckpoint(path), /cannot be read/);
  });
});

describe('the ID state', () => {
  const state = idStateAt(parseDay('2020-01-30'), START, FRESH, new Date('2026-03-01T10:00:00Z'));
  const fresh = idStateAt(START - 1, START, FRESH, new Date('2026-03-01T10:00:00Z'));

  it('reads back as it was written, also from before the first chunk', async () => {
    expect(readIdState(path)).toBeUndefined();
    for (const written of [state, fresh]) {
      await writeJsonFile(path, written);
      expect(readIdState(path)).toEqual(written);
    }
    expect(readFileSync(path, 'utf8')).toMatch(/^\{\n {2}"last_cart_id": 0,\n[^]*\}\n$/);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it.each<[string, string | object, RegExp]>([
    ['nothing', '', /is not a valid ID state/],
    ['half a file', JSON.stringify(state).slice(0, 80), /is not a valid ID state/],
    ['a list', '[]', /the whole: /],
    ['another version', { ...state, version: 2 }, /version: /],
    ['half a number', { ...state, last_order_id: 1.5 }, /last_order_id: /],
    ['a negative number', { ...state, last_cart_id: -1 }, /last_cart_id: /],
    ['no date', { ...state, last_completed_date: 'yesterday' }, /last_completed_date: is not a date/],
    ['a missing key', { ...state, fingerprint: undefined }, /fingerprint: /],
    ['an unknown key', { ...state, extra: 1 }, /extra/],
    ['settings that are not all there', { ...state, made_with: { ...IDENTITY, seed: undefined } }, /made_with\.seed: /],
    ['several faults at once', { ...state, last_cart_id: 'x', last_order_id: 'y' }, /last_cart_id: .*; last_order_id: /],
  ])('that holds %s is refused', (_, content, message) => {
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    expectRefused(() => readIdState(path), message);
  });

  it('that is a folder is refused', () => {
    mkdirSync(path);
    expectRefused(() => readIdState(path), /the ID state cannot be read/);
  });
});

describe('lake.json', () => {
  const lake: LakeFile = {
    version: 1,
    fingerprint: 'f00d',
    batch_id: 'backlog-0123456789ab',
    made_with: IDENTITY,
    start_date: '2020-01-01',
    end_date: '2020-01-30',
    signup_start_date: '2019-01-01',
    signup_end_date: '2020-01-05',
    tables: Object.fromEntries(TABLE_NAMES.map((table) => [table, { rows: 10, partitions: 2 }])) as LakeFile['tables'],
    last_ids: idsThrough(START + 29),
    config: { faker_seed: 42 },
  };

  it('reads back as it was written', async () => {
    await writeJsonFile(path, lake);
    expect(readLakeFile(path)).toEqual(lake);
  });

  it('without one of the tables is refused', async () => {
    const { returns: _, ...tables } = lake.tables;
    await writeJsonFile(path, { ...lake, tables });
    expectRefused(() => readLakeFile(path), /is not a valid lake description: tables\.returns: /);
  });
});

describe('the note of the last run', () => {
  it('reads back, with an error or without', async () => {
    const run = { started: '2026-03-01T10:00:00.000Z', ended: '2026-03-01T10:05:00.000Z' };
    for (const written of [
      { ...run, outcome: 'completed' as const },
      { ...run, outcome: 'failed' as const, error: { message: 'disk full', hint: 'Make room.' } },
    ]) {
      await writeJsonFile(path, written);
      expect(readLastRun(path)).toEqual(written);
    }
  });

  it('with another outcome is refused', async () => {
    await writeJsonFile(path, { started: '2026-03-01T10:00:00Z', ended: '2026-03-01T10:05:00Z', outcome: 'maybe' });
    expectRefused(() => readLastRun(path), /outcome: /);
  });
});
