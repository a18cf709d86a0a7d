// A headless Chromium for tests of pages: skipped where none runs, with a word on how to get one. In CI that fails.

import { pathToFileURL } from 'node:url';
import chromium from '@sparticuz/chromium';
import axe from 'axe-core';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { describe, expect } from 'vitest';

const HOW_TO_GET_IT =
  'pages: skipped, no Chromium runs here; the one of the dev dependencies is for Linux on x64 and needs libnss3 (`apt-get install libnss3`), ' +
  'any other is named by ECOMLAKE_CHROMIUM=/usr/bin/chromium';

/** It asks the network for nothing by itself. */
const ARGS = [
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env['ECOMLAKE_CHROMIUM'] ?? (await chromium.executablePath());
  return puppeteer.launch({ executablePath, args: ARGS, headless: 'shell' });
}

async function isThere(): Promise<boolean> {
  try {
    await (await launchChromium()).close();
    return true;
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    console.warn(`${HOW_TO_GET_IT}\n${(error as Error).message}`);
    return false;
  }
}

export const describeWithChromium = describe.skipIf(!(await isThere()));

export interface OpenPage {
  readonly page: Page;
  /** What it asked for. */
  readonly requests: string[];
  /** What it said on the console, and errors. */
  readonly complaints: string[];
}

export async function openPage(browser: Browser, path: string, width: number, scheme: 'light' | 'dark'): Promise<OpenPage> {
  const page = await browser.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.setViewport({ width, height: 800 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(pathToFileURL(path).href);
  return { page, requests, complaints };
}

/** The page asked for itself alone, complained of nothing, is as wide as the window, and everyone can read it. */
export async function expectSound({ page, requests, complaints }: OpenPage, path: string, width: number): Promise<void> {
  expect(await page.$eval('html', (html) => html.scrollWidth)).toBe(width);
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const checker = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
    return (await checker.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
  });
  expect(violations).toEqual([]);
  expect(requests).toEqual([pathToFileURL(path).href]);
  expect(complaints).toEqual([]);
}
