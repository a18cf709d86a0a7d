// The tables that are printed and the JSON that is kept.

import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { formatBytes, formatCount } from '../src/lib/numbers.ts';
import { formatTable } from '../src/lib/text-table.ts';
import { CASES, RATIOS, SCALING, type Ratio } from './cases.ts';
import { duckdbVersion } from './duckdb.ts';
import { medianRun, type Measurement } from './measure.ts';

export type Runs = ReadonlyMap<string, readonly Measurement[]>;

export async function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    duckdb: await duckdbVersion(),
  };
}

export type Machine = Awaited<ReturnType<typeof describeMachine>>;

/** One line a case: the median run. */
export function summarize(runs: Runs) {
  return CASES.flatMap(({ name, counts, threads }) => {
    const all = runs.get(name);
    if (all === undefined || all.length === 0) return [];
    const { rows, wallSeconds, cpuSeconds, bytes, wholeSeconds } = medianRun(all);
    return {
      name,
      counts,
      threads,
      count: rows,
      wallSeconds: round(wallSeconds, 3),
      cpuSeconds: round(cpuSeconds, 3),
      perSecond: Math.round(rows / wallSeconds),
      perSecondAndThread: Math.round(rows / wallSeconds / threads),
      perCpuSecond: Math.round(rows / cpuSeconds),
      peakBytes: Math.max(...all.map((run) => run.peakBytes)),
      ...(bytes === undefined ? {} : { bytesPerRow: round(bytes / rows, 1) }),
      ...(wholeSeconds === undefined ? {} : { wholeSeconds: round(wholeSeconds, 3) }),
      runs: all.map((run) => round(run.wallSeconds, 3)),
    };
  });
}

export type CaseSummary = ReturnType<typeof summarize>[number];

function ratiosOf(ratios: readonly Ratio[], cases: readonly CaseSummary[]) {
  return ratios.flatMap(({ name, ours, theirs }) => {
    const [a, b] = [ours, theirs].map((wanted) => cases.find((summary) => summary.name === wanted));
    return a && b ? [{ name, wall: round(a.perSecond / b.perSecond, 2), cpu: round(a.perCpuSecond / b.perCpuSecond, 2) }] : [];
  });
}

export function makeReport(runs: Runs) {
  const cases = summarize(runs);
  return { cases, ratios: ratiosOf(RATIOS, cases), scaling: ratiosOf(SCALING, cases).map(({ name, wall }) => ({ name, factor: wall })) };
}

export type Report = ReturnType<typeof makeReport>;

export function formatReport({ cases, ratios, scaling }: Report): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const measured = formatTable(
    [
      { title: 'case' },
      right('count'),
      { title: 'of' },
      right('wall s'),
      right('CPU s'),
      right('a second'),
      right('and core'),
      right('a CPU s'),
      right('peak'),
      right('bytes/row'),
      right('whole s'),
    ],
    cases.map((summary) => [
      summary.name,
      formatCount(summary.count),
      summary.counts,
      summary.wallSeconds.toFixed(2),
      summary.cpuSeconds.toFixed(2),
      millions(summary.perSecond),
      millions(summary.perSecondAndThread),
      millions(summary.perCpuSecond),
      formatBytes(summary.peakBytes),
      summary.bytesPerRow?.toFixed(1) ?? '',
      summary.wholeSeconds?.toFixed(1) ?? '',
    ]),
  );
  const compared = formatTable(
    [{ title: 'ratio' }, right('by wall time'), right('by CPU time')],
    ratios.map(({ name, wall, cpu }) => [name, wall.toFixed(2), cpu.toFixed(2)]),
  );
  const scaled = formatTable(
    [{ title: 'scaling' }, right('factor')],
    scaling.map(({ name, factor }) => [name, factor.toFixed(2)]),
  );
  return [measured, ...(ratios.length > 0 ? [compared] : []), ...(scaling.length > 0 ? [scaled] : [])].join('\n\n');
}

export function formatMachine({ cpu, cores, memoryBytes, system, node, duckdb }: Machine): string {
  return `${cpu}, ${cores} cores, ${formatBytes(memoryBytes)}, ${system}; Node ${node}, DuckDB ${duckdb}`;
}

const millions = (perSecond: number): string => `${(perSecond / 1e6).toFixed(2)} M`;

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
