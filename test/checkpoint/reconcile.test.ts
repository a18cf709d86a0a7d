import { describe, expect, it } from 'vitest';
import type { IdState, LakeIdentity, LastIds } from '../../src/checkpoint/id-state.ts';
import { findResumePoint, idStateAt, reconcile, requireSameSettings, type ReconcileInput } from '../../src/checkpoint/reconcile.ts';
import { EXIT, UserError } from '../../src/lib/errors.ts';
import { parseDay } from '../../src/lib/days.ts';
import { FRESH, IDENTITY, START } from './sample-state.ts';

const NOW = new Date('2026-03-01T10:00:00Z');
const day = parseDay;

/** The state as written at the end of the chunk that began on `from`; before the first chunk without dates. */
function stateAt(last: string | undefined, from = '2020-01-01'): IdState {
  return last === undefined ? idStateAt(START - 1, START, FRESH, NOW) : idStateAt(day(last), day(from), FRESH, NOW);
}

function inputOf(state: IdState | undefined, checkpoint: string | undefined, change: Partial<ReconcileInput> = {}): ReconcileInput {
  return { ...FRESH, state, checkpointDay: checkpoint === undefined ? undefined : day(checkpoint), ...change };
}

function refusalOf(input: ReconcileInput): UserError {
  try {
    reconcile(input);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  expect.unreachable('this should have been refused');
}

describe('a state that fits', () => {
  it.each<[string, IdState | undefined, string | undefined, string]>([
    ['nothing on disk', undefined, undefined, '2019-12-31'],
    ['a state from before the first chunk', stateAt(undefined), undefined, '2019-12-31'],
    ['both at the end of the first chunk', stateAt('2020-01-30'), '2020-01-30', '2020-01-30'],
    ['both at the end of a later chunk', stateAt('2020-02-29', '2020-01-31'), '2020-02-29', '2020-02-29'],
    ['a chunk of one day', stateAt('2020-01-31', '2020-01-31'), '2020-01-31', '2020-01-31'],
  ])('%s: goes on after it', (_, state, checkpoint, completed) => {
    expect(reconcile(inputOf(state, checkpoint))).toEqual({ completedDay: day(completed), repaired: undefined });
  });

  it.each<[string, IdState, string | undefined, string]>([
    ['the first chunk', stateAt('2020-01-30'), undefined, '2020-01-01'],
    ['a later chunk', stateAt('2020-02-29', '2020-01-31'), '2020-01-30', '2020-01-31'],
    ['a chunk of one day', stateAt('2020-01-31', '2020-01-31'), '2020-01-30', '2020-01-31'],
  ])('ahead of the checkpoint by %s in flight: that chunk again, with a word about it', (_, state, checkpoint, from) => {
    const { completedDay, repaired } = reconcile(inputOf(state, checkpoint));
    expect(completedDay).toBe(day(from) - 1);
    expect(repaired).toContain(state.last_completed_date);
    expect(repaired).toContain(from);
  });
});

describe('a state ahead by the chunk in flight', () => {
  it('is put right too when the plan now ends before its day', () => {
    const state = stateAt('2020-02-29', '2020-01-31');
    const shorter = (last: number) => FRESH.idsThrough(Math.min(last, day('2020-02-10')));
    expect(reconcile(inputOf(state, '2020-01-30', { idsThrough: shorter }))).toMatchObject({
      completedDay: day('2020-01-30'),
      repaired: expect.any(String),
    });
  });
});

describe('findResumePoint', () => {
  it('finds what is wrong with the dates before there is a plan', () => {
    const { statePath, checkpointPath, startDay } = FRESH;
    const find = (state: IdState | undefined, checkpoint: string) =>
      findResumePoint({ statePath, checkpointPath, startDay, state, checkpointDay: day(checkpoint) });
    expect(find(stateAt('2020-01-30'), '2020-01-30')).toEqual({ completedDay: day('2020-01-30'), repaired: undefined });
    expect(() => find(stateAt('2020-01-30'), '9999-12-31')).toThrow('checkpoint says 9999-12-31');
    expect(() => find(undefined, '2020-01-30')).toThrow('there is no ID state');
  });
});

describe('a state that does not fit is refused, both sides named', () => {
  it.each<[string, IdState | undefined, string | undefined, RegExp[]]>([
    [
      'a checkpoint without a state',
      undefined,
      '2020-01-30',
      [/artifacts\/checkpoint says 2020-01-30/, /no ID state at artifacts\/\.id_state\.json/],
    ],
    [
      'a state behind the checkpoint',
      stateAt('2020-01-30'),
      '2020-02-29',
      [/id_state\.json says 2020-01-30/, /checkpoint says 2020-02-29/],
    ],
    [
      'a state from before the first chunk and a checkpoint',
      stateAt(undefined),
      '2020-01-30',
      [/id_state\.json says nothing/, /says 2020-01-30/],
    ],
    ['ahead by more than a chunk', stateAt('2020-03-15', '2020-03-01'), '2020-01-30', [/says 2020-03-15/, /says 2020-01-30/]],
    [
      'ahead, with the checkpoint inside the chunk',
      stateAt('2020-02-29', '2020-01-31'),
      '2020-02-10',
      [/says 2020-02-29/, /says 2020-02-10/],
    ],
    ['ahead of a checkpoint that is gone', stateAt('2020-02-29', '2020-01-31'), undefined, [/says 2020-02-29/, /checkpoint says nothing/]],
    ['a checkpoint before the first day', stateAt('2020-01-30'), '2019-12-30', [/checkpoint says 2019-12-30/, /first day 2020-01-01/]],
    [
      'a state before the first day',
      { ...stateAt(undefined), last_completed_date: '2019-12-30' },
      undefined,
      [/id_state\.json says 2019-12-30/, /checkpoint says nothing/],
    ],
    [
      'a state with a date that is none',
      { ...stateAt('2020-01-30'), last_completed_date: '2020-02-30' },
      '2020-01-30',
      [/"2020-02-30" is not a calendar date/],
    ],
  ])('%s', (_, state, checkpoint, patterns) => {
    const error = refusalOf(inputOf(state, checkpoint));
    for (const pattern of patterns) expect(error.message).toMatch(pattern);
    expect(error.hint).toBeTruthy();
    expect(error.exitCode).toBe(EXIT.usage);
  });

  const numbers = Object.keys(FRESH.idsThrough(START)) as (keyof LastIds)[];
  it.each(numbers)('another %s', (key) => {
    const state = stateAt('2020-01-30');
    const { message } = refusalOf(inputOf({ ...state, [key]: state[key] + 1 }, '2020-01-30'));
    expect(message).toContain(`does not fit its date 2020-01-30: ${key} is ${state[key] + 1} there, ${state[key]} in the plan`);
  });

  it('all wrong numbers at once', () => {
    const { message } = refusalOf(inputOf({ ...stateAt('2020-01-30'), last_cart_id: 1, last_return_id: 2 }, '2020-01-30'));
    expect(message).toMatch(/last_cart_id is 1 there.*last_return_id is 2 there/);
  });

  const OTHER: LakeIdentity = {
    model_version: 2,
    seed: 'other',
    scale: 0.02,
    shards: 2,
    start_date: '2020-02-01',
    config: 'other',
    lookups: 'other',
    messiness_level: 'none',
    mess: 'other',
    source_prefix: 'gs://bucket/raw',
    ingestion_clock: 'wall',
  };
  it.each(Object.keys(OTHER) as (keyof LakeIdentity)[])('another %s', (key) => {
    const identity = { ...IDENTITY, [key]: OTHER[key] };
    const { message, hint } = refusalOf(inputOf(stateAt('2020-01-30'), '2020-01-30', { identity, fingerprint: 'beef' }));
    expect(message).toBe(`artifacts/.id_state.json belongs to another run: ${key} ${IDENTITY[key]} there, ${OTHER[key]} here`);
    expect(hint).toMatch(/settings that the lake was begun with, or for a new lake other folders \(--artifact-root and --target-root\)/);
  });

  it('several other settings at once', () => {
    // The hashes differ with the seed, and say nothing more.
    const identity = { ...IDENTITY, seed: 7, scale: 1, config: 'other', lookups: 'other' };
    const { message } = refusalOf(inputOf(stateAt('2020-01-30'), '2020-01-30', { identity, fingerprint: 'beef' }));
    expect(message).toMatch(/run: seed 42 there, 7 here; scale 0\.01 there, 1 here$/);
  });

  it('another fingerprint of the same settings', () => {
    const { message } = refusalOf(inputOf(stateAt('2020-01-30'), '2020-01-30', { fingerprint: 'beef' }));
    expect(message).toMatch(/fingerprint f00d there, beef here/);
  });

  it('another run before its numbers or dates are looked at', () => {
    const state = { ...stateAt('2020-03-15', '2020-03-01'), last_cart_id: 1 };
    expect(refusalOf(inputOf(state, '2020-01-30', { fingerprint: 'beef' })).message).toContain('belongs to another run');
  });
});

describe('requireSameSettings', () => {
  it('compares what it is given: the lookups may not be known yet', () => {
    const { lookups: _, ...settings } = IDENTITY;
    expect(() =>
      requireSameSettings('state', { ...stateAt('2020-01-30'), made_with: { ...IDENTITY, lookups: 'old' } }, settings),
    ).not.toThrow();
    expect(() => requireSameSettings('state', stateAt('2020-01-30'), { ...settings, seed: 1 })).toThrow('seed 42 there, 1 here');
  });
});

describe('idStateAt', () => {
  it('has the last numbers at the end of the day and the chunk’s first day', () => {
    expect(stateAt('2020-02-29', '2020-01-31')).toEqual({
      last_cart_id: 600,
      last_cart_item_id: 2100,
      last_order_id: 180,
      last_return_id: 60,
      last_return_item_id: 120,
      last_completed_date: '2020-02-29',
      chunk_start_date: '2020-01-31',
      last_updated: '2026-03-01T10:00:00.000Z',
      version: 1,
      fingerprint: 'f00d',
      made_with: IDENTITY,
    });
  });

  it('has zeros and no dates before the first chunk', () => {
    const { last_cart_id, last_return_item_id, last_completed_date, chunk_start_date } = stateAt(undefined);
    expect([last_cart_id, last_return_item_id, last_completed_date, chunk_start_date]).toEqual([0, 0, null, null]);
  });
});
