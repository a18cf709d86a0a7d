// Plain text tables: columns padded to their widest cell, numbers to the right.

export interface TableColumn {
  title: string;
  align?: 'left' | 'right';
}

/** Lines without a trailing newline. A `footer` row is set off by a rule. */
export function formatTable(columns: readonly TableColumn[], rows: readonly string[][], footer?: readonly string[]): string {
  const all = [columns.map((column) => column.title), ...rows, ...(footer ? [footer] : [])];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) => {
        const cell = cells[i] ?? '';
        return align === 'right' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(all[0]!), rule, ...rows.map(line), ...(footer ? [rule, line(footer)] : [])].join('\n');
}
