// Writes docs/schema.md: the contract's columns, and what drift makes of them in gen_config/schema_drift.yaml.
// node scripts/write-schema-reference.ts [--check]

import { join } from 'node:path';
import { fileSchemas } from '../src/config/file-schemas.ts';
import { loadConfig } from '../src/config/load.ts';
import { changesByDate } from '../src/tables/drift.ts';
import type { FileColumn } from '../src/tables/file-schema.ts';
import { LINEAGE_COLUMNS, TABLE_NAMES, TABLES, TRANSACTION_TABLES, type ColumnSpec, type TableName } from '../src/tables/index.ts';
import { COLUMN_MEANINGS, LINEAGE_MEANINGS, TABLE_MEANINGS } from './column-meanings.ts';
import { markdownTable } from './markdown-table.ts';
import { writeOrCheck } from './write-or-check.ts';

const EXAMPLE = 'gen_config/schema_drift.yaml';

const INTRODUCTION = `# Schema

<!-- Written by scripts/write-schema-reference.ts from src/tables: do not edit. -->

The columns of every table, in their order. \`?\` may be null. A partition's key stands in the path and not in the file; readers that
open the folder get it back. Types are Parquet's \`int64\`, \`float64\`, \`bool\` and \`string\`; dates are \`YYYY-MM-DD\`, timestamps
\`2020-03-01T13:59:50.717\` in UTC, both as text. Mess may put other text into a column ([Mess](mess.md)); only \`number_formats\`, which
makes numbers text, and drift change what a file's columns are.`;

const MERGED = `## With drift

\`mess.drift\` changes the columns of the transactional tables by date ([Schema drift](mess.md#schema-drift)). The example is
[${EXAMPLE}](../${EXAMPLE}):

\`\`\`sh
npx ecomlake backlog-bear --config ${EXAMPLE} --direct --artifact-root drift/artifacts --target-root drift/raw
\`\`\`

What the columns of a table's files are is told by the version of its schema, which the partition's manifest names
(\`table_schema_version\`). Columns that are the contract's in every version are left out.`;

interface Span {
  readonly column: FileColumn;
  readonly from: number;
  to: number;
}

function reference(): string {
  const lineage = LINEAGE_COLUMNS.map((column) => describe(column, LINEAGE_MEANINGS[column.name]));
  return `${[
    INTRODUCTION,
    ...TABLE_NAMES.map(describeTable),
    `## Lineage\n\nLast in every file.\n\n${markdownTable(['column', 'type', 'meaning'], lineage)}`,
    MERGED,
    ...describeTimeline(),
  ].join('\n\n')}\n`;
}

function describeTable(name: TableName): string {
  const { key, partitionKey, columns } = TABLES[name];
  const meanings = COLUMN_MEANINGS[name];
  const strange = Object.keys(meanings).find((column) => !columns.some((own) => own.name === column));
  if (strange !== undefined) throw new Error(`${name} has no column ${strange}`);
  const rows = columns.map((column) => describe(column, meanings[column.name], column.name === partitionKey));
  const quoted = key.map((column) => `\`${column}\``).join(', ');
  return [
    `## ${name}`,
    `${TABLE_MEANINGS[name]}. Key ${quoted}; partitioned by \`${partitionKey}\`.`,
    markdownTable(['column', 'type', 'meaning'], rows),
  ].join('\n\n');
}

function describe(column: ColumnSpec, meaning: string | undefined, isInPath = false): string[] {
  if (meaning === undefined) throw new Error(`scripts/column-meanings.ts says nothing of ${column.name}`);
  return [`\`${column.name}\``, typeOf(column), isInPath ? `${meaning}; in the path` : meaning];
}

function typeOf({ type, nullable }: ColumnSpec): string {
  return `${type}${nullable ? '?' : ''}`;
}

/** A section for each table that drifts. */
function describeTimeline(): string[] {
  const { config } = loadConfig(join(import.meta.dirname, '..', EXAMPLE));
  const schemas = fileSchemas(config, 'medium_mess');
  return TRANSACTION_TABLES.flatMap((table) => {
    const dates = [...changesByDate(config.mess.drift, table).keys()];
    if (dates.length === 0) return [];
    const versions = ['', ...dates].map((date) => schemas(table, date));
    const spans: Span[] = [];
    for (const { version, columns } of versions) {
      for (const column of columns) {
        const open = spans.find((span) => span.to === version - 1 && isSame(span.column, column));
        if (open === undefined) spans.push({ column, from: version, to: version });
        else open.to = version;
      }
    }
    const last = versions.length;
    const changed = spans.filter(({ column, from, to }) => from > 1 || to < last || column.of === undefined);
    const placeOf = ({ column }: Span): number => TABLES[table].columns.findIndex(({ name }) => name === column.of) >>> 0;
    const rows = changed
      .toSorted((a, b) => placeOf(a) - placeOf(b))
      .map(({ column, from, to }) => [
        `\`${column.name}\``,
        typeOf(column),
        from === to ? String(from) : `${from}–${to}`,
        column.of === undefined ? addedText(column) : column.of === column.name ? '' : `\`${column.of}\``,
      ]);
    const begins = dates.map((date, index) => `${index + 2} from ${date}`).join(', ');
    return [`### ${table}\n\nVersion 1 at first, ${begins}.\n\n${markdownTable(['column', 'type', 'versions', 'holds'], rows)}`];
  });
}

function isSame(a: FileColumn, b: FileColumn): boolean {
  return a.name === b.name && a.type === b.type && a.of === b.of;
}

function addedText({ added }: FileColumn): string {
  const values = added?.values ?? [];
  return values.length === 0 ? 'nothing: always null' : `new: ${values.join(', ')}`;
}

writeOrCheck('docs/schema.md', reference());
