// Tiers and CLV buckets as steps of spend.

export interface SpendStep {
  readonly name: string;
  /** From which the step holds. */
  readonly cents: number;
}

/** From the lowest to the highest. */
export function ascendingSteps(thresholds: Readonly<Record<string, number>>): SpendStep[] {
  return Object.entries(thresholds)
    .map(([name, dollars]) => ({ name, cents: Math.round(dollars * 100) }))
    .toSorted((a, b) => a.cents - b.cents);
}
