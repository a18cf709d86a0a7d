// The log: one line an event on stderr, as text or as JSON, at or above a level.

import type { Output, Paint } from './style.ts';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What happened, for a program: its name and its values. */
interface LogRecord {
  event: string;
  [key: string]: unknown;
}

export interface Log {
  /** `text` is for people, `record` for programs: each format prints one of them. */
  write(level: LogLevel, text: string, record: LogRecord): void;
  shows(level: LogLevel): boolean;
  readonly format: LogFormat;
}

export interface LogOptions {
  output: Output;
  paint: Paint;
  level: LogLevel;
  format: LogFormat;
  clock: () => Date;
}

export function createLog({ output, paint, level, format, clock }: LogOptions): Log {
  const shows = (asked: LogLevel): boolean => LOG_LEVELS.indexOf(asked) <= LOG_LEVELS.indexOf(level);
  return {
    format,
    shows,
    write(asked, text, record) {
      if (!shows(asked)) return;
      if (format === 'json') output.write(`${JSON.stringify({ time: clock().toISOString(), level: asked, ...record })}\n`);
      else output.write(`${prefix(asked, paint)}${text}\n`);
    },
  };
}

function prefix(level: LogLevel, paint: Paint): string {
  if (level === 'error') return `${paint('red', 'error:')} `;
  if (level === 'warn') return `${paint('yellow', 'warning:')} `;
  return '';
}
