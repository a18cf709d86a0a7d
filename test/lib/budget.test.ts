import { expect, it } from 'vitest';
import { Budget } from '../../src/lib/budget.ts';

it('never lets more be held at once than its limit, save one task larger than that', async () => {
  const budget = new Budget(100);
  let held = 0;
  let most = 0;
  let tasks = 0;
  const sizes = [60, 60, 30, 10, 90, 250, 5, 5, 100, 1];
  const order: number[] = [];
  await Promise.all(
    sizes.map((bytes, index) =>
      budget.hold(bytes, async () => {
        order.push(index);
        held += bytes;
        tasks++;
        most = Math.max(most, held > 100 && tasks === 1 ? 100 : held);
        await new Promise((resolve) => setTimeout(resolve, 5));
        held -= bytes;
        tasks--;
      }),
    ),
  );
  expect(most).toBeLessThanOrEqual(100);
  expect(order).toEqual([...order].toSorted((a, b) => a - b));
});

it('gives back what a failed task held', async () => {
  const budget = new Budget(10);
  await expect(budget.hold(10, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await budget.hold(10, () => Promise.resolve('yes'))).toBe('yes');
});
