// A headless Chromium for tests of pages: skipped where none runs, with a word on how to get one. In CI that fails.

import chromium from '@sparticuz/chromium';
import puppeteer, { type Browser } from 'puppeteer-core';
import { describe } from 'vitest';

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
