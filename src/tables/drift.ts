// Schema drift: dated changes to the columns of transactional tables, and the columns that a table's files have on a date.

import { z } from 'zod';
import type { FileColumn, FileSchema } from './file-schema.ts';
import { isTransactionTable, LINEAGE_COLUMNS, TRANSACTION_TABLES, type ColumnType, type TableName } from './index.ts';
import { text } from './spec.ts';

const column = z.string().min(1).optional();

/** What is asked of a single change; drift-problems.ts asks whether they make a timeline. */
export const driftChangeSchema = z.strictObject({
  date: z.iso.date('must be a date such as 2020-02-29').describe('First day of the change'),
  table: z.enum(TRANSACTION_TABLES).describe('Table'),
  add: column.describe('Name of a new text column'),
  values: z.array(z.string().min(1)).min(1).max(250).optional().describe('With add: what its cells are drawn from; null where not given'),
  rename: column.describe('Column to rename'),
  retype: column.describe('Column whose type changes: int64 to float64 or string, float64 or bool to string'),
  remove: column.describe('Column that is no longer there'),
  to: column.describe('With rename: the new name. With retype: the new type'),
});

export type DriftChange = z.infer<typeof driftChangeSchema>;
export type Drift = readonly DriftChange[];

export const DRIFT_ACTIONS = ['add', 'rename', 'retype', 'remove'] as const;
export type DriftAction = (typeof DRIFT_ACTIONS)[number];

/** By a column's type those that it may change to; text stays text. */
export const RETYPED: Readonly<Record<ColumnType, readonly ColumnType[]>> = {
  int64: ['float64', 'string'],
  float64: ['string'],
  bool: ['string'],
  string: [],
};

/** The one thing that a change does, and to which column. */
export function actionOf(change: DriftChange): { readonly action: DriftAction; readonly column: string } {
  const action = DRIFT_ACTIONS.find((name) => change[name] !== undefined)!;
  return { action, column: change[action]! };
}

/** A table's changes by date, in order. */
export function changesByDate(drift: Drift, table: TableName): Map<string, DriftChange[]> {
  const own = drift.filter((change) => change.table === table).toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  return Map.groupBy(own, ({ date }) => date);
}

/** The schema of a table's files on a date; `base` is what it is before the first change. Without drift it is `base`. */
export function driftedSchema(base: FileSchema, drift: Drift, table: TableName, date: string): FileSchema {
  if (drift.length === 0 || !isTransactionTable(table)) return base;
  const lineage = new Set(LINEAGE_COLUMNS.map(({ name }) => name));
  let columns = base.columns.filter(({ name }) => !lineage.has(name));
  let { version } = base;
  for (const [day, changes] of changesByDate(drift, table)) {
    if (day > date) break;
    columns = changeColumns(columns, changes);
    version++;
  }
  return { version, isVersioned: true, columns: [...columns, ...base.columns.filter(({ name }) => lineage.has(name))] };
}

/** All changes of one day: each names a column as it is called before that day. What is new comes last. */
export function changeColumns(columns: readonly FileColumn[], changes: readonly DriftChange[]): FileColumn[] {
  const changed = columns.flatMap((column): FileColumn[] => {
    if (changes.some(({ remove }) => remove === column.name)) return [];
    const name = changes.find(({ rename }) => rename === column.name)?.to ?? column.name;
    const type = changes.find(({ retype }) => retype === column.name)?.to as ColumnType | undefined;
    return [{ ...(type === undefined ? column : retyped(column, type)), name }];
  });
  const added = changes.flatMap(({ add, values = [] }) =>
    add === undefined ? [] : [{ ...text(`${add}?`), added: { name: add, values } }],
  );
  return [...changed, ...added];
}

/** Numbers that mess has made text of stay text. */
function retyped(column: FileColumn, type: ColumnType): FileColumn {
  if (column.type === 'string') return column;
  const { name, nullable, of, encoding } = column;
  return { name, type, nullable, encoding: column.type === 'float64' ? encoding : 'dictionary', ...(of === undefined ? {} : { of }) };
}
