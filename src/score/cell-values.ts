// When two cells are the same: numbers as numbers, and timestamps as instants, whatever type or spelling the cleaner chose.

import { text, type ColumnSpec } from '../tables/index.ts';
import { quote } from '../verify/deep/duck.ts';

/** Where a row lies: no column of the files, but mess may put a row into another day's partition. */
export const INGEST_DT = text('ingest_dt', { format: 'date' });

/** SQL: an answer's column by its name, in the lake's kind of type; what does not fit is NULL. No number is rounded. */
export function asInLake({ name, type, format }: ColumnSpec): string {
  if (type === 'int64' || type === 'float64') return `TRY_CAST("${name}" AS DOUBLE)`;
  if (type === 'bool') return `TRY_CAST("${name}" AS BOOLEAN)`;
  const value = `CAST("${name}" AS VARCHAR)`;
  return format === 'date' ? dateOf(value) : value;
}

/** SQL: the same for a column of the key, by which rows are found: 2.3 is no key, and 2.0 is 2. */
export function asKey(column: ColumnSpec): string {
  const value = asInLake(column);
  return column.type === 'int64' ? `CASE WHEN ${value} = trunc(${value}) THEN TRY_CAST(${value} AS BIGINT) END` : value;
}

/** SQL: an answer's value, told against the lake's. A dirty one that was left as it was stays so, whatever instant it may mean. */
export function toldAgainst(column: ColumnSpec, answer: string, lake: string): string {
  if (column.format !== 'timestamp') return answer;
  return `CASE WHEN ${answer} IS NOT DISTINCT FROM ${lake} THEN ${answer} ELSE ${instantOf(answer)} END`;
}

/** SQL: whether `value`, as text, is the `clean` one of the key. `columns`: all that `column` may name. */
export function isClean(columns: readonly ColumnSpec[], column: string, value: string, clean: string): string {
  const rules = Map.groupBy(columns, (spec) => sameAsClean(spec, value, clean));
  const cases = [...rules].map(([rule, own]) => `WHEN ${column} IN (${own.map(({ name }) => quote(name)).join(', ')}) THEN ${rule}`);
  return `CASE ${cases.join(' ')} ELSE ${value} IS NOT DISTINCT FROM ${clean} END`;
}

function sameAsClean({ type, format }: ColumnSpec, value: string, clean: string): string {
  const cast = { int64: 'DOUBLE', float64: 'DOUBLE', bool: 'BOOLEAN', string: undefined }[type];
  if (cast !== undefined) return `TRY_CAST(${value} AS ${cast}) IS NOT DISTINCT FROM TRY_CAST(${clean} AS ${cast})`;
  const own = format === 'timestamp' ? instantOf(value) : format === 'date' ? dateOf(value) : value;
  return `${own} IS NOT DISTINCT FROM ${clean}`;
}

/** ISO 8601 and what SQL makes of it: a space for the T, digits left out or zeros added, a zone. Finer than a millisecond is another instant. */
const INSTANT = String.raw`\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3}0*)?)?)?( ?(Z|UTC|[+-]\d\d(:?\d\d)?))?`;

/** SQL: a timestamp in the contract's form; any other text as it is. */
function instantOf(value: string): string {
  const instant = `TRY_CAST(${value} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`;
  return `CASE WHEN regexp_full_match(${value}, ${quote(INSTANT)}) THEN coalesce(strftime(${instant}, '%Y-%m-%dT%H:%M:%S.%g'), ${value}) ELSE ${value} END`;
}

/** SQL: a date without the midnight that a type with a time of day gave it. */
function dateOf(value: string): string {
  return `regexp_replace(${value}, ${quote(String.raw`[T ]00:00(:00(\.0+)?)?( ?(Z|\+00(:?00)?))?$`)}, '')`;
}
