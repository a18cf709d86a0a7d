// Where the queries find their rows: one DuckDB for a report, each table as the files that can be read.

import type { Effects } from '../events.ts';
import { UserError } from '../lib/errors.ts';
import type { FileSchema, FileSchemas } from '../tables/file-schema.ts';
import type { TableName } from '../tables/index.ts';
import { contractRows } from '../verify/deep/contract-rows.ts';
import { Duck, type Row } from '../verify/deep/duck.ts';
import { interruptedReport } from './interrupted.ts';
import type { Partition } from './partitions.ts';

interface PartFile {
  readonly path: string;
  readonly schema: FileSchema;
}

type Parts = Readonly<Partial<Record<TableName, readonly PartFile[]>>>;

export class RowSource {
  private readonly duck: Duck;
  private readonly parts: Parts;
  private readonly signal: AbortSignal;
  private readonly root: string;

  private constructor(duck: Duck, parts: Parts, root: string, signal: AbortSignal) {
    this.duck = duck;
    this.parts = parts;
    this.root = root;
    this.signal = signal;
  }

  /** Opens a source for as long as `work` runs; without `schemas` the manifests tell what the files hold. An aborted signal ends the query in hand (UserError, exit 3). */
  static async use<T>(
    {
      root,
      partitions,
      schemas,
    }: { readonly root: string; readonly partitions: readonly Partition[]; readonly schemas: FileSchemas | undefined },
    { signal }: Pick<Effects, 'signal'>,
    work: (source: RowSource) => Promise<T>,
  ): Promise<T> {
    const byTable = Map.groupBy(partitions, ({ table }) => table);
    const parts = Object.fromEntries(
      [...byTable].map(([table, own]) => [
        table,
        own.flatMap(({ parts, value, schema }) => parts.map((path) => ({ path, schema: schemas?.(table, value) ?? schema }))),
      ]),
    );
    const duck = await Duck.open();
    const onAbort = (): void => duck.interrupt();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await work(new RowSource(duck, parts, root, signal));
    } finally {
      signal.removeEventListener('abort', onAbort);
      await duck.close();
    }
  }

  has(table: TableName): boolean {
    return (this.parts[table] ?? []).length > 0;
  }

  /** A table in SQL: its rows as the contract has them, without the partition key, with `filename`. Only for one that it `has`. */
  table(name: TableName): string {
    return contractRows(name, this.parts[name]!);
  }

  /** Throws a UserError when DuckDB cannot read a file, and when interrupted. */
  rows(sql: string): Promise<Row[]> {
    return this.ask(() => this.duck.rows(sql));
  }

  /** The same without an answer. */
  run(sql: string): Promise<void> {
    return this.ask(() => this.duck.run(sql));
  }

  private async ask<T>(query: () => Promise<T>): Promise<T> {
    if (this.signal.aborted) throw interruptedReport();
    try {
      return await query();
    } catch (error) {
      if (this.signal.aborted) throw interruptedReport();
      throw new UserError(`${this.root}: its rows cannot be read: ${(error as Error).message.split('\n', 1)[0]}`, {
        hint: 'See what is damaged with `npx ecomlake verify --deep`.',
        cause: error,
      });
    }
  }
}
