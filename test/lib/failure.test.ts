import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXIT, UserError } from '../../src/lib/errors.ts';
import { describeFailure } from '../../src/lib/failure.ts';

const running = new AbortController().signal;

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('a UserError speaks for itself', () => {
  const error = new UserError('locked', { hint: 'Wait.', exitCode: EXIT.incomplete, cause: new Error('deep') });
  const failure = describeFailure(error, running);
  expect(failure).toMatchObject({ message: 'locked', hint: 'Wait.', exitCode: 3 });
  expect(failure.stack).toContain('caused by Error: deep');
});

test('anything else is a bug, and says so', () => {
  expect(describeFailure(new TypeError('x is not a function'), running)).toMatchObject({
    message: 'this is a bug in ecomlake: TypeError: x is not a function',
    hint: expect.stringContaining('--debug'),
    exitCode: 1,
  });
  expect(describeFailure('thrown text', running)).toMatchObject({ message: 'this is a bug in ecomlake: thrown text', exitCode: 1 });
});

test('a failed file operation names its path', () => {
  const failure = describeFailure(
    thrownBy(() => readFileSync('/nowhere/at/all')),
    running,
  );
  expect(failure).toMatchObject({ message: '/nowhere/at/all: no such file or folder', exitCode: 2 });
});

test('a full disk is not the end: finished work is kept', () => {
  const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', path: '/data/x' });
  expect(describeFailure(full, running)).toMatchObject({ message: '/data/x: the disk is full', exitCode: 3 });
});

test('what comes out of an aborted run is an interruption', () => {
  const controller = new AbortController();
  controller.abort();
  expect(describeFailure(controller.signal.reason, controller.signal)).toMatchObject({ message: 'interrupted', exitCode: 3 });
  expect(describeFailure(new TypeError('a bug all the same'), controller.signal)).toMatchObject({ exitCode: 1 });
});
