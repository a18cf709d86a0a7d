// Pipeline events as a person or a log reads them: a line redrawn on a terminal, one line a chunk elsewhere.

import type { ChunkEvent, PipelineEvent, ProgressEvent, UploadEvent } from '../events.ts';
import type { Log, LogLevel } from './log.ts';
import { formatBytes, formatCount, formatCounted, formatDuration, formatRate, rowsPerSecond, timeLeftMs } from './numbers.ts';
import type { StatusLine } from './status-line.ts';

const REDRAW_EVERY_MS = 100;
/** Progress within a chunk, for logs at level `debug`. */
const LOG_EVERY_MS = 10_000;

export interface RendererOptions {
  log: Log;
  /** Undefined where lines cannot be redrawn, or nobody wants to see them. */
  statusLine: StatusLine | undefined;
  clock: () => Date;
}

export interface Renderer {
  emit(event: PipelineEvent): void;
  /** Takes the drawn line away. */
  close(): void;
}

export function createRenderer({ log, statusLine, clock }: RendererOptions): Renderer {
  let nextDrawMs = 0;
  let nextLogMs = 0;

  const write = (level: LogLevel, text: string, { type, ...fields }: PipelineEvent): void =>
    log.write(level, text, { event: type, ...fields });

  const draw = (event: ProgressEvent | ChunkEvent | UploadEvent): void => {
    statusLine?.draw(fitParts(describeProgress(event), (statusLine.columns ?? 80) - 1));
  };

  const showProgress = (event: ProgressEvent | UploadEvent): void => {
    const nowMs = clock().getTime();
    if (statusLine !== undefined && nowMs >= nextDrawMs) {
      nextDrawMs = nowMs + REDRAW_EVERY_MS;
      draw(event);
    }
    // Chunks have lines of their own; a mere upload has none.
    const level = event.type === 'upload' && statusLine === undefined ? 'info' : 'debug';
    if (nowMs >= nextLogMs && log.shows(level)) {
      nextLogMs = nowMs + LOG_EVERY_MS;
      write(level, describeProgress(event).join(', '), event);
    }
  };

  return {
    emit(event) {
      switch (event.type) {
        case 'phase':
          statusLine?.draw(event.name);
          return statusLine === undefined || log.format === 'json' ? write('info', event.name, event) : write('debug', event.name, event);
        case 'note':
          return write('info', event.message, event);
        case 'warning':
          return write('warn', event.message, event);
        case 'progress':
        case 'upload':
          return showProgress(event);
        case 'chunk':
          if (statusLine === undefined) return write('info', describeChunk(event), event);
          write('debug', describeChunk(event), event);
          return draw(event);
      }
    },
    close() {
      statusLine?.clear();
    },
  };
}

/** The most important first: a narrow terminal shows the beginning. */
function describeProgress(event: ProgressEvent | ChunkEvent | UploadEvent): string[] {
  if (event.type === 'upload') return describeUpload(event);
  const rows = rowsOfRun(event);
  return [
    ...(event.start === '' ? [] : [`chunk ${event.chunk}/${event.chunks} (${event.start} to ${event.end})`]),
    ...describePace(event),
    formatCounted(rows, 'row'),
    ...(event.type === 'progress' ? [formatBytes(event.bytes)] : []),
    ...(event.type === 'progress' && event.uploadedBytes !== undefined ? [`${formatBytes(event.uploadedBytes)} uploaded`] : []),
  ];
}

function describeUpload({ objects, totalObjects, bytes, totalBytes, elapsedMs }: UploadEvent): string[] {
  const done = totalBytes > 0 ? bytes / totalBytes : 1;
  const rate = elapsedMs > 0 ? (bytes / elapsedMs) * 1000 : 0;
  return [
    `${Math.floor(100 * done)} %`,
    `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`,
    ...(rate > 0 ? [`${formatBytes(rate)}/s`, ...(done < 1 ? [`${formatDuration(((totalBytes - bytes) / rate) * 1000)} left`] : [])] : []),
    `${formatCount(objects)} of ${formatCounted(totalObjects, 'object')}`,
  ];
}

function describeChunk(event: ChunkEvent): string {
  const { chunk, chunks, start, end, rows, bytes, chunkMs } = event;
  const made = `${formatCounted(rows, 'row')}, ${formatBytes(bytes)} in ${formatDuration(chunkMs)}`;
  return `chunk ${chunk}/${chunks} (${start} to ${end}): ${made}; ${describePace(event).join(', ')}`;
}

/** Share done, rate, time left, all of this run; without the latter two as long as they are unknown. */
function describePace(event: ProgressEvent | ChunkEvent): string[] {
  const { totalRows, elapsedMs } = event;
  const runRows = rowsOfRun(event);
  const rate = rowsPerSecond({ runRows, elapsedMs });
  const leftMs = timeLeftMs({ runRows, rowsLeft: totalRows - runRows, elapsedMs });
  return [
    // A total that is not known beforehand grows with the rows.
    ...(event.type === 'chunk' || totalRows > runRows
      ? [`${totalRows > 0 ? Math.min(100, Math.floor((100 * runRows) / totalRows)) : 100} %`]
      : []),
    ...(rate === undefined ? [] : [formatRate(rate)]),
    ...(leftMs === undefined || leftMs === 0 ? [] : [`${formatDuration(leftMs)} left`]),
  ];
}

function rowsOfRun(event: ProgressEvent | ChunkEvent): number {
  return event.type === 'chunk' ? event.runRows : event.rows;
}

/** As many parts as fit: half a number would say something false. */
function fitParts(parts: readonly string[], width: number): string {
  let line = parts[0] ?? '';
  for (const part of parts.slice(1)) {
    if (line.length + part.length + 2 > width) break;
    line += `, ${part}`;
  }
  return line;
}
