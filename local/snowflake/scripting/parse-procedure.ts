import type { ProcedureArgument } from '../catalog/model.ts';
import type { TokenReader } from '../session/parse/token-reader.ts';
import { unsupported } from '../sql/errors.ts';
import type { SnowflakeType } from '../types.ts';

export interface CreateProcedure {
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly name: readonly string[];
  readonly args: readonly ProcedureArgument[];
  /** Null for RETURNS TABLE (…). */
  readonly returns: SnowflakeType | null;
  readonly comment: string | null;
  readonly body: string;
}

function parseArguments(reader: TokenReader): ProcedureArgument[] {
  const args: ProcedureArgument[] = [];
  reader.expectSymbol('(');
  while (!reader.acceptSymbol(')')) {
    const name = reader.identifier();
    if (reader.sees('OUT')) throw unsupported('OUT arguments of procedures');
    reader.accept('IN');
    const type = reader.dataType();
    const hasDefault = reader.accept('DEFAULT');
    args.push({ name, type, defaultText: hasDefault ? reader.expressionText(new Set()) : null });
    if (!reader.seesSymbol(')')) reader.expectSymbol(',');
  }
  return args;
}

function parseReturns(reader: TokenReader): SnowflakeType | null {
  reader.expect('RETURNS');
  if (!reader.accept('TABLE')) {
    const type = reader.dataType();
    if (reader.accept('NOT')) reader.expect('NULL');
    return type;
  }
  reader.bracketText();
  return null;
}

/** CREATE PROCEDURE; https://docs.snowflake.com/en/sql-reference/sql/create-procedure */
export function parseCreateProcedure(reader: TokenReader): CreateProcedure {
  reader.expect('CREATE');
  const orReplace = reader.accept('OR', 'REPLACE');
  if (!reader.accept('PROCEDURE')) throw unsupported('this CREATE PROCEDURE');
  const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
  const name = reader.name();
  const args = parseArguments(reader);
  if (reader.accept('COPY', 'GRANTS')) reader.accept('COPY', 'GRANTS');
  const returns = parseReturns(reader);
  let comment: string | null = null;
  while (!reader.accept('AS')) {
    if (reader.accept('LANGUAGE')) {
      const language = reader.identifier();
      if (language !== 'SQL') throw unsupported(`procedures in ${language}`);
    } else if (reader.accept('COMMENT')) comment = reader.optionValue();
    else if (reader.accept('EXECUTE', 'AS')) reader.identifier();
    else if (!reader.accept('STRICT') && !reader.accept('CALLED', 'ON', 'NULL', 'INPUT')) {
      throw reader.error();
    }
  }
  const body = reader.peek()?.kind === 'string' ? reader.text() : reader.rest();
  reader.expectEnd();
  return { orReplace, ifNotExists, name, args, returns, comment, body };
}
