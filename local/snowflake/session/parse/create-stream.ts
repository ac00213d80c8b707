import { unsupported } from '../../sql/errors.ts';
import type { Travel } from '../../sql/syntax/travels.ts';
import { unsupportedOption } from './create-table.ts';
import type { TokenReader } from './token-reader.ts';
import { readTravelPoint } from './travel-point.ts';

export interface CreateStream {
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly name: readonly string[];
  readonly source:
    | {
        readonly kind: 'table';
        readonly table: readonly string[];
        readonly from: Travel['from'] | null;
      }
    | { readonly kind: 'clone'; readonly stream: readonly string[] };
  readonly isAppendOnly: boolean;
  readonly isInitial: boolean;
  readonly comment: string | null;
}

function readSource(reader: TokenReader): CreateStream['source'] {
  if (reader.accept('CLONE')) return { kind: 'clone', stream: reader.name() };
  reader.expect('ON');
  if (!reader.accept('TABLE')) {
    const kind = ['VIEW', 'EXTERNAL', 'STAGE', 'DYNAMIC', 'EVENT'].find((word) =>
      reader.sees(word),
    );
    throw kind ? unsupported(`CREATE STREAM ON ${kind}`) : reader.error();
  }
  return { kind: 'table', table: reader.name(), from: readTravelPoint(reader) };
}

/** CREATE [OR REPLACE] STREAM; https://docs.snowflake.com/en/sql-reference/sql/create-stream */
export function parseCreateStream(reader: TokenReader): CreateStream {
  reader.expect('CREATE');
  const orReplace = reader.accept('OR', 'REPLACE');
  reader.expect('STREAM');
  const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
  const name = reader.name();
  reader.accept('COPY', 'GRANTS');
  const source = readSource(reader);
  let options = { isAppendOnly: false, isInitial: false, comment: null as string | null };
  while (!reader.isAtEnd) {
    if (reader.accept('APPEND_ONLY')) options = { ...options, isAppendOnly: reader.optionFlag() };
    else if (reader.accept('SHOW_INITIAL_ROWS')) {
      options = { ...options, isInitial: reader.optionFlag() };
    } else if (reader.accept('COMMENT')) options = { ...options, comment: reader.optionValue() };
    else if (!reader.accept('COPY', 'GRANTS')) throw unsupportedOption(reader);
  }
  return { orReplace, ifNotExists, name, source, ...options };
}
