// Numbers as people read them: counts, bytes, durations, rates, and how long is left.

const BYTE_UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 1234567 -> `1,234,567`. */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** `1 row`, `1,234 rows`. */
export function formatCounted(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** Powers of 1,000, as disks are sold: 3400000000 -> `3.4 GB`, 999 -> `999 bytes`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.95 would be rounded to 1000.0 below.
  while (value >= (unit === 0 ? 1000 : 999.95) && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? formatCounted(Math.round(value), 'byte') : `${value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

/** 45 -> `45 ms`, 1500 -> `1.5 s`, 125000 -> `2 min 05 s`, 7500000 -> `2 h 05 min`. */
export function formatDuration(ms: number): string {
  if (ms < 995) return `${Math.round(ms)} ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${twoDigits(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

/** Rows a second: `640`, `12.3 K`, `1.25 M`. */
export function formatRate(rowsPerSecond: number): string {
  if (rowsPerSecond < 999.5) return `${Math.round(rowsPerSecond)} rows/s`;
  if (rowsPerSecond < 999_500) return `${Number((rowsPerSecond / 1e3).toPrecision(3))} K rows/s`;
  return `${(rowsPerSecond / 1e6).toFixed(2)} M rows/s`;
}

export interface Pace {
  /** Rows made so far by this run alone. */
  runRows: number;
  rowsLeft: number;
  /** Time those rows took. */
  elapsedMs: number;
}

/** Undefined as long as nothing is known. */
export function rowsPerSecond({ runRows, elapsedMs }: Omit<Pace, 'rowsLeft'>): number | undefined {
  return runRows > 0 && elapsedMs > 0 ? (runRows / elapsedMs) * 1000 : undefined;
}

/** Undefined as long as nothing is known; 0 when nothing is left. */
export function timeLeftMs(pace: Pace): number | undefined {
  if (pace.rowsLeft <= 0) return 0;
  const rate = rowsPerSecond(pace);
  return rate === undefined ? undefined : (pace.rowsLeft / rate) * 1000;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
