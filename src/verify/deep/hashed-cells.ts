// What the hash of a row's key decides, computed again: its `event_id`, and its cells in columns that drift adds.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tableFromIPC, type Data, type RecordBatch } from 'apache-arrow';
import { readParquet } from 'parquet-wasm/node';
import { fillEventIds } from '../../parquet/event-id.ts';
import { drawCells } from '../../parquet/file-batch.ts';
import { formatCount } from '../../lib/numbers.ts';
import { TextBuilder } from '../../tables/column-builders.ts';
import { TABLES } from '../../tables/index.ts';
import type { CheckName, Fault } from '../report.ts';
import type { PartFile } from './part-files.ts';

export const EVENT_IDS: CheckName = { name: 'event_id', description: 'event_id of every row is the documented hash of its table and key' };
export const ADDED_COLUMNS: CheckName = {
  name: 'added columns',
  description: 'in columns that drift adds, every row has the value that its event_id draws, or none where there are no values',
};

export class HashedCells {
  /** By check. */
  readonly faults = { eventIds: [] as Fault[], addedColumns: [] as Fault[] };
  private readonly root: string;
  private readonly computed = new TextBuilder();

  constructor(root: string) {
    this.root = root;
  }

  async read(part: PartFile): Promise<void> {
    const table = TABLES[part.table];
    const added = part.schema.columns.flatMap(({ name, added: draw }) =>
      draw === undefined ? [] : [{ draw, wrong: new WrongCells(name) }],
    );
    const ids = new WrongCells('event_id');
    const columns = [...table.key, ids.column, ...added.map(({ wrong }) => wrong.column)];
    const bytes = await readFile(join(this.root, part.path));
    const arrow = tableFromIPC(readParquet(bytes, { columns, batchSize: Math.max(1, part.rows) }).intoIPCStream());
    for (const batch of arrow.batches) {
      fillEventIds(table, batch, this.computed);
      ids.compare(batch, this.computed.data(), table.key);
      for (const { draw, wrong } of added) wrong.compare(batch, drawCells(table, batch, draw), table.key);
    }
    ids.report(part, 'the hash of its key', this.faults.eventIds);
    for (const { wrong } of added) wrong.report(part, 'what its event_id draws', this.faults.addedColumns);
  }
}

/** Cells of one column in one part that are not as computed. */
class WrongCells {
  readonly column: string;
  private count = 0;
  private example = '';

  constructor(column: string) {
    this.column = column;
  }

  compare(batch: RecordBatch, wanted: Data, key: readonly string[]): void {
    const found = batch.data.children[batch.schema.fields.findIndex(({ name }) => name === this.column)]!;
    if (found.nullCount === 0 && wanted.nullCount === 0 && equalTexts(found, wanted)) return;
    for (let row = 0; row < batch.numRows; row++) {
      if (found.getValid(row) === wanted.getValid(row) && Buffer.compare(textAt(found, row), textAt(wanted, row)) === 0) continue;
      if (this.count === 0) this.example = key.map((name) => `${name} ${String(batch.getChild(name)?.get(row))}`).join(', ');
      this.count++;
    }
  }

  report({ path: place }: PartFile, wanted: string, faults: Fault[]): void {
    const { column, count, example } = this;
    if (count === 1) faults.push({ place, message: `${example}: ${column} is not ${wanted}` });
    if (count > 1) faults.push({ place, message: `${formatCount(count)} rows whose ${column} is not ${wanted}, such as ${example}` });
  }
}

function equalTexts(a: Data, b: Data): boolean {
  return a.length === b.length && Buffer.compare(texts(a, 0, a.length), texts(b, 0, b.length)) === 0;
}

const textAt = (data: Data, row: number): Uint8Array => texts(data, row, row + 1);

/** Bytes of the values from one row to another, exclusive. */
function texts({ values, valueOffsets }: Data, from: number, to: number): Uint8Array {
  return (values as Uint8Array).subarray(valueOffsets[from], valueOffsets[to]);
}
