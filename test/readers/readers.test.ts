// Other people's readers see plain types: no dictionaries, the partition key back from the path.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { parquetColumns, TABLE_NAMES, TABLES, type ColumnType, type TableName } from '../../src/tables/index.ts';
import { TinyShop } from '../pipeline/tiny-shop.ts';

const VENV = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));
const PYTHON = process.env['ECOMLAKE_PYTHON'] ?? (existsSync(VENV) ? VENV : 'python3');
const SCRIPT = fileURLToPath(new URL('read_lake.py', import.meta.url));

function hasReaders(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import mmh3, pandas, polars, pyarrow'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const isMissing = !hasReaders();
if (isMissing)
  console.warn('readers: skipped; get them with `python3 -m venv .venv && .venv/bin/pip install -r test/readers/requirements.txt`');

const ARROW: Record<ColumnType, string> = { int64: 'int64', float64: 'double', bool: 'bool', string: 'string' };
const POLARS: Record<ColumnType, string> = { int64: 'Int64', float64: 'Float64', bool: 'Boolean', string: 'String' };
const DUCKDB: Record<ColumnType, string> = { int64: 'BIGINT', float64: 'DOUBLE', bool: 'BOOLEAN', string: 'VARCHAR' };

function expected(table: TableName, names: Record<ColumnType, string>): Record<string, string> {
  return Object.fromEntries(parquetColumns(TABLES[table]).map(({ name, type }) => [name, names[type]]));
}

let raw: string;
beforeAll(async () => {
  const shop = await TinyShop.open();
  await shop.backlog({ direct: true });
  raw = shop.raw;
});

interface Seen {
  files: number;
  pyarrow: Record<string, string>;
  pyarrow_odd: string[];
  polars: Record<string, string>;
  polars_odd: string[];
  pandas_categorical: string[];
  pandas_types: Record<string, string>;
  folder_pyarrow: Record<string, string>;
  folder_polars: Record<string, string>;
  rows_pyarrow: number;
  rows_polars: number;
  rows_files: number;
  wrong_event_ids: number;
}

// In CI a missing reader is a failure, not a skip.
describe.skipIf(isMissing && process.env['CI'] === undefined)('pyarrow, pandas and polars', () => {
  let seen: Record<string, Seen>;
  beforeAll(() => {
    seen = JSON.parse(execFileSync(PYTHON, [SCRIPT, raw], { encoding: 'utf8', maxBuffer: 1 << 26 })) as typeof seen;
  });

  it.each(TABLE_NAMES)('%s: plain types in every file and in the folder', (table) => {
    const { partitionKey } = TABLES[table];
    const now = seen[table]!;
    expect(now.pyarrow).toEqual(expected(table, ARROW));
    expect(now.polars).toEqual(expected(table, POLARS));
    expect([...now.pyarrow_odd, ...now.polars_odd, ...now.pandas_categorical]).toEqual([]);
    for (const { name, type } of parquetColumns(TABLES[table])) {
      if (type === 'int64' || type === 'float64') expect(now.pandas_types[name], name).toBe(type);
    }
    expect(now.folder_pyarrow).toEqual({ ...expected(table, ARROW), [partitionKey]: 'string' });
    expect(now.folder_polars).toEqual({ ...expected(table, POLARS), [partitionKey]: 'String' });
    expect([now.rows_pyarrow, now.rows_polars]).toEqual([now.rows_files, now.rows_files]);
    expect(now.wrong_event_ids).toBe(0);
  });
});

describe('DuckDB', () => {
  it.each(TABLE_NAMES)('%s: plain types, the partition key from the path', async (table) => {
    const connection = await (await DuckDBInstance.create()).connect();
    const files = `read_parquet('${raw}/${table}/*/*.parquet', hive_partitioning = true, hive_types_autocast = false)`;
    const described = await connection.runAndReadAll(`describe select * from ${files}`);
    const types = Object.fromEntries(described.getRowObjects().map((row) => [row['column_name'], row['column_type']]));
    expect(types).toEqual({ ...expected(table, DUCKDB), [TABLES[table].partitionKey]: 'VARCHAR' });
    connection.closeSync();
  });
});
