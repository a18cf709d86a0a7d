// A small lake of thirteen months, so that it shows seasons and returns that were watched for a year; made once for a test file.

import { join } from 'node:path';
import { effects, TinyShop } from '../pipeline/tiny-shop.ts';
import type { ReportRequest } from '../../src/report/gather-figures.ts';

export interface YearLake {
  readonly shop: TinyShop;
  readonly request: ReportRequest;
}

let made: Promise<YearLake> | undefined;

/** Nobody may change it. */
export function yearLake(): Promise<YearLake> {
  made ??= makeYearLake({ 'end-date': '2021-01-20' });
  return made;
}

export async function makeYearLake(flags: Record<string, string>): Promise<YearLake> {
  const shop = await TinyShop.open();
  await shop.backlog({ direct: true, ...flags }, effects());
  return { shop, request: { root: shop.raw, truthRoot: join(shop.folder, 'output/truth'), artifactRoot: shop.artifacts, deep: false } };
}
