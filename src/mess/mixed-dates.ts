// Timestamps as other systems write them: month or day first, in another zone, or as a count of milliseconds.

import { columnKind } from './kind.ts';

const MINUTE_MS = 60_000;
/** Minutes ahead of UTC. */
const ZONES = [-8 * 60, -5 * 60, 60, 5 * 60 + 30];

type Parts = readonly [year: string, month: string, day: string, hour: string, minute: string, second: string];

const pad = (value: number): string => String(value).padStart(2, '0');

/** `03/01/2020 01:59:50 PM` */
function american([year, month, day, hour, minute, second]: Parts): string {
  const clock = Number(hour) % 12 || 12;
  return `${month}/${day}/${year} ${pad(clock)}:${minute}:${second} ${Number(hour) < 12 ? 'AM' : 'PM'}`;
}

/** `01.03.2020 13:59:50` */
function german([year, month, day, hour, minute, second]: Parts): string {
  return `${day}.${month}.${year} ${hour}:${minute}:${second}`;
}

/** `2020-03-01T08:59:50.717-05:00`: the same instant. */
function zoned(epochMs: number, minutesAhead: number): string {
  const size = Math.abs(minutesAhead);
  const local = new Date(epochMs + minutesAhead * MINUTE_MS).toISOString().slice(0, -1);
  return `${local}${minutesAhead < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{3}$/;

export const mixedDates = columnKind('mixed_dates', () => ({
  type: 'text',
  rewrite: (value, stream) => {
    const parts = ISO.exec(value)?.slice(1) as Parts | undefined;
    if (parts === undefined) return value;
    const epochMs = Date.parse(`${value}Z`);
    const writers = [
      () => american(parts),
      () => german(parts),
      () => zoned(epochMs, ZONES[stream.below(ZONES.length)]!),
      () => String(epochMs),
    ];
    return writers[stream.below(writers.length)]!();
  },
}));
