import { describe, expect, it } from 'vitest';
import { compareSides, type Side } from '../../src/checkpoint/compare-sides.ts';
import { idStateAt } from '../../src/checkpoint/reconcile.ts';
import { parseDay as day } from '../../src/lib/days.ts';
import { EXIT, UserError } from '../../src/lib/errors.ts';
import { FRESH, START } from './sample-state.ts';

const NOW = new Date('2026-03-01T10:00:00Z');

/** `last`: where the checkpoint is; the ID state is there too, or at `stateLast`, at the end of a chunk from `from`. */
function side(name: string, last: string | undefined, from = '2020-01-01', stateLast = last): Side {
  return {
    statePath: `${name}/id_state.json`,
    checkpointPath: `${name}/checkpoint`,
    state: stateLast === undefined ? undefined : idStateAt(day(stateLast), day(from), FRESH, NOW),
    checkpointDay: last === undefined ? undefined : day(last),
  };
}

const here = (last?: string, from?: string, stateLast?: string): Side => side('here', last, from, stateLast);
const there = (last?: string, from?: string, stateLast?: string): Side => side('gs://there', last, from, stateLast);

describe('sides that belong together', () => {
  it.each<[string, Side, Side, string]>([
    ['nothing on either', here(), there(), '2019-12-31'],
    ['the same on both', here('2020-01-30'), there('2020-01-30'), '2020-01-30'],
    ['an ID state ahead by the chunk in flight, here', here('2020-01-30', '2020-01-31', '2020-02-29'), there('2020-01-30'), '2020-01-30'],
    ['an ID state ahead by the chunk in flight, there', here('2020-01-30'), there('2020-01-30', '2020-01-31', '2020-02-29'), '2020-01-30'],
    ['an ID state in the bucket before its first checkpoint', here(), there(undefined, '2020-01-01', '2020-01-30'), '2019-12-31'],
  ])('%s: nothing to put right', (_, local, bucket, completed) => {
    expect(compareSides(local, bucket, START)).toEqual({ completedDay: day(completed), adopted: undefined });
  });

  it.each<[string, Side, Side, string]>([
    ['a machine that did nothing yet', here(), there('2020-02-29', '2020-01-31'), '2020-02-29'],
    [
      'a machine that had not begun, and others far on',
      { ...here(), state: idStateAt(START - 1, START, FRESH, NOW) },
      there('2020-03-30', '2020-03-01'),
      '2020-03-30',
    ],
    ['committed there, and not here', here('2020-01-30'), there('2020-02-29', '2020-01-31'), '2020-02-29'],
    [
      'committed there, and only the ID state here',
      here('2020-01-30', '2020-01-31', '2020-02-29'),
      there('2020-02-29', '2020-01-31'),
      '2020-02-29',
    ],
    ['the first chunk committed there, and not here', here(undefined, '2020-01-01', '2020-01-30'), there('2020-01-30'), '2020-01-30'],
  ])('%s: the state of the bucket is taken', (_, local, bucket, completed) => {
    const agreement = compareSides(local, bucket, START);
    expect(agreement.completedDay).toBe(day(completed));
    expect(agreement.adopted).toContain(completed);
  });
});

describe('what no kill explains is refused, with both sides named', () => {
  it.each<[string, Side, Side]>([
    ['further here than in the bucket', here('2020-02-29', '2020-01-31'), there('2020-01-30')],
    ['nothing in the bucket, and days here', here('2020-01-30'), there()],
    ['further there by more than one chunk', here('2020-01-30'), there('2020-03-30', '2020-03-01')],
    ['a gap in the bucket itself', here(), there('2020-01-10', '2020-02-01', '2020-02-29')],
    ['a checkpoint in the bucket without an ID state', here(), { ...there('2020-01-30'), state: undefined }],
  ])('%s', (_, local, bucket) => {
    const before = JSON.stringify([local, bucket]);
    const error = refusal(local, bucket);
    expect(error.exitCode).toBe(EXIT.usage);
    expect(error.message).toContain('gs://there');
    expect(error.hint).toBeDefined();
    expect(JSON.stringify([local, bucket])).toBe(before);
  });

  it('another lake', () => {
    const other = there('2020-01-30');
    const error = refusal(here('2020-01-30'), { ...other, state: { ...other.state!, fingerprint: 'beef' } });
    expect(error.message).toMatch(/f00d here, beef there/);
  });
});

function refusal(local: Side, bucket: Side): UserError {
  try {
    compareSides(local, bucket, START);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  expect.unreachable('this should have been refused');
}
