import { tokenize } from '../sql/tokenize.ts';
import { SnowflakeError } from '../statement.ts';

interface Call {
  readonly start: number;
  readonly end: number;
  readonly number: number;
}

function findCalls(sql: string): Call[] {
  const tokens = tokenize(sql);
  return tokens.flatMap((token, at): Call[] => {
    if (token.kind !== 'word' || token.value !== 'LAST_QUERY_ID') return [];
    if (tokens[at + 1]?.text !== '(') return [];
    const close = tokens.findIndex((each, index) => index > at && each.text === ')');
    const argument = tokens
      .slice(at + 2, close)
      .map(({ text }) => text)
      .join('');
    const end = tokens[close]?.end ?? sql.length;
    return [{ start: token.start, end, number: Number(argument === '' ? -1 : argument) }];
  });
}

/** The query of a number: negative from the newest, positive from the oldest. */
export function lastQueryId(queryIds: readonly string[], number: number): string | undefined {
  return number < 0 ? queryIds.at(number) : queryIds[number - 1];
}

/**
 * A statement with LAST_QUERY_ID() and LAST_QUERY_ID(n) written as literals.
 * https://docs.snowflake.com/en/sql-reference/functions/last_query_id
 * @throws SnowflakeError 000709 when the session has not run as many statements.
 */
export function writeLastQueryIds(sql: string, queryIds: readonly string[]): string {
  if (!/LAST_QUERY_ID/i.test(sql)) return sql;
  let out = '';
  let at = 0;
  for (const { start, end, number } of findCalls(sql)) {
    const id = lastQueryId(queryIds, number);
    if (id === undefined)
      throw new SnowflakeError('000709', '02000', `Statement ${number} not found`);
    out += `${sql.slice(at, start)}'${id}'`;
    at = end;
  }
  return out + sql.slice(at);
}
