// `generate-lookups`: the static customers and products.

import { resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { formatDay, parseDay } from '../lib/days.ts';
import { EXIT, UserError } from '../lib/errors.ts';
import { formatCounted, formatDuration } from '../lib/numbers.ts';
import { defineCommand, JSON_OPTION } from './command.ts';
import { toJson } from './describe-totals.ts';
import { resolveRun } from './resolve-run.ts';

export const generateLookups = defineCommand({
  name: 'generate-lookups',
  describe: 'Build the static lookups: customers and products',
  details: 'The backlog does this by itself when they are missing.',
  examples: [
    ['generate-lookups', 'into artifacts/static_lookups'],
    ['generate-lookups --scale 0.01 --output-dir /tmp/lookups', '3,000 customers, somewhere else'],
    ['generate-lookups --force', 'again, over those that are there'],
  ],
  options: {
    'output-dir': { describe: 'Folder for the two CSVs', kind: 'text', value: 'path', default: 'static_lookups in ARTIFACT_ROOT' },
    'start-date': { describe: 'First sign-up day', kind: 'text', value: 'date', default: "the config's signup_start_date" },
    'end-date': { describe: 'Last sign-up day', kind: 'text', value: 'date', default: "the config's signup_end_date" },
    force: { describe: 'Replace lookups that are there already', kind: 'switch' },
    json: JSON_OPTION,
  },
  async handler({ flags, print, ...context }) {
    const run = resolveRun(context, {});
    const config = withSignupWindow(run.config, flags['start-date'], flags['end-date']);
    const pipeline = await import('../pipeline/index.ts');
    const summary = await pipeline.generateLookups(
      { settings: run.settings, config, force: flags.force === true, outputDir: flags['output-dir'] },
      context.fx,
    );
    const { folder, customers, products, elapsedMs } = summary;
    print(
      flags.json === true
        ? toJson(summary)
        : `${formatCounted(customers, 'customer')} and ${formatCounted(products, 'product')} in ${formatDuration(elapsedMs)}.\nLookups:  ${resolve(folder)}`,
    );
    return EXIT.ok;
  },
});

function withSignupWindow(config: Config, startText: string | undefined, endText: string | undefined): Config {
  const { customers } = config.lookup_config;
  const start = parseDay(startText ?? customers.signup_start_date, startText === undefined ? 'signup_start_date' : '--start-date');
  const end = parseDay(endText ?? customers.signup_end_date, endText === undefined ? 'signup_end_date' : '--end-date');
  if (start > end) {
    throw new UserError(`the first sign-up day ${formatDay(start)} comes after the last, ${formatDay(end)}`, {
      hint: 'Swap --start-date and --end-date; the one that is left out is taken from the config.',
    });
  }
  const signups = { signup_start_date: formatDay(start), signup_end_date: formatDay(end) };
  return { ...config, lookup_config: { ...config.lookup_config, customers: { ...customers, ...signups } } };
}
