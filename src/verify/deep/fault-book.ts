// Faults by check, one a file: how many of its rows, and the first of them.

import { formatCount } from '../../lib/numbers.ts';
import type { Fault } from '../report.ts';
import type { Duck } from './duck.ts';
import type { PartFile } from './part-files.ts';
import type { Rule } from './rule.ts';

export class FaultBook {
  readonly faults: Fault[] = [];
  private readonly parts: readonly PartFile[];

  constructor(parts: readonly PartFile[]) {
    this.parts = parts;
  }

  async ask(duck: Duck, rule: Rule): Promise<void> {
    const rows = await duck.rows(
      `SELECT file, count(*) AS n, arg_min(says, line) AS example FROM (${rule.sql}) GROUP BY file ORDER BY file`,
    );
    for (const { file, n, example } of rows) {
      const place = this.parts[file as number]!.path;
      this.faults.push({
        place,
        message: n === 1 ? String(example ?? 'a row') : `${formatCount(n as number)} rows, such as ${example ?? 'the first'}`,
      });
    }
  }
}
