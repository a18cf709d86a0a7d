// Growth taken out of a series of days.

/** Value and weight of consecutive days; a weight of 0 leaves the day out. */
export interface DaySeries {
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The series' level at a day: a straight line through the days within `bandwidth` of it, nearer days counting more
 * (tricube weights). Undefined when too few days are near.
 */
export function trendAt({ values, weights }: DaySeries, day: number, bandwidth: number): number | undefined {
  let n = 0;
  let sum = 0;
  let sumX = 0;
  let sumXX = 0;
  let sumY = 0;
  let sumXY = 0;
  const first = Math.max(0, Math.ceil(day - bandwidth));
  const last = Math.min(values.length - 1, Math.floor(day + bandwidth));
  for (let i = first; i <= last; i++) {
    const x = (i - day) / (bandwidth + 1);
    const weight = weights[i]! * (1 - Math.abs(x) ** 3) ** 3;
    if (weight === 0) continue;
    n++;
    sum += weight;
    sumX += weight * x;
    sumXX += weight * x * x;
    sumY += weight * values[i]!;
    sumXY += weight * x * values[i]!;
  }
  const determinant = sum * sumXX - sumX * sumX;
  if (n < 10 || determinant <= 1e-9 * sum * sum) return undefined;
  return (sumXX * sumY - sumX * sumXY) / determinant;
}
