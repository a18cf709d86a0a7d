// Which columns the files of a lake have, by its config: numbers are text where number_formats is planted.

import { fileSchema, type FileSchemas } from '../tables/file-schema.ts';
import { TABLE_NAMES, TABLES } from '../tables/index.ts';
import { plantedKinds } from './planted-kinds.ts';
import type { Config } from './schema.ts';

export function fileSchemas(config: Pick<Config, 'mess'>, level: string): FileSchemas {
  const texts = plantedKinds(config, level).find(({ kind }) => kind === 'number_formats')?.columns ?? [];
  const own = new Map(
    TABLE_NAMES.map((table) => [
      table,
      fileSchema(
        TABLES[table],
        texts.filter((path) => path.startsWith(`${table}.`)).map((path) => path.slice(table.length + 1)),
      ),
    ]),
  );
  return (table) => own.get(table)!;
}
