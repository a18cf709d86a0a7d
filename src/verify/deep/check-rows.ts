// The deep checks: reads the lake window by window, asks every rule, and gathers what the measured checks need.

import { comesTwice } from '../../config/planted-kinds.ts';
import { suspendedChecks } from '../../config/suspended-checks.ts';
import type { Effects } from '../../events.ts';
import type { ExpectedLake } from '../expected-lake.ts';
import { stopped, type LakeFiles } from '../lake-files.ts';
import { reportCheck, skipped, type CheckName, type CheckReport, type Finding } from '../report.ts';
import { ROW_CHECKS } from './checks/index.ts';
import { Duck } from './duck.ts';
import { FaultBook } from './fault-book.ts';
import { ADDED_COLUMNS, EVENT_IDS, HashedCells } from './hashed-cells.ts';
import { loadDeliveries } from './load-deliveries.ts';
import { loadDimensions } from './load-dimensions.ts';
import { createLakeTables, keepWindow, pairCartsWithOrders } from './load-lake.ts';
import { loadRefunds, loadWindow } from './load-window.ts';
import { MEASURED_CHECKS } from './measured/index.ts';
import { messRates } from './mess-rates.ts';
import { observeLake, observeWindow, Observations } from './observations.ts';
import { createFilesTable, listParts, splitWindows, type PartFile, type Window } from './part-files.ts';
import { observePlanted } from './planted-cells.ts';
import { observeRows } from './planted-rows.ts';
import type { Rule, Stage } from './rule.ts';
import { findUnreadable } from './unreadable.ts';

const READABLE: CheckName = { name: 'readable', description: 'every part can be read to its end' };

/** Of a lake whose files are those of its manifests. */
export async function checkRows(lake: LakeFiles, expected: ExpectedLake, fx: Effects): Promise<CheckReport[]> {
  const parts = listParts(lake);
  const duck = await Duck.open();
  const onAbort = (): void => duck.interrupt();
  fx.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await new RowChecker(duck, lake, expected, parts, fx).run();
  } catch (error) {
    if (fx.signal.aborted) throw stopped();
    const faults = await findUnreadable(duck, lake.root, parts);
    if (faults.length === 0) throw error;
    return [reportCheck(READABLE, { faults }), ...skipRows('a part cannot be read')];
  } finally {
    fx.signal.removeEventListener('abort', onAbort);
    await duck.close();
  }
}

/** All deep checks, not run. */
export function skipRows(why: string): CheckReport[] {
  return [...ROW_CHECKS, EVENT_IDS, ADDED_COLUMNS, ...MEASURED_CHECKS].map((check) => reportCheck(check, skipped(why)));
}

class RowChecker {
  private readonly duck: Duck;
  private readonly lake: LakeFiles;
  private readonly expected: ExpectedLake;
  private readonly parts: readonly PartFile[];
  private readonly fx: Effects;
  private readonly asked: readonly { rules: readonly Rule[]; book: FaultBook; check: CheckName }[];
  private readonly hashed: HashedCells;
  /** Why checks are not put to this lake: mess that they do not know is planted in it. */
  private readonly suspended: ReadonlyMap<string, string>;
  private readonly observations: Observations;

  constructor(duck: Duck, lake: LakeFiles, expected: ExpectedLake, parts: readonly PartFile[], fx: Effects) {
    this.duck = duck;
    this.lake = lake;
    this.expected = expected;
    this.parts = parts;
    this.fx = fx;
    const context = { expected, config: expected.config, mess: messRates(expected) };
    this.suspended = suspendedChecks(expected.config, expected.file.made_with.messiness_level, expected.file.end_date);
    this.asked = ROW_CHECKS.map((check) => ({
      check,
      rules: this.suspended.has(check.name) ? [] : check.rules(context),
      book: new FaultBook(parts),
    }));
    this.hashed = new HashedCells(lake.root);
    this.observations = new Observations();
  }

  async run(): Promise<CheckReport[]> {
    const { duck, lake, parts, expected, fx } = this;
    const dimensions = parts.filter(({ table }) => table === 'customers' || table === 'product_catalog');
    fx.emit({ type: 'phase', name: 'reading customers and products' });
    const { source_prefix, messiness_level } = expected.file.made_with;
    await createFilesTable(duck, parts, source_prefix, (table) => comesTwice(expected.config, messiness_level, table));
    await loadDimensions(duck, lake.root, parts);
    await this.ask('dimensions');
    await this.readHashed(dimensions);
    await loadRefunds(duck, lake.root, parts);
    await createLakeTables(duck);

    const windows = splitWindows(parts);
    const started = fx.clock().getTime();
    const totalRows = windows.reduce((sum, { rows }) => sum + rows, 0);
    let rows = 0;
    let bytes = 0;
    for (const [index, window] of windows.entries()) {
      const place = { chunk: index + 1, chunks: windows.length, start: window.start, end: window.end, totalRows };
      fx.emit({ type: 'progress', ...place, rows, bytes, elapsedMs: fx.clock().getTime() - started });
      // The hashes are computed here while DuckDB's threads work.
      await bothSettled(this.checkWindow(window), this.readHashed(Object.values(window.parts).flat()));
      rows += window.rows;
      bytes += window.bytes;
    }
    fx.emit({ type: 'phase', name: 'checking the lake as a whole' });
    await pairCartsWithOrders(duck);
    await this.ask('lake');
    await observeLake(duck, expected, this.observations);
    return [
      ...this.asked.map(({ check, book }) => this.report(check, () => book)),
      reportCheck(EVENT_IDS, { faults: this.hashed.faults.eventIds }),
      reportCheck(ADDED_COLUMNS, hasAdded(parts) ? { faults: this.hashed.faults.addedColumns } : skipped('drift adds none')),
      ...MEASURED_CHECKS.map((check) => this.report(check, () => check.judge(this.observations, expected))),
    ];
  }

  private report(check: CheckName, judge: () => Finding): CheckReport {
    const why = this.suspended.get(check.name);
    return reportCheck(check, why === undefined ? judge() : skipped(why));
  }

  private async checkWindow(window: Window): Promise<void> {
    await loadWindow(this.duck, this.lake.root, window);
    await loadDeliveries(this.duck, this.lake.root, window, this.expected);
    await this.ask('window');
    await keepWindow(this.duck, this.expected);
    await observeWindow(this.duck, this.expected, this.observations);
    await observePlanted(this.duck, this.lake.root, window, this.expected, this.observations);
    await observeRows(this.duck, this.lake.root, window, this.expected, this.observations);
  }

  private async ask(stage: Stage): Promise<void> {
    for (const { rules, book } of this.asked) {
      for (const rule of rules) {
        if (rule.stage !== stage) continue;
        this.requireTime();
        await book.ask(this.duck, rule);
      }
    }
  }

  private async readHashed(parts: readonly PartFile[]): Promise<void> {
    for (const part of parts) {
      this.requireTime();
      await this.hashed.read(part);
    }
  }

  private requireTime(): void {
    if (this.fx.signal.aborted) throw stopped();
  }
}

function hasAdded(parts: readonly PartFile[]): boolean {
  return parts.some(({ schema }) => schema.columns.some(({ added }) => added !== undefined));
}

/** Throws the first failure, but not before both have ended: DuckDB must not be closed under a running query. */
async function bothSettled(...work: [Promise<void>, Promise<void>]): Promise<void> {
  const failure = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
