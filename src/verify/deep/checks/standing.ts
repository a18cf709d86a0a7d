// Tiers and CLV buckets: never falling, and no lower than what a customer's orders in the lake have earned.

import { parseDay } from '../../../lib/days.ts';
import { ascendingSteps, type SpendStep } from '../../spend-steps.ts';
import { mayBeMissing, settled, type RowCheck, type Rule, type RuleContext } from '../rule.ts';

/** Position from 1 of the highest step that a spend reaches; the lowest when it reaches none. */
function earnedStep(spend: string, steps: readonly SpendStep[]): string {
  const highestFirst = steps.map(({ cents }, index) => ({ cents, position: index + 1 })).toReversed();
  return `CASE ${highestFirst.map(({ cents, position }) => `WHEN ${spend} >= ${cents} THEN ${position}`).join(' ')} ELSE 1 END`;
}

/** `column` is a position from 1 among `steps`. Of customers whose orders are all in the lake, the step is known exactly. */
function standing(context: RuleContext, column: string, says: string, steps: readonly SpendStep[], isOptional: boolean): Rule {
  const firstDay = parseDay(context.expected.file.start_date);
  const name = (position: string): string =>
    `list_extract([${steps.map((step) => `'${step.name.replaceAll("'", "''")}'`).join(', ')}], ${position})`;
  const earned = earnedStep('spend', steps);
  const missing = isOptional ? '' : `WHEN ${column} IS NULL THEN true`;
  return {
    stage: 'lake',
    sql: `
      SELECT file, line, 'order number ' || ord || ': ${says} is ' || coalesce(${name(column)}, 'none') ||
        CASE WHEN ${column} < before THEN ', and was ' || ${name('before')} || ' before' ELSE ', spend makes it ' || ${name(earned)} END AS says
      FROM (
        SELECT o.*, c.signup_day >= ${firstDay} AS is_whole, sum(gross) OVER w AS spend, max(${column}) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM all_orders o JOIN customers c USING (customer)
        WINDOW w AS (PARTITION BY customer ORDER BY ord)
      )
      WHERE ${settled('placed', context.expected)} AND CASE ${missing} WHEN ${column} < before THEN true WHEN is_whole THEN ${column} <> ${earned} ELSE ${column} < ${earned} END`,
  };
}

export const STANDING_CHECKS: readonly RowCheck[] = [
  {
    name: 'tiers',
    description: "customer_tier never falls and is what the customer's spend has earned, as far as the lake shows it",
    rules: (context) => [
      standing(
        context,
        'tier',
        'customer_tier',
        ascendingSteps(context.config.parameters.tier_spend_thresholds),
        mayBeMissing(context, 'orders.customer_tier'),
      ),
    ],
  },
  {
    name: 'CLV buckets',
    description: "clv_bucket never falls and is what the customer's spend has earned, as far as the lake shows it",
    rules: (context) => [
      standing(
        context,
        'clv',
        'clv_bucket',
        ascendingSteps(context.config.parameters.clv_spend_thresholds),
        mayBeMissing(context, 'orders.clv_bucket'),
      ),
    ],
  },
];
