// The page in a real browser: every chart is there, nothing is asked of the network, nothing overflows, nothing collides.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderPage } from '../../src/report/page/page.ts';
import { writeReport } from '../../src/report/write-report.ts';
import { effects, makeTempFolder } from '../pipeline/tiny-shop.ts';
import { describeWithChromium, expectSound, launchChromium, openPage, type OpenPage } from './chromium.ts';
import { makeYearLake, yearLake } from './year-lake.ts';

const FIGURES = [
  'rows-a-day',
  'signups-a-day',
  'season-factors',
  'carts-to-returns',
  'return-delays',
  'order-tiers',
  'untidy-cells',
  'planted-cells',
  'bytes-by-table',
];
const WIDTHS = [360, 1280] as const;
const SCHEMES = ['light', 'dark'] as const;

async function report(makeLake: typeof yearLake): Promise<string> {
  const { request } = await makeLake();
  const output = join(makeTempFolder(), 'new/report.html');
  await writeReport({ ...request, output }, effects());
  return output;
}

describeWithChromium('the page', () => {
  let browser: Browser;
  let year: string;
  let young: string;
  beforeAll(async () => {
    browser = await launchChromium();
    year = await report(yearLake);
    young = await report(() => makeYearLake({ 'end-date': '2020-01-01' }));
  });
  afterAll(() => browser.close());

  const open = (path: string, width: number, scheme: 'light' | 'dark' = 'light'): Promise<OpenPage> =>
    openPage(browser, path, width, scheme);

  test.each(WIDTHS)('at %i px: every chart with title, reading and data', async (width) => {
    const { page } = await open(year, width);
    const found = await page.$$eval('figure', (figures) =>
      figures.map((figure) => {
        const charts = [...figure.querySelectorAll('svg.chart')].filter((svg) => svg.getBoundingClientRect().width > 0);
        return {
          id: figure.id,
          title: figure.querySelector('h3')?.textContent ?? '',
          reading: figure.querySelector('figcaption')?.textContent ?? '',
          charts: charts.length,
          marks: charts.every((svg) => svg.querySelectorAll('path').length > 0 && (svg.getAttribute('aria-label') ?? '') !== ''),
          rows: figure.querySelectorAll('details tbody tr').length,
        };
      }),
    );
    expect(found.map(({ id }) => id)).toEqual(FIGURES);
    for (const { id, title, reading, charts, marks, rows } of found) {
      expect(title).not.toBe('');
      expect(reading).toMatch(/\d.*\.$/);
      expect({ id, charts, marks }).toEqual({ id, charts: id === 'rows-a-day' ? 6 : id === 'return-delays' ? 2 : 1, marks: true });
      expect(rows).toBeGreaterThan(1);
    }
    await page.close();
  });

  test.each(WIDTHS.flatMap((width) => SCHEMES.map((scheme) => [width, scheme] as const)))(
    'at %i px, %s: no complaint, no request, no overflow, no violation of accessibility',
    async (width, scheme) => {
      for (const path of [year, young]) {
        const opened = await open(path, width, scheme);
        const { page } = opened;
        await page.$$eval('details', (all) => all.forEach((details) => (details.open = details.querySelectorAll('tr').length < 100)));
        await expectSound(opened, path, width);
        await page.close();
      }
    },
  );

  test.each(WIDTHS)('at %i px: labels are large enough, on the page, and do not lie on each other', async (width) => {
    const { page } = await open(year, width);
    const problems = await page.$$eval(
      'svg.chart',
      (charts, pageWidth) => {
        const says: string[] = [];
        for (const chart of charts) {
          const texts = [...chart.querySelectorAll('text')].filter((text) => (text.textContent ?? '').trim() !== '');
          const boxes = texts
            .map((text) => ({ says: text.textContent, box: text.getBoundingClientRect() }))
            .filter(({ box }) => box.width > 0);
          boxes.forEach(({ says: one, box: a }, i) => {
            if (a.left < 0 || a.right > pageWidth) says.push(`${one} is off the page`);
            if (a.height < 9) says.push(`${one} is ${a.height} px high`);
            for (const { says: other, box: b } of boxes.slice(i + 1)) {
              const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
              const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
              if (across > 1 && down > 3) says.push(`${one} lies on ${other}`);
            }
          });
        }
        return says;
      },
      width,
    );
    expect(problems).toEqual([]);
    await page.close();
  });

  test('a lake of one day says what it cannot show yet', async () => {
    const { page } = await open(young, 360);
    const empty = await page.$$eval('.empty', (parts) => parts.map((part) => `${part.id}: ${part.querySelector('p')!.textContent}`));
    expect(empty).toContain('season-factors: A lake shows its seasons once it holds each of the twelve months in full.');
    await page.close();
  });

  test('printed: all charts, no data tables', async () => {
    const { page } = await open(year, 700);
    await page.emulateMediaType('print');
    expect(await page.$$eval('details', (all) => all.filter((details) => details.getBoundingClientRect().height > 0).length)).toBe(0);
    expect(await page.$$eval('.desktop', (all) => all.filter((svg) => svg.getBoundingClientRect().width > 0).length)).toBe(
      FIGURES.length - 2,
    );
    await page.close();
  });
});

test('text of the lake is never markup', async () => {
  const { request } = await yearLake();
  const output = join(makeTempFolder(), 'report.html');
  const figures = await writeReport({ ...request, output }, effects());
  const html = await renderPage({ ...figures, lake: { ...figures.lake, root: '/tmp/<script>alert("&")</script>' }, notes: ['<b>'] });
  expect(html).toContain('/tmp/&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;');
  expect(html).toContain('&lt;b&gt;');
  expect(html).not.toContain('<script');
});

test('the page lies neither in the lake nor on a folder', async () => {
  const { request } = await yearLake();
  for (const output of [join(request.root, 'report.html'), join(request.truthRoot, 'report.html'), makeTempFolder()]) {
    await expect(writeReport({ ...request, output }, effects())).rejects.toMatchObject({ name: 'UserError', exitCode: 2 });
  }
  expect(existsSync(join(request.root, 'report.html'))).toBe(false);
});
