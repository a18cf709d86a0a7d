// A lake of ten weeks with some 60 carts a day, made once; each test damages a copy.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { verifyLake, type VerifyReport } from '../../src/verify/verify-lake.ts';
import { effects, makeTempFolder, TinyShop } from '../pipeline/tiny-shop.ts';

export interface MiniLake {
  readonly root: string;
  readonly artifactRoot: string;
}

let original: Promise<TinyShop> | undefined;

async function makeOriginal(): Promise<TinyShop> {
  const shop = await TinyShop.open();
  await shop.backlog({ 'end-date': '2020-03-10', direct: true });
  return shop;
}

export async function copyLake(): Promise<MiniLake> {
  original ??= makeOriginal();
  const { raw, artifacts } = await original;
  const folder = makeTempFolder();
  const lake = { root: join(folder, 'raw'), artifactRoot: join(folder, 'artifacts') };
  cpSync(raw, lake.root, { recursive: true });
  cpSync(join(artifacts, 'lake.json'), join(lake.artifactRoot, 'lake.json'));
  return lake;
}

export function verify(lake: MiniLake, deep = false): Promise<VerifyReport> {
  return verifyLake({ ...lake, deep }, effects());
}

/** `check: place: message` of every fault, for messages that show what went wrong. */
export function faultLines({ checks }: VerifyReport): string[] {
  return checks.flatMap(({ name, faults }) => faults.map(({ place, message }) => `${name}: ${place}: ${message}`));
}

export function expectFault(report: VerifyReport, check: string, place: string, says: string): void {
  const { faults } = report.checks.find(({ name }) => name === check)!;
  expect(faults, faultLines(report).join('\n')).toContainEqual({ place, message: expect.stringContaining(says) as string });
}

/** The faults of other partitions than these places lie in, with every number as `n`. */
export function faultsElsewhere(report: VerifyReport, places: readonly string[]): string[] {
  const partitionOf = (place: string): string => place.split('/').slice(0, 2).join('/');
  const damaged = new Set(places.map(partitionOf));
  const others = faultLines(report).filter((line) => !damaged.has(partitionOf(line.split(': ')[1]!)));
  return others.map((line) => line.replace(/\d[\d,]*/g, 'n'));
}
