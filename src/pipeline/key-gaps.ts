// Days of a lake in its bucket whose answer key is not there: the key lies where they were made.

import type { Settings } from '../config/settings.ts';
import type { Effects } from '../events.ts';
import { formatCounted } from '../lib/numbers.ts';
import type { BucketClient } from '../store/bucket-client.ts';
import { GcsStore } from '../store/gcs-store.ts';
import { defectsFolder } from '../tables/defects.ts';
import { TRANSACTION_TABLES } from '../tables/index.ts';
import { defectsPrefix } from './answer-key.ts';
import { dateOf, nameSome, type PartitionChoice } from './select-partitions.ts';

/** Says so when there are any among the chosen ones. */
export async function noteKeyGaps(client: BucketClient, settings: Settings, choice: PartitionChoice, fx: Effects): Promise<void> {
  const lake = new GcsStore(client, settings.prefix, settings.uploadConcurrency);
  const key = new GcsStore(client, defectsPrefix(settings), settings.uploadConcurrency);
  const tables = TRANSACTION_TABLES.filter((table) => choice.tables?.includes(table) ?? true);
  const gaps = await Promise.all(
    tables.map(async (table) => {
      const [there, known] = await Promise.all([lake.list(table), key.list(defectsFolder(table))]);
      const keyed = new Set(known.map(({ partition }) => partition));
      return there.filter(({ partition }) => !keyed.has(partition)).map(({ partition }) => dateOf(partition));
    }),
  );
  const dates = [...new Set(gaps.flat())].filter((date) => choice.dates?.has(date) ?? true).toSorted();
  if (dates.length === 0) return;
  const days = formatCounted(dates.length, 'day');
  fx.emit({
    type: 'note',
    message: `the answer key in ${key.location} lacks ${days} of the lake there (${nameSome(dates)}): publish it from where they were made, with upload-raw --publish-truth`,
  });
}
