// The page of a score in a real browser: nothing is asked of the network, nothing overflows, everyone can read it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addUpReport, type TableResult } from '../../src/score/score-report.ts';
import { scorePage } from '../../src/score/score-page.ts';
import { makeTempFolder } from '../pipeline/tiny-shop.ts';
import { describeWithChromium, expectSound, launchChromium, openPage } from '../report/chromium.ts';

const cells = (column: string, kind: string, defects: number, detected: number, repaired: number, wrong: number) => ({
  column,
  kind,
  defects,
  detected,
  repaired,
  wrong,
});
const counted = { rows: 120_345, dropped: 12, added: 3, isAnswered: true, missingColumns: [], unknownColumns: [] };
const results: TableResult[] = [
  {
    ...counted,
    table: 'orders',
    missingColumns: ['clv_bucket'],
    unknownColumns: ['clv_buket'],
    cells: [
      cells('payment_method', 'casing+padding', 1_204, 1_100, 1_000, 0),
      cells('shipping_speed', 'truncated_text+encoding_damage', 300, 120, 0, 88),
      cells('ingestion_ts', 'redelivered_rows', 7, 7, 7, 0),
    ],
  },
  { ...counted, table: 'order_items', isAnswered: false, cells: [cells('product_name', 'typos', 900, 0, 0, 0)] },
];
const strangers = [cells('colour', 'other', 0, 0, 0, 41)];
const report = {
  answer: '/somewhere/<b>&cleaned',
  lake: 'output/raw',
  kind: 'tables' as const,
  unscored: ['returns' as const],
  unscoredDays: [{ table: 'returns' as const, days: ['2020-01-02', '2020-01-03'] }],
  elapsedMs: 1,
  ...addUpReport(results, strangers, true),
};

test('it has every grade, asks for nothing, and text is never markup', () => {
  const page = scorePage(report);
  for (const { kind } of report.kinds) expect(page).toContain(`<b>${kind}</b>`);
  expect(page).toContain('1.000');
  expect(page).toContain('orders.clv_bucket, order_items');
  expect(page).toContain('Not looked at, since the lake has no such column: orders.clv_buket.');
  expect(page).toContain('Not scored, since only the answer key has it: returns (2 days, such as 2020-01-02).');
  expect(page).toContain('Wrong, and of no table: 41 listed cells in colour.');
  expect(page).not.toMatch(/https?:|<script|src=|@import|url\(/);
  expect(page).toContain('Score of &lt;b&gt;&amp;cleaned');
});

test('of a list that says no values, it shows what was found', () => {
  expect(scorePage(report)).toContain('F1 of repair');
  const found = scorePage({ ...report, kind: 'list', ...addUpReport(results, strangers, false) });
  expect(found).toContain('F1 of detection');
  expect(found).not.toContain('F1 of repair');
});

describeWithChromium('in a browser', () => {
  test('at 360 and 1280 px, light and dark: no complaint, no request, no overflow, no violation of accessibility', async () => {
    const path = join(makeTempFolder(), 'score.html');
    writeFileSync(path, scorePage(report));
    const browser = await launchChromium();
    try {
      for (const [width, scheme] of [
        [360, 'light'],
        [1280, 'dark'],
      ] as const) {
        const opened = await openPage(browser, path, width, scheme);
        const { page } = opened;
        await page.$$eval('details', (all) => all.forEach((details) => (details.open = true)));
        await expectSound(opened, path, width);
        expect(await page.$$eval('.bar', (bars) => bars.filter((bar) => bar.getBoundingClientRect().width < 100).length)).toBe(0);
        await page.close();
      }
    } finally {
      await browser.close();
    }
  });
});
