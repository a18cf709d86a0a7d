// `report`: a page that shows what a local lake holds.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { besideLake } from '../config/settings.ts';
import { EXIT } from '../lib/errors.ts';
import type { Paint } from '../lib/style.ts';
import type { Figures } from '../report/figures.ts';
import { defineCommand, JSON_OPTION, setting } from './command.ts';
import { describeTotals, describeVerdict, toJson } from './describe-totals.ts';
import { resolveRun } from './resolve-run.ts';

const PAGE = 'report.html';

export const report = defineCommand({
  name: 'report',
  describe: 'Write a page that shows what a lake holds: charts, mess, sizes, checks',
  details:
    'One HTML file that asks nothing of the network, for phones, desktops and paper. It reports damage, and ends with exit code 0 all the same: ' +
    '`verify` is the judge. Without a lake.json it shows what the lake itself can tell.',
  examples: [
    ['report', 'of output/raw, into output/report.html'],
    ['report --deep', 'the checks read every row'],
    ['report --source /data/lake/raw --artifact-root /data/lake/artifacts --output lake.html', 'of another lake'],
    ['report --json', 'the figures behind the page, for a program'],
  ],
  options: {
    source: setting('targetRoot'),
    'artifact-root': setting('artifactRoot'),
    'truth-root': setting('truthRoot'),
    output: {
      describe: 'The page; what is there is replaced',
      kind: 'text',
      value: 'file',
      default: '`report.html` beside a lake called `raw`, else `<lake>.report.html`',
    },
    deep: { describe: 'Let the checks read every row', kind: 'switch' },
    json: { ...JSON_OPTION, describe: 'Print the figures behind the page as JSON' },
  },
  async handler({ flags, print, paint, ...context }) {
    const { source, deep, json, ...settingFlags } = flags;
    const { settings } = resolveRun(context, { ...settingFlags, 'target-root': source });
    const { targetRoot: root, truthRoot, artifactRoot } = settings;
    const output = flags.output ?? besideLake(root, PAGE);
    // Vega and DuckDB take a while to load: other commands do without.
    const { writeReport } = await import('../report/write-report.ts');
    const figures = await writeReport({ root, truthRoot, artifactRoot, deep: deep === true, output }, context.fx);
    const page = resolve(output);
    print(json === true ? toJson({ page, ...figures }) : describe(figures, page, paint));
    return EXIT.ok;
  },
});

function describe({ sizes, checks, lake, notes }: Figures, page: string, paint: Paint): string {
  return [
    describeTotals(sizes),
    '',
    ...notes.map((note) => paint('yellow', note)),
    `${describeVerdict(checks, paint)}.`,
    `Lake:  ${lake.root}`,
    `Page:  ${page}`,
    `Open:  ${pathToFileURL(page).href}`,
  ].join('\n');
}
