// What every table's rows need of the day they are made for.

import type { Lookups } from '../lookups/load.ts';
import type { TimestampWriter } from './words.ts';

export interface DayContext {
  readonly lookups: Lookups;
  readonly timestamps: TimestampWriter;
}
