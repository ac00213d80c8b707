import type { TokenReader } from '../session/parse/token-reader.ts';
import type { SnowflakeType } from '../types.ts';
import type { CursorSource, Declaration } from './model.ts';
import { expressionTo } from './parse-text.ts';

function parseCursorSource(reader: TokenReader): CursorSource {
  reader.expect('FOR');
  const first = reader.peek();
  const isQuery = first?.text === '(' || /^(SELECT|WITH|SHOW|CALL)$/.test(first?.value ?? '');
  if (isQuery) return { sql: expressionTo(reader, []) };
  return { resultSet: reader.identifier() };
}

/** `DEFAULT value` or `:= value`. */
function parseInitial(reader: TokenReader): string | null {
  if (!reader.accept('DEFAULT') && !reader.acceptSymbol(':=')) return null;
  return expressionTo(reader, []);
}

/** EXCEPTION [(number, 'message')]; https://docs.snowflake.com/en/developer-guide/snowflake-scripting/exceptions */
function parseException(reader: TokenReader) {
  if (!reader.acceptSymbol('(')) return { code: '-20000', message: '' };
  const code = String(reader.integer());
  const message = reader.acceptSymbol(',') ? reader.text() : '';
  reader.expectSymbol(')');
  return { code, message };
}

/** One name of DECLARE or LET, without its `;`. @throws SnowflakeError 001003 */
export function parseDeclaration(reader: TokenReader): Declaration {
  const at = reader.peek()?.start ?? reader.sql.length;
  const name = reader.identifier();
  if (reader.accept('CURSOR'))
    return { at, kind: 'cursor', name, source: parseCursorSource(reader) };
  if (reader.accept('RESULTSET'))
    return { at, kind: 'resultset', name, value: parseInitial(reader) };
  if (reader.accept('EXCEPTION')) return { at, kind: 'exception', name, ...parseException(reader) };
  const isTyped = !reader.sees('DEFAULT') && !reader.seesSymbol(':=');
  const type: SnowflakeType | null = isTyped ? reader.dataType() : null;
  return { at, kind: 'variable', name, type, value: parseInitial(reader) };
}
