// Whether changes make a timeline: each names a column that is there on its date, and may be changed so.

import { z } from 'zod';
import { nearest } from '../lib/nearest.ts';
import {
  actionOf,
  changeColumns,
  changesByDate,
  DRIFT_ACTIONS,
  driftChangeSchema,
  RETYPED,
  type Drift,
  type DriftAction,
  type DriftChange,
} from './drift.ts';
import { fileSchema, type FileColumn } from './file-schema.ts';
import { LINEAGE_COLUMNS, TABLES, type TableSpec } from './index.ts';

/** `key`: of the change, that which is wrong; undefined: the change as a whole. */
type Report = (change: DriftChange, key: keyof DriftChange | undefined, says: string) => void;

const NAME = /^[a-z][a-z0-9_]*$/;
/** With a column of such a name, a file cannot be read with its rows' places. */
const FROM_READERS: readonly string[] = ['filename', 'file_index', 'file_row_number', 'is_later'];
const LINEAGE = LINEAGE_COLUMNS.map(({ name }) => name);

/** Changes in any order. */
export const driftSchema = z.array(driftChangeSchema).superRefine((drift, context) => {
  let isWellFormed = true;
  const report: Report = (change, key, message) => {
    isWellFormed = false;
    const index = drift.indexOf(change);
    context.addIssue({ code: 'custom', path: key === undefined ? [index] : [index, key], message });
  };
  for (const change of drift) checkForm(change, report);
  if (!isWellFormed) return;
  for (const table of new Set(drift.map((change) => change.table))) new TableTimeline(TABLES[table], report).check(drift);
});

/** What can be told of a change by itself. */
function checkForm(change: DriftChange, report: Report): void {
  const { values } = change;
  const actions = DRIFT_ACTIONS.filter((action) => change[action] !== undefined);
  if (actions.length !== 1) {
    const found = actions.length === 0 ? 'says none of these' : `says ${actions.join(' and ')}`;
    return report(change, undefined, `must say one of ${DRIFT_ACTIONS.join(', ')}, and ${found}`);
  }
  const [action] = actions;
  const needsTo = action === 'rename' || action === 'retype';
  if (needsTo && change.to === undefined) report(change, action, `needs to: the new ${action === 'rename' ? 'name' : 'type'}`);
  if (!needsTo && change.to !== undefined) report(change, 'to', `goes with rename or retype, not with ${action}`);
  if (action !== 'add' && values !== undefined) report(change, 'values', `goes with add, not with ${action}`);
  const twice = values?.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) report(change, 'values', `has "${twice}" twice`);
}

/** One table's columns from its first day on. */
class TableTimeline {
  private readonly table: TableSpec;
  private readonly report: Report;
  private columns: readonly FileColumn[];
  /** Which column a name has ever stood for: it stands for no other, so that a name alone tells what it holds. */
  private readonly owners: Map<string, string>;

  constructor(table: TableSpec, report: Report) {
    this.table = table;
    this.report = report;
    this.columns = fileSchema(table).columns;
    this.owners = new Map(this.columns.map(({ name }) => [name, name]));
  }

  check(drift: Drift): void {
    for (const [date, changes] of changesByDate(drift, this.table.name)) {
      const done = new Map<string, DriftAction[]>();
      // A change that is refused is left out, so that what follows is judged as if it were not there.
      const sound = changes.filter((change) => this.isSound(change, date, done));
      this.columns = changeColumns(this.columns, sound);
    }
  }

  private isSound(change: DriftChange, date: string, done: Map<string, DriftAction[]>): boolean {
    const { action, column: name } = actionOf(change);
    const says = this.wrong(change, action, name, date, done);
    if (says === undefined) return true;
    this.report(change, ...says);
    return false;
  }

  private wrong(
    change: DriftChange,
    action: DriftAction,
    name: string,
    date: string,
    done: Map<string, DriftAction[]>,
  ): [keyof DriftChange, string] | undefined {
    if (action === 'add') {
      const taken = this.takeName(name, undefined);
      return taken === undefined ? undefined : ['add', taken];
    }
    const column = this.columns.find((candidate) => candidate.name === name);
    if (column === undefined) return [action, this.describeMissing(name, date)];
    const held = ownerOf(column);
    const why = whyFixed(this.table, column);
    if (why !== undefined) return [action, `${name} is ${why}, which has to stay as it is`];
    const before = done.get(held) ?? [];
    if (before.includes(action) || (before.length > 0 && [...before, action].includes('remove')))
      return [action, `${name} is changed twice on ${date}: ${[...before, action].join(' and ')}`];
    done.set(held, [...before, action]);
    if (action === 'rename') {
      const taken = change.to === name ? 'is its name already' : this.takeName(change.to!, held);
      return taken === undefined ? undefined : ['to', taken];
    }
    if (action === 'retype') {
      const allowed = RETYPED[column.type];
      if (allowed.length === 0) return ['retype', `${name} is text on ${date}, which keeps its type`];
      if (!allowed.some((type) => type === change.to))
        return ['to', `${name} is ${column.type} on ${date}, and can become ${allowed.join(' or ')}, not "${change.to}"`];
    }
    return undefined;
  }

  /** Undefined, and the name is the owner's from now on, or a new column's; or why it cannot be. */
  private takeName(name: string, owner: string | undefined): string | undefined {
    if (!NAME.test(name)) return `"${name}" is no name of a column: use small letters, digits and _, a letter first`;
    if (name === this.table.partitionKey) return `${name} stands in the path of every partition: choose another name`;
    if (FROM_READERS.includes(name)) return `${name} is a name that readers give to the place of a row: choose another name`;
    const other = this.owners.get(name);
    if (other !== undefined && other !== owner)
      return `${this.table.name} has or had another column of the name ${name}: choose another name`;
    this.owners.set(name, owner ?? `added ${name}`);
    return undefined;
  }

  private describeMissing(name: string, date: string): string {
    const owner = this.owners.get(name);
    const now = this.columns.find((column) => ownerOf(column) === owner)?.name;
    const hint =
      owner === undefined
        ? nearest(
            name,
            this.columns.map((column) => column.name),
          )
        : now;
    if (owner !== undefined && now === undefined) return `${this.table.name} has no column ${name} on ${date}: it is removed by then`;
    const also = hint === undefined ? '' : owner === undefined ? `; did you mean "${hint}"?` : `: it is called ${hint} by then`;
    return `${this.table.name} has no column ${name} before ${date}${also}`;
  }
}

function ownerOf({ of, added, name }: FileColumn): string {
  return of ?? (added === undefined ? name : `added ${added.name}`);
}

/** What a column is that no change may touch; undefined: it may be changed. */
export function whyFixed({ key, parent, dateColumn }: TableSpec, { of, name }: FileColumn): string | undefined {
  if (LINEAGE.includes(name)) return 'lineage';
  if (of === undefined) return undefined;
  if (key.includes(of)) return 'part of the key';
  if (of === parent?.column) return `the reference to ${parent.table}`;
  return of === dateColumn ? "the date that decides a row's partition" : undefined;
}
