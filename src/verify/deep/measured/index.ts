// The registry of measured checks. A new one is an entry in one of these families.

import { BEHAVIOUR_CHECKS } from './behaviour.ts';
import type { MeasuredCheck } from './measured-check.ts';
import { MESS_CHECKS } from './mess.ts';
import { ORDER_SHARE_CHECKS } from './order-shares.ts';
import { PLANTED_CHECKS } from './planted.ts';
import { VOLUME_CHECKS } from './volume.ts';

export const MEASURED_CHECKS: readonly MeasuredCheck[] = [
  ...MESS_CHECKS,
  ...PLANTED_CHECKS,
  ...VOLUME_CHECKS,
  ...BEHAVIOUR_CHECKS,
  ...ORDER_SHARE_CHECKS,
];
