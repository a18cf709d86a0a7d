import { describe, expect, it } from 'vitest';
import { formatScore, grade } from '../../src/score/grade.ts';

describe('grade', () => {
  it('of a perfect repair is 1', () => {
    const perfect = { precision: 1, recall: 1, f1: 1 };
    expect(grade({ defects: 7, detected: 7, repaired: 7, wrong: 0 })).toMatchObject({ detection: perfect, repair: perfect });
  });

  it('of nothing done has recall 0 and no precision', () => {
    const none = { precision: null, recall: 0, f1: 0 };
    expect(grade({ defects: 7, detected: 0, repaired: 0, wrong: 0 })).toMatchObject({ detection: none, repair: none });
  });

  it('counts a wrong repair against the precision of repair, not of detection', () => {
    const { detection, repair } = grade({ defects: 10, detected: 8, repaired: 4, wrong: 2 });
    expect(detection).toEqual({ precision: 0.8, recall: 0.8, f1: 0.8 });
    expect(repair).toEqual({ precision: 0.4, recall: 0.4, f1: 0.4 });
  });

  it('of sound cells that were changed has no recall', () => {
    expect(grade({ defects: 0, detected: 0, repaired: 0, wrong: 3 }).detection).toEqual({ precision: 0, recall: null, f1: 0 });
    expect(grade({ defects: 0, detected: 0, repaired: 0, wrong: 0 }).detection).toEqual({ precision: null, recall: null, f1: null });
  });
});

it.each([
  [null, '–'],
  [1, '1.000'],
  [0.99999, '0.999'],
  [0.5, '0.500'],
  [0.0004, '<0.001'],
  [0, '0.000'],
])('%s is shown as %s', (value, text) => expect(formatScore(value)).toBe(text));
