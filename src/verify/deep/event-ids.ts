// Every row's `event_id`, computed again from its key: the documented hash, and so as unique as the keys are.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tableFromIPC, type Data, type RecordBatch } from 'apache-arrow';
import { readParquet } from 'parquet-wasm/node';
import { fillEventIds } from '../../parquet/event-id.ts';
import { TextBuilder } from '../../tables/column-builders.ts';
import { TABLES } from '../../tables/index.ts';
import type { Fault } from '../report.ts';
import type { PartFile } from './part-files.ts';

export class EventIdCheck {
  readonly faults: Fault[] = [];
  rows = 0;
  private readonly root: string;
  private readonly computed = new TextBuilder();

  constructor(root: string) {
    this.root = root;
  }

  async read(part: PartFile): Promise<void> {
    const table = TABLES[part.table];
    const bytes = await readFile(join(this.root, part.path));
    const arrow = tableFromIPC(
      readParquet(bytes, { columns: [...table.key, 'event_id'], batchSize: Math.max(1, part.rows) }).intoIPCStream(),
    );
    let wrong = 0;
    let example = '';
    for (const batch of arrow.batches) {
      this.rows += batch.numRows;
      const ids = batch.data.children[batch.schema.fields.findIndex(({ name }) => name === 'event_id')]!;
      fillEventIds(table, batch, this.computed);
      if (equalTexts(ids, this.computed)) continue;
      for (let row = 0; row < batch.numRows; row++) {
        if (equalText(ids, this.computed, row)) continue;
        if (wrong === 0) example = describeKey(batch, table.key, row);
        wrong++;
      }
    }
    if (wrong > 0)
      this.faults.push({
        place: part.path,
        message:
          wrong === 1
            ? `${example}: event_id is not the hash of its key`
            : `${wrong} rows whose event_id is not the hash of their key, such as ${example}`,
      });
  }
}

function equalTexts({ values, valueOffsets, length }: Data, { bytes, end, rows }: TextBuilder): boolean {
  if (length !== rows) return false;
  return Buffer.compare((values as Uint8Array).subarray(valueOffsets[0], valueOffsets[length]), bytes.subarray(0, end)) === 0;
}

function equalText({ values, valueOffsets }: Data, { bytes, offsets }: TextBuilder, row: number): boolean {
  const found = (values as Uint8Array).subarray(valueOffsets[row], valueOffsets[row + 1]);
  return Buffer.compare(found, bytes.subarray(offsets[row], offsets[row + 1])) === 0;
}

function describeKey(batch: RecordBatch, key: readonly string[], row: number): string {
  return key.map((name) => `${name} ${String(batch.getChild(name)?.get(row))}`).join(', ');
}
