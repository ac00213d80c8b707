import { type FileFormat, flagOf } from './file-format.ts';
import { recordError, type StagedRow } from './staged-row.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENS = new Set([0x7b, 0x5b]);
const CLOSES = new Set([0x7d, 0x5d]);
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);
const COMMA = 0x2c;
const NEW_LINE = 0x0a;

/** Where a document is cut out of the text that arrives in pieces. */
class DocumentScanner {
  /** Depth at which the documents are: 1 inside an outer array that is stripped. */
  readonly #base: number;
  #text = '';
  #at = 0;
  #start = -1;
  #depth = 0;
  #isInText = false;
  line = 1;
  #startLine = 1;

  constructor(isOuterArrayStripped: boolean) {
    this.#base = isOuterArrayStripped ? 1 : 0;
  }

  /** Documents that are complete with this piece. */
  *push(piece: string, isEnd = false): Generator<{ text: string; line: number }> {
    this.#text += piece;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === NEW_LINE) this.line += 1;
      if (this.#isInText) this.#stepText(code);
      else yield* this.#step(code);
    }
    if (isEnd && this.#start >= 0) yield this.#cut(this.#text.length);
    const keep = this.#start < 0 ? this.#text.length : this.#start;
    this.#text = this.#text.slice(keep);
    this.#at -= keep;
    if (this.#start >= 0) this.#start = 0;
  }

  #stepText(code: number): void {
    if (code === BACKSLASH) this.#at += 1;
    else if (code === QUOTE) this.#isInText = false;
  }

  *#step(code: number): Generator<{ text: string; line: number }> {
    const isOuter = this.#base === 1 && this.#depth === 0 && code === 0x5b;
    if (isOuter) {
      this.#depth = 1;
      return;
    }
    const isBetween = BLANKS.has(code) || code === COMMA;
    if (this.#start < 0 && (isBetween || (this.#base === 1 && code === 0x5d))) {
      if (code === 0x5d) this.#depth = 0;
      return;
    }
    if (this.#start >= 0 && this.#depth <= this.#base && isBetween) {
      yield this.#cut(this.#at);
      return;
    }
    if (this.#start < 0) this.#begin();
    if (code === QUOTE) this.#isInText = true;
    else if (OPENS.has(code)) this.#depth += 1;
    else if (CLOSES.has(code)) yield* this.#close();
  }

  #begin(): void {
    this.#start = this.#at;
    this.#startLine = this.line;
  }

  *#close(): Generator<{ text: string; line: number }> {
    this.#depth -= 1;
    if (this.#depth < this.#base) {
      yield this.#cut(this.#at);
      return;
    }
    if (this.#depth === this.#base) yield this.#cut(this.#at + 1);
  }

  #cut(end: number): { text: string; line: number } {
    const text = this.#text.slice(this.#start, end);
    this.#start = -1;
    return { text, line: this.#startLine };
  }
}

function parseError(text: string, error: unknown): string {
  const why = error instanceof Error ? error.message.split(' in JSON')[0] : String(error);
  return `Error parsing JSON: ${why}, near '${text.slice(0, 40)}'`;
}

/**
 * Documents of a JSON file, one after the other or in an outer array that is stripped. The first one
 * that is not JSON ends the file, as it does in Snowflake.
 * https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#copy-options-copyoptions: ON_ERROR
 */
export async function* readJson(
  chunks: AsyncIterable<string>,
  format: FileFormat,
): AsyncGenerator<StagedRow> {
  const scanner = new DocumentScanner(flagOf(format, 'STRIP_OUTER_ARRAY'));
  for await (const chunk of chunks) {
    for (const found of scanner.push(chunk)) {
      const row = checked(found);
      yield row;
      if (row.error) return;
    }
  }
  for (const found of scanner.push('', true)) yield checked(found);
}

function checked({ text, line }: { text: string; line: number }): StagedRow {
  try {
    JSON.parse(text);
    return { line, cells: [text] };
  } catch (error) {
    return { line, cells: [], error: recordError('100069', parseError(text, error), 1) };
  }
}
