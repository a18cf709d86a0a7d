// The registry of checks made of rules. A new check is an entry in one of these families.

import type { RowCheck } from '../rule.ts';
import { CONVERSION_CHECKS } from './conversion.ts';
import { DELIVERY_CHECKS } from './deliveries.ts';
import { KEY_CHECKS } from './keys.ts';
import { LINEAGE_CHECKS } from './lineage.ts';
import { MONEY_CHECKS } from './money.ts';
import { PEOPLE_CHECKS } from './people.ts';
import { REFERENCE_CHECKS } from './references.ts';
import { STANDING_CHECKS } from './standing.ts';
import { TIME_CHECKS } from './times.ts';
import { WORD_CHECKS } from './words.ts';

export const ROW_CHECKS: readonly RowCheck[] = [
  ...KEY_CHECKS,
  ...REFERENCE_CHECKS,
  ...MONEY_CHECKS,
  ...TIME_CHECKS,
  ...CONVERSION_CHECKS,
  ...STANDING_CHECKS,
  ...PEOPLE_CHECKS,
  ...WORD_CHECKS,
  ...LINEAGE_CHECKS,
  ...DELIVERY_CHECKS,
];
