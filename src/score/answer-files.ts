// The files of an answer as DuckDB reads them; when it cannot, which file it is and where.

import { closeSync, openSync, readSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { UserError, type UserErrorOptions } from '../lib/errors.ts';
import { quote, type Duck } from '../verify/deep/duck.ts';

/** One table, or one list, that was handed in. */
export interface AnsweredTable {
  /** SQL that can stand behind FROM. */
  readonly source: string;
  /** SQL types of its columns by name, in lower case: DuckDB finds them by any. */
  readonly types: ReadonlyMap<string, string>;
  readonly files: readonly string[];
}

const DELIMITERS = [',', ';', '\t', '|'];
/** Bytes in which a header ends. */
const HEADER_BYTES = 65_536;

/** `files` lie in `folder`; what stands between, such as `status=converted`, is a column. */
export async function openFiles(duck: Duck, folder: string, files: readonly string[]): Promise<AnsweredTable> {
  const parquet = files.filter((path) => path.endsWith('.parquet'));
  if (parquet.length > 0 && parquet.length < files.length) {
    throw new UserError(`${folder} has Parquet and CSV files`, { hint: 'Hand in one of both.' });
  }
  const options = `union_by_name = true, hive_partitioning = ${isPartitioned(folder, files)}, hive_types_autocast = false`;
  const list = `[${files.map(quote).join(', ')}]`;
  const source =
    parquet.length > 0 ? `read_parquet(${list}, ${options})` : `read_csv(${list}, ${options}, ${describeCsv(headerOf(files[0]!))})`;
  try {
    const columns = await duck.rows(`DESCRIBE SELECT * FROM ${source}`);
    const types = columns.map((row): [string, string] => [(row['column_name'] as string).toLowerCase(), row['column_type'] as string]);
    return { source, types: new Map(types), files };
  } catch (cause) {
    throw (
      (await findUnreadable(duck, files)) ??
      new UserError(`${folder} cannot be read: ${firstLine(cause)}`, {
        hint: 'Its files must be all Parquet or all CSV in UTF-8 with a header, and have columns that fit together.',
        cause,
      })
    );
  }
}

/** The first file that cannot be read to its end, as a UserError; undefined when all can. */
export async function findUnreadable(
  duck: Duck,
  files: readonly string[],
  way: UserErrorOptions = { hint: 'Write that file again, and score once more.' },
): Promise<UserError | undefined> {
  for (const path of files) {
    try {
      await duck.rows(
        `SELECT max(COLUMNS(*)) FROM ${path.endsWith('.parquet') ? `read_parquet(${quote(path)}, hive_partitioning = false)` : wholeCsv(path)}`,
      );
    } catch (cause) {
      const line = /CSV Error on Line: (\d+)/.exec((cause as Error).message)?.[1];
      const place = line === undefined ? path : `${path}, line ${line}`;
      return new UserError(`${place}: cannot be read: ${reasonOf(cause)}`, { ...way, cause });
    }
  }
  return undefined;
}

/** Throws a UserError where some files lie in folders of a column and others do not. */
function isPartitioned(folder: string, files: readonly string[]): boolean {
  const keys = files.map((path) =>
    relative(folder, path)
      .split(sep)
      .slice(0, -1)
      .filter((name) => name.includes('='))
      .map((name) => name.slice(0, name.indexOf('=')))
      .join('/'),
  );
  const other = keys.findIndex((key) => key !== keys[0]);
  if (other > 0) {
    throw new UserError(`${files[0]} and ${files[other]} are partitioned in different ways`, {
      hint: `Hand in one of both: all files of ${folder} need the same folders of the form column=value.`,
    });
  }
  return keys[0] !== '';
}

function headerOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(HEADER_BYTES);
    return bytes.toString('utf8', 0, readSync(file, bytes)).split(/\r?\n|\r/, 1)[0]!;
  } finally {
    closeSync(file);
  }
}

/** Nothing is left to guess: a guess that fails leaves rows out and does not say so. */
function describeCsv(header: string): string {
  return `header = true, all_varchar = true, skip = 0, comment = '', quote = '"', escape = '"', delim = ${quote(delimiterOf(header))}`;
}

function delimiterOf(header: string): string {
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

/** With the columns given DuckDB names the line that does not fit them. */
function wholeCsv(path: string): string {
  const header = headerOf(path);
  const columns = header.split(delimiterOf(header)).map((_, i) => `c${i}: 'VARCHAR'`);
  return `read_csv(${quote(path)}, auto_detect = false, columns = {${columns.join(', ')}}, ${describeCsv(header)})`;
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0]!;
}

/** What DuckDB says of a CSV stands below the line's number and its text. */
function reasonOf(error: unknown): string {
  const [first, ...others] = (error as Error).message.split('\n');
  const reason = first!.includes('CSV Error on Line') ? others.find((line) => line !== '' && !line.startsWith('Original Line')) : first;
  return (reason ?? first!).replace(/\.$/, '');
}
