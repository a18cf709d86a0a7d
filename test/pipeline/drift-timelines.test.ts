// Any timeline of columns: one lake whatever the chunks, which its key makes the clean one again.

import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { undoMess } from '../../scripts/undo-mess.ts';
import { lakeIdentity } from '../../src/store/identity.ts';
import { DRIFT_ACTIONS, type Drift, type DriftChange } from '../../src/tables/drift.ts';
import { driftSchema } from '../../src/tables/drift-problems.ts';
import { driftableColumns } from './driftable-columns.ts';
import { TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { openDriftingShop } from './drifting-shop.ts';
import { sums, TinyShop } from './tiny-shop.ts';

const LAST = '2020-01-09';

let clean: TinyShop;
beforeAll(async () => {
  clean = await TinyShop.open();
  await clean.backlog({ direct: true, 'messiness-level': 'none', 'end-date': LAST });
});

const day = fc.integer({ min: 1, max: 9 }).map((date) => `2020-01-${String(date).padStart(2, '0')}`);

const change: fc.Arbitrary<DriftChange> = fc
  .record({
    date: day,
    table: fc.constantFrom(...TRANSACTION_TABLES),
    action: fc.constantFrom(...DRIFT_ACTIONS),
    pick: fc.nat(),
    name: fc.stringMatching(/^new_[a-z]{1,4}$/),
    type: fc.constantFrom('string', 'float64'),
    values: fc.option(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }), { nil: undefined }),
  })
  .map(({ date, table, action, pick, name, type, values }): DriftChange => {
    const columns = driftableColumns(table);
    const column = columns[pick % columns.length];
    if (action === 'add') return { date, table, add: name, ...(values === undefined ? {} : { values }) };
    if (action === 'remove') return { date, table, remove: column };
    return action === 'rename' ? { date, table, rename: column, to: name } : { date, table, retype: column, to: type };
  });

/** As many of the changes as make a timeline together. */
const timeline: fc.Arbitrary<Drift> = fc
  .array(change, { minLength: 10, maxLength: 40 })
  .map((changes) =>
    changes.reduce<DriftChange[]>((kept, next) => (driftSchema.safeParse([...kept, next]).success ? [...kept, next] : kept), []),
  );

const truthOf = (shop: TinyShop): string => join(shop.folder, 'output/truth');

it('is one lake, and undone with the key the clean one, save for what was removed', async () => {
  await fc.assert(
    fc.asyncProperty(timeline, fc.constantFrom(1, 5, 30), fc.boolean(), async (drift, size, formats) => {
      const kinds = formats ? { medium_mess: { number_formats: { rate: 0.2 }, outliers: { rate: 0.1 } } } : {};
      const shop = await openDriftingShop(drift, kinds);
      await shop.backlog({ direct: true, 'end-date': LAST });
      const other = await openDriftingShop(drift, kinds);
      await other.backlog({ 'end-date': LAST, 'chunk-size': size, workers: 1 });
      expect(other.identity()).toBe(shop.identity());
      expect(lakeIdentity(sums(truthOf(other)))).toBe(lakeIdentity(sums(truthOf(shop))));
      for (const { table, differences, untrue } of await undoMess({ messy: shop.raw, truth: truthOf(shop), clean: clean.raw }))
        expect({ table, differences, untrue }).toEqual({ table, differences: 0, untrue: 0 });
    }),
    { numRuns: 3 },
  );
});
