// Pipeline events as a person or a log reads them: a line redrawn on a terminal, one line a chunk elsewhere.

import type { ChunkEvent, PipelineEvent, ProgressEvent } from '../events.ts';
import type { Log, LogLevel } from './log.ts';
import { formatBytes, formatCounted, formatDuration, formatRate, rowsPerSecond, timeLeftMs } from './numbers.ts';
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

  const draw = (event: ProgressEvent | ChunkEvent): void => {
    statusLine?.draw(fitParts(describeProgress(event), (statusLine.columns ?? 80) - 1));
  };

  const showProgress = (event: ProgressEvent): void => {
    const nowMs = clock().getTime();
    if (statusLine !== undefined && nowMs >= nextDrawMs) {
      nextDrawMs = nowMs + REDRAW_EVERY_MS;
      draw(event);
    }
    if (nowMs >= nextLogMs && log.shows('debug')) {
      nextLogMs = nowMs + LOG_EVERY_MS;
      write('debug', describeProgress(event).join(', '), event);
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
function describeProgress(event: ProgressEvent | ChunkEvent): string[] {
  const rows = rowsOfRun(event);
  return [
    ...(event.start === '' ? [] : [`chunk ${event.chunk}/${event.chunks} (${event.start} to ${event.end})`]),
    ...describePace(event),
    formatCounted(rows, 'row'),
    ...(event.type === 'progress' ? [formatBytes(event.bytes)] : []),
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
