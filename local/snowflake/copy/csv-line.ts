import { characterOf, type FileFormat, flagOf, textsOf } from './file-format.ts';

/** How the cells of a row become a line of CSV. */
export type CsvLine = (cells: readonly (string | null)[]) => string;

/**
 * The writer of lines in a format. Texts are enclosed, or their special characters escaped, as
 * https://docs.snowflake.com/en/sql-reference/sql/copy-into-location says for TYPE = CSV.
 */
export function csvLine(format: FileFormat, isNumber: readonly boolean[]): CsvLine {
  const delimiter = characterOf(format, 'FIELD_DELIMITER') ?? '';
  const end = characterOf(format, 'RECORD_DELIMITER') ?? '';
  const quote = characterOf(format, 'FIELD_OPTIONALLY_ENCLOSED_BY');
  const isEmptyNull = flagOf(format, 'EMPTY_FIELD_AS_NULL');
  const nullText = textsOf(format, 'NULL_IF')[0] ?? '';
  const enclosed = encloser(quote, characterOf(format, 'ESCAPE'));
  const bare = escaper(characterOf(format, 'ESCAPE_UNENCLOSED_FIELD'), [delimiter, end]);
  return (cells) =>
    cells
      .map((cell, at) => {
        if (cell === null) return nullText;
        if (isNumber[at]) return cell;
        if (quote === null) return bare(cell);
        return cell === '' && !isEmptyNull ? '' : enclosed(cell);
      })
      .join(delimiter) + end;
}

function encloser(quote: string | null, mark: string | null): (text: string) => string {
  if (quote === null) return (text) => text;
  if (mark === null) return (text) => quote + text.replaceAll(quote, quote + quote) + quote;
  return (text) =>
    quote + text.replaceAll(mark, mark + mark).replaceAll(quote, mark + quote) + quote;
}

function escaper(mark: string | null, special: readonly string[]): (text: string) => string {
  if (mark === null) return (text) => text;
  const found = [mark, ...special].filter((each) => each !== '');
  return (text) => found.reduce((done, each) => done.replaceAll(each, mark + each), text);
}
