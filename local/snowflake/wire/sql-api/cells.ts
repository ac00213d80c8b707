/** How one result's text is changed from the driver's form to the SQL API's. */
export interface CellForms {
  readonly columnCount: number;
  /** Indexes of BOOLEAN columns: `1` and `0` become `true` and `false`. */
  readonly booleans: readonly number[];
  /** True to write SQL NULL as the string "null", for requests with `nullable=false`. */
  readonly nullAsText: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Index behind the string literal that starts at `start`. */
function endOfString(text: string, start: number): number {
  let close = text.indexOf('"', start + 1);
  for (;;) {
    let before = close - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((close - 1 - before) % 2 === 0) return close + 1;
    close = text.indexOf('"', close + 1);
  }
}

/**
 * Rewrites the cells of `["1","a"],["0",null]` in place of parsing it: only the ends of strings are
 * looked for, and stretches that stay as they are, are copied whole. Text without anything to
 * rewrite is returned as it is.
 */
export function rewriteCells(text: string, forms: CellForms): string {
  const { columnCount, booleans, nullAsText } = forms;
  if (booleans.length === 0 && !nullAsText) return text;
  const isBoolean = Array.from({ length: columnCount }, (_, index) => booleans.includes(index));
  const pieces: string[] = [];
  let copied = 0;
  let column = 0;
  let at = text.indexOf('[') + 1;
  const put = (piece: string, start: number, end: number): void => {
    pieces.push(text.slice(copied, start), piece);
    copied = end;
  };
  while (at > 0 && at < text.length) {
    const isString = text.charCodeAt(at) === QUOTE;
    const end = isString ? endOfString(text, at) : at + 'null'.length;
    if (!isString) {
      if (nullAsText) put('"null"', at, end);
    } else if (isBoolean[column]) {
      put(text[at + 1] === '1' ? '"true"' : '"false"', at, end);
    }
    column += 1;
    const isRowOver = column === columnCount;
    if (isRowOver) column = 0;
    at = isRowOver ? text.indexOf('[', end) + 1 : end + 1;
  }
  pieces.push(text.slice(copied));
  return pieces.join('');
}
