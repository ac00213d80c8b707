import { unsupported } from '../errors.ts';
import { quoteText } from '../expression/typed.ts';

/**
 * TO_CHAR of a number by a format of 9, 0, comma, point, `$` and FM: `number` is a DECIMAL
 * expression. https://docs.snowflake.com/en/sql-reference/sql-format-models
 * @throws SnowflakeError 0A000 for other elements.
 */
export function numericFormat(number: string, format: string): string {
  const match = /^(FM)?(\$)?([90,]+)(?:\.([90]+))?$/i.exec(format.trim());
  if (!match) throw unsupported(`number format '${format}'`);
  const [, fill, dollar = '', whole = '', fraction = ''] = match;
  const digits = whole.replaceAll(',', '');
  const zeros = digits.includes('0') ? digits.length - digits.indexOf('0') : 0;
  const rounded = `CAST(round(abs(${number}), ${fraction.length}) AS DECIMAL(38,${fraction.length}))`;
  const text = `CAST(${rounded} AS VARCHAR)`;
  const integer = `CASE WHEN split_part(${text}, '.', 1) = '0' THEN '' ELSE split_part(${text}, '.', 1) END`;
  const padded = `sf_left_zeros(${integer}, ${zeros})`;
  const grouped = whole.includes(',') ? `sf_group(${padded})` : padded;
  const tail = fraction ? ` || '.' || split_part(${text}, '.', 2)` : '';
  const sign = `CASE WHEN ${number} < 0 THEN '-' ELSE '' END`;
  const written = `(${sign} || ${quoteText(dollar)} || ${grouped}${tail})`;
  const width = whole.length + (fraction ? fraction.length + 1 : 0) + 1 + dollar.length;
  const sized = fill ? written : `lpad(${written}, ${width}, ' ')`;
  const overflow = quoteText('#'.repeat(width));
  return `CASE WHEN length(${integer}) > ${digits.length} THEN ${overflow} ELSE ${sized} END`;
}

export const NUMBER_FORMAT_MACROS: readonly string[] = [
  `sf_left_zeros(_sf_s, _sf_n) AS CASE WHEN length(_sf_s) < _sf_n THEN lpad(_sf_s, _sf_n, '0') ELSE _sf_s END`,
  `sf_group(_sf_d) AS reverse(regexp_replace(regexp_replace(reverse(_sf_d), '(\\d{3})', '\\1,', 'g'), ',$', ''))`,
];

/**
 * TO_CHAR of a FLOAT by TME: scientific, with the seventeen digits that tell every double from its
 * neighbours; the only format that takes a FLOAT as it is.
 * https://docs.snowflake.com/en/sql-reference/sql-format-models
 */
export const scientificFloat = (float: string): string =>
  `CASE WHEN isnan(${float}) THEN 'NaN' WHEN isinf(${float}) THEN CAST(${float} AS VARCHAR) ` +
  `ELSE upper(format('{:.16e}', ${float})) END`;
