import { characterOf, type FileFormat, flagOf, optionOf, textsOf } from './file-format.ts';
import { type RecordError, recordError, type StagedRow } from './staged-row.ts';

export interface CsvShape {
  /** Fields that a record must have; any number when absent. */
  readonly fieldCount?: number;
  /** Columns of the header that are wanted, in order; all columns as they come when absent. */
  readonly pick?: (header: readonly string[]) => readonly (number | undefined)[];
}

interface Dialect {
  readonly field: string | null;
  readonly record: string | null;
  readonly quote: string | null;
  readonly escape: string | null;
  readonly bareEscape: string | null;
  readonly nulls: ReadonlySet<string>;
  readonly isEmptyNull: boolean;
  readonly isTrimmed: boolean;
}

function dialectOf(format: FileFormat): Dialect {
  return {
    field: characterOf(format, 'FIELD_DELIMITER'),
    record: characterOf(format, 'RECORD_DELIMITER'),
    quote: characterOf(format, 'FIELD_OPTIONALLY_ENCLOSED_BY'),
    escape: characterOf(format, 'ESCAPE'),
    bareEscape: characterOf(format, 'ESCAPE_UNENCLOSED_FIELD'),
    nulls: new Set(textsOf(format, 'NULL_IF')),
    isEmptyNull: flagOf(format, 'EMPTY_FIELD_AS_NULL'),
    isTrimmed: flagOf(format, 'TRIM_SPACE'),
  };
}

/** A record found in the text; `next` is where the one after it begins. */
interface Found {
  readonly cells: (string | null)[];
  readonly next: number;
  readonly isBlank: boolean;
  readonly error?: RecordError;
}

const LETTERS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function withoutEscapes(text: string, mark: string | null): string {
  if (mark === null || !text.includes(mark)) return text;
  let done = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== mark) done += text[at];
    else {
      at += 1;
      const letter = text[at] ?? '';
      done += LETTERS[letter] ?? letter;
    }
  }
  return done;
}

/** Reads one record after the other from the text that has arrived so far. */
class RecordReader {
  readonly #text: string;
  readonly #dialect: Dialect;
  readonly #isEnd: boolean;
  #at = 0;

  constructor(text: string, from: number, dialect: Dialect, isEnd: boolean) {
    this.#text = text;
    this.#at = from;
    this.#dialect = dialect;
    this.#isEnd = isEnd;
  }

  /** The record at the cursor, or undefined when more text must arrive first. */
  read(): Found | undefined {
    const start = this.#at;
    const cells: (string | null)[] = [];
    for (;;) {
      const field = this.#isQuote() ? this.#enclosed() : this.#bare();
      if (field === undefined) return undefined;
      if (typeof field === 'object' && field !== null && 'error' in field) {
        return this.#failed(start, field.error);
      }
      cells.push(field.value);
      const end = this.#separator();
      if (end === undefined) return undefined;
      if (end === 'stray') return this.#failed(start, this.#stray(start));
      if (end === 'record') {
        const isBlank = /^\r?\n?$/.test(this.#text.slice(start, this.#at));
        return { cells, next: this.#at, isBlank };
      }
    }
  }

  #isQuote(): boolean {
    const { quote, isTrimmed } = this.#dialect;
    if (quote === null) return false;
    if (isTrimmed) while (this.#text[this.#at] === ' ') this.#at += 1;
    return this.#text[this.#at] === quote;
  }

  #enclosed(): { value: string | null } | { error: RecordError } | undefined {
    const { quote, escape: mark } = this.#dialect;
    let value = '';
    let at = this.#at + 1;
    for (;;) {
      const char = this.#text[at];
      if (char === undefined) {
        return this.#isEnd
          ? { error: recordError('100065', 'Enclosed field has no closing quote') }
          : undefined;
      }
      if (mark !== null && char === mark && mark !== quote) {
        value += LETTERS[this.#text[at + 1] ?? ''] ?? this.#text[at + 1] ?? '';
        at += 2;
      } else if (char !== quote) {
        value += char;
        at += 1;
      } else if (this.#text[at + 1] === quote) {
        value += quote;
        at += 2;
      } else {
        if (at + 1 >= this.#text.length && !this.#isEnd) return undefined;
        this.#at = at + 1;
        return { value: this.#dialect.nulls.has(value) ? null : value };
      }
    }
  }

  #bare(): { value: string | null } | undefined {
    const { bareEscape, isTrimmed, nulls, isEmptyNull } = this.#dialect;
    let at = this.#at;
    while (at < this.#text.length && !this.#endsField(at)) {
      at += this.#text[at] === bareEscape ? 2 : 1;
    }
    if (at >= this.#text.length && !this.#isEnd) return undefined;
    const end = Math.min(at, this.#text.length);
    const written = this.#text.slice(this.#at, end);
    this.#at = end;
    const raw = isTrimmed ? written.trim() : written;
    if (nulls.has(raw)) return { value: null };
    if (raw === '') return { value: isEmptyNull ? null : '' };
    return { value: withoutEscapes(raw, bareEscape) };
  }

  #endsField(at: number): boolean {
    const { field, record } = this.#dialect;
    if (field !== null && this.#text.startsWith(field, at)) return true;
    if (record === null) return false;
    if (record === '\n' && this.#text[at] === '\r' && this.#text[at + 1] === '\n') return true;
    return this.#text.startsWith(record, at);
  }

  /** Takes what follows a field. */
  #separator(): 'field' | 'record' | 'stray' | undefined {
    const { field, record, isTrimmed } = this.#dialect;
    if (isTrimmed) while (this.#text[this.#at] === ' ') this.#at += 1;
    if (this.#at >= this.#text.length) return this.#isEnd ? 'record' : undefined;
    if (field !== null && this.#text.startsWith(field, this.#at)) {
      this.#at += field.length;
      return 'field';
    }
    if (record === null || !this.#endsField(this.#at)) return 'stray';
    this.#at += this.#text[this.#at] === '\r' && record === '\n' ? 2 : record.length;
    return 'record';
  }

  #stray(start: number): RecordError {
    const found = this.#text[this.#at] ?? '';
    const { field, record } = this.#dialect;
    const expected = field === null ? `record delimiter '${record}'` : `field delimiter '${field}'`;
    return recordError(
      '100016',
      `Found character '${found}' instead of ${expected}`,
      this.#at - start + 1,
    );
  }

  /** A record that cannot be read ends at the next line. */
  #failed(start: number, error: RecordError): Found | undefined {
    const record = this.#dialect.record ?? '';
    const end = record === '' ? -1 : this.#text.indexOf(record, Math.max(start, this.#at));
    if (end < 0 && !this.#isEnd) return undefined;
    const next = end < 0 ? this.#text.length : end + record.length;
    return { cells: [], next, isBlank: false, error };
  }
}

function lineCount(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}

function mismatch(found: number, expected: number): RecordError {
  return recordError(
    '100080',
    `Number of columns in file (${found}) does not match that of the corresponding table (${expected}), ` +
      'use file format option error_on_column_count_mismatch=false to ignore this error',
  );
}

/**
 * Records of a CSV file, header lines left out. A record that cannot be read is given with its
 * error, and reading goes on after it. https://docs.snowflake.com/en/sql-reference/sql/copy-into-table
 */
export async function* readCsv(
  chunks: AsyncIterable<string>,
  format: FileFormat,
  shape: CsvShape,
): AsyncGenerator<StagedRow> {
  const dialect = dialectOf(format);
  const isStrict = flagOf(format, 'ERROR_ON_COLUMN_COUNT_MISMATCH') && shape.pick === undefined;
  const expected = isStrict ? shape.fieldCount : undefined;
  const skipsBlank = flagOf(format, 'SKIP_BLANK_LINES');
  let headerLines = flagOf(format, 'PARSE_HEADER') ? 1 : Number(optionOf(format, 'SKIP_HEADER'));
  let picked: readonly (number | undefined)[] | undefined;
  let line = 1;
  for await (const found of records(chunks, dialect)) {
    const { cells, error, isBlank, lines } = found;
    const begins = line;
    line += lines;
    if (headerLines > 0) {
      headerLines -= 1;
      if (shape.pick) picked = shape.pick(cells.map((cell) => cell ?? ''));
    } else if (error) yield { line: begins, cells: [], error };
    else if (isBlank && skipsBlank) continue;
    else if (expected !== undefined && cells.length !== expected) {
      yield { line: begins, cells: [], error: mismatch(cells.length, expected) };
    } else {
      const chosen = picked?.map((at) => (at === undefined ? null : (cells[at] ?? null)));
      yield { line: begins, cells: chosen ?? cells };
    }
  }
}

async function* records(
  chunks: AsyncIterable<string>,
  dialect: Dialect,
): AsyncGenerator<Found & { readonly lines: number }> {
  let text = '';
  const take = function* (isEnd: boolean) {
    let at = 0;
    while (at < text.length) {
      const found = new RecordReader(text, at, dialect, isEnd).read();
      if (!found) break;
      yield { ...found, lines: lineCount(text, at, found.next) };
      at = found.next;
    }
    text = text.slice(at);
  };
  for await (const chunk of chunks) {
    text += chunk;
    yield* take(false);
  }
  yield* take(true);
}
