// Nulls where a feed would have had a value.

import { columnKind } from './kind.ts';

export const missingValue = columnKind('missing_value', () => ({ type: 'null' }));
