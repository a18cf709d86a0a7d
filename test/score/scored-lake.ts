// A messy lake and its clean twin, answers made of them, and their scores.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { UserError } from '../../src/lib/errors.ts';
import { scoreLake } from '../../src/score/score-lake.ts';
import type { ScoreReport } from '../../src/score/score-report.ts';
import { TRANSACTION_TABLES } from '../../src/tables/index.ts';
import { Duck } from '../../src/verify/deep/duck.ts';
import { effects, makeTempFolder, TinyShop } from '../pipeline/tiny-shop.ts';

export const ALL_ONE = { precision: 1, recall: 1, f1: 1 };

export async function inDuckDb<T>(work: (duck: Duck) => Promise<T>): Promise<T> {
  const duck = await Duck.open();
  try {
    return await work(duck);
  } finally {
    await duck.close();
  }
}

export class ScoredLake {
  readonly raw: string;
  readonly truth: string;
  readonly clean: string;

  constructor(raw: string, truth: string, clean: string) {
    this.raw = raw;
    this.truth = truth;
    this.clean = clean;
  }

  /** `config`: YAML that is added to the shop's. */
  static async open(flags: Record<string, string> = {}, config = ''): Promise<ScoredLake> {
    const [messy, clean] = [await TinyShop.open(), await TinyShop.open()];
    appendFileSync(messy.config, config);
    await messy.backlog({ direct: true, ...flags });
    await clean.backlog({ direct: true, ...flags, 'messiness-level': 'none' });
    return new ScoredLake(messy.raw, messy.resolve().settings.truthRoot, clean.raw);
  }

  keyFiles(table = '*'): string {
    return join(this.truth, `defects/table=${table}/*/*.parquet`);
  }

  score(answer: string, windowRows?: number): Promise<ScoreReport> {
    const request = { root: this.raw, truthRoot: this.truth, answer };
    return scoreLake({ ...request, ...(windowRows === undefined ? {} : { windowRows }) }, effects());
  }

  /** What it says of an answer that cannot be scored. */
  async problem(answer: string, exitCode = 2): Promise<string> {
    const error = await this.score(answer).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).exitCode).toBe(exitCode);
    return (error as UserError).message;
  }

  async countDefects(where = 'true'): Promise<number> {
    const [row] = await inDuckDb((duck) =>
      duck.rows(`SELECT count(*) AS n FROM read_parquet('${this.keyFiles()}', hive_partitioning = true) WHERE ${where}`),
    );
    return row!['n'] as number;
  }

  /** Writes an answer table by table; `sql` selects from `lake`, the messy rows with their `ingest_dt`, or from `clean`. */
  async answer(sql: (table: string) => string | undefined, format: 'parquet' | 'csv' = 'parquet', partitionBy = ''): Promise<string> {
    const folder = makeTempFolder();
    await inDuckDb(async (duck) => {
      for (const table of TRANSACTION_TABLES) {
        const query = sql(table);
        if (query === undefined) continue;
        for (const [name, root] of [
          ['lake', this.raw],
          ['clean', this.clean],
        ])
          await duck.run(
            `CREATE OR REPLACE TEMP VIEW ${name} AS FROM read_parquet('${root}/${table}/*/*.parquet', hive_partitioning = true, hive_types_autocast = false)`,
          );
        const to =
          partitionBy === ''
            ? `'${folder}/${table}.${format}' (FORMAT ${format})`
            : `'${folder}/${table}' (FORMAT ${format}, PARTITION_BY (${partitionBy}))`;
        await duck.run(`COPY (${query}) TO ${to}`);
      }
    });
    return folder;
  }

  /** Writes a list of defects; `sql` selects from KEY. */
  async list(sql: string, format: 'parquet' | 'csv' = 'csv'): Promise<string> {
    const folder = makeTempFolder();
    const key = `read_parquet('${this.keyFiles()}', hive_partitioning = true)`;
    await inDuckDb((duck) => duck.run(`COPY (${sql.replaceAll('KEY', key)}) TO '${folder}/defects.${format}' (FORMAT ${format})`));
    return folder;
  }
}
