// A table as it is named on the command line.

import { UserError } from '../lib/errors.ts';
import { nearest } from '../lib/nearest.ts';
import { TABLE_NAMES, type TableName } from '../tables/index.ts';

/** Throws a UserError (exit 2) that suggests the nearest name. */
export function tableName(text: string): TableName {
  const name = TABLE_NAMES.find((candidate) => candidate === text);
  if (name !== undefined) return name;
  const suggestion = nearest(text, TABLE_NAMES);
  throw new UserError(`--table ${text}: there is no such table${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`, {
    hint: `Tables: ${TABLE_NAMES.join(', ')}.`,
  });
}
