// A report of a lake: its figures, and a page that shows them.

import { mkdir, stat } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import type { Effects } from '../events.ts';
import { UserError } from '../lib/errors.ts';
import { describeFsError, writeFileAtomic } from '../lib/files.ts';
import type { Figures } from './figures.ts';
import { gatherFigures, type ReportRequest } from './gather-figures.ts';
import { renderPage } from './page/page.ts';

/** Writes the page to `output`, whole or not at all. Throws UserErrors: no lake, or no place for the page (exit 2); interrupted (3). */
export async function writeReport({ output, ...request }: ReportRequest & { readonly output: string }, fx: Effects): Promise<Figures> {
  await requirePlace(output, request);
  const figures = await gatherFigures(request, fx);
  fx.emit({ type: 'phase', name: 'drawing the page' });
  const page = await renderPage(figures);
  try {
    await mkdir(dirname(resolve(output)), { recursive: true });
  } catch (error) {
    throw describeFsError(error, dirname(output));
  }
  await writeFileAtomic(resolve(output), page);
  return figures;
}

/** Asked first: the figures take a while. */
async function requirePlace(output: string, { root, truthRoot }: ReportRequest): Promise<void> {
  for (const folder of [root, truthRoot]) {
    const path = relative(resolve(folder), resolve(output));
    if (path === '..' || path.startsWith(`..${sep}`)) continue;
    throw new UserError(`${output}: lies in ${folder}, which holds partitions and nothing else`, {
      hint: 'Name a file outside of the lake and its answer key with --output.',
    });
  }
  const info = await stat(output).catch(() => undefined);
  if (info?.isDirectory() === true) {
    throw new UserError(`${output}: this is a folder, and the page is a file`, {
      hint: 'Name a file, such as report.html, with --output.',
    });
  }
}
