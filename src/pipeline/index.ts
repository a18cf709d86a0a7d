// The only wiring of the rooms: what the commands call. Emits events, prints nothing.

import type { Config } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import type { Effects } from '../events.ts';
import { buildLookups, lookupsFolder } from './lookups-step.ts';
import { withLocks } from './run-guard.ts';

export { backlogBear, planBacklog } from './backlog.ts';
export { exportRaw } from './export-raw.ts';
export { runGenerator } from './run-generator.ts';
export { listUpload, uploadRaw, type UploadListing, type UploadSummary } from './upload-raw.ts';

export interface LookupsRequest {
  readonly settings: Settings;
  readonly config: Config;
  readonly force: boolean;
  /** Default: `static_lookups` in the artifact root. */
  readonly outputDir?: string | undefined;
}

export interface LookupsSummary {
  folder: string;
  customers: number;
  products: number;
  elapsedMs: number;
}

export async function generateLookups({ settings, config, force, outputDir }: LookupsRequest, fx: Effects): Promise<LookupsSummary> {
  const folder = outputDir ?? lookupsFolder(settings);
  return withLocks(settings, fx, 'generate-lookups', async () => {
    const started = fx.clock().getTime();
    fx.emit({ type: 'phase', name: 'building lookups' });
    const { customers, products } = await buildLookups(config, settings.scale, folder, force);
    return { folder, customers, products, elapsedMs: fx.clock().getTime() - started };
  });
}
