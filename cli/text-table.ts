const cellText = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** Rows as aligned text: header, rule, rows, and the number of rows. */
export function textTable(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): string {
  const cells = rows.map((row) => row.map(cellText));
  const widths = columns.map((name, at) =>
    cells.reduce((width, row) => Math.max(width, row[at]?.length ?? 0), name.length),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width));
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  return [line(columns), line(rule), ...cells.map(line), count].join('\n');
}
