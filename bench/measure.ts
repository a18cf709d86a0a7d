// What a piece of work costs: wall time, CPU time of all threads, peak memory of the process.

/** One run of one case. Rows are what the case counts: rows, carts or customers. */
export interface Measurement {
  readonly rows: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Of the whole process, from its start. */
  readonly peakBytes: number;
  /** The bytes written, where the case writes files. */
  readonly bytes?: number;
  /** Wall time of the run with everything that comes before its rows, where that is measured apart. */
  readonly wholeSeconds?: number;
}

/** Adds up the time between `start` and `stop`. */
export class Stopwatch {
  wallSeconds = 0;
  cpuSeconds = 0;
  private startedMs = 0;
  private startedCpu = process.cpuUsage();

  start(): void {
    this.startedCpu = process.cpuUsage();
    this.startedMs = performance.now();
  }

  stop(): void {
    this.wallSeconds += (performance.now() - this.startedMs) / 1e3;
    const { user, system } = process.cpuUsage(this.startedCpu);
    this.cpuSeconds += (user + system) / 1e6;
  }

  reset(): void {
    this.wallSeconds = 0;
    this.cpuSeconds = 0;
  }

  measurement(rows: number): Measurement {
    return { rows, wallSeconds: this.wallSeconds, cpuSeconds: this.cpuSeconds, peakBytes: peakBytes() };
  }
}

export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** The middle run by wall time; of an even number the faster of the two in the middle. */
export function medianRun(runs: readonly Measurement[]): Measurement {
  const sorted = runs.toSorted((a, b) => a.wallSeconds - b.wallSeconds);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
