import type { ExpectedLake } from '../expected-lake.ts';
import type { CheckName, Finding } from '../report.ts';
import type { Observations } from './observations.ts';
export interface MeasuredCheck extends CheckName {
  judge(seen: Observations, expected: ExpectedLake): Finding;
}
export const MEASURED_CHECKS: readonly MeasuredCheck[] = [];
