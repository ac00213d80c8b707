import { unsupported } from '../../sql/errors.ts';
import type { Travel } from '../../sql/syntax/travels.ts';
import {
  type ColumnDefinition,
  type ConstraintDefinition,
  readColumn,
  readConstraint,
} from './column-definition.ts';
import type { TokenReader } from './token-reader.ts';
import { readTravelPoint } from './travel-point.ts';

export type Persistence = 'permanent' | 'transient' | 'temporary';

export interface TableOptions {
  readonly comment: string | null;
  readonly clusterBy: string | null;
  /** Null is that of the schema. */
  readonly retentionDays: number | null;
  readonly isChangeTracked: boolean;
  readonly extensionDays?: number;
}

export type TableSource =
  | { readonly kind: 'columns' }
  | { readonly kind: 'query'; readonly sql: string }
  | {
      readonly kind: 'like' | 'clone';
      readonly table: readonly string[];
      /** CLONE … AT | BEFORE */
      readonly from: Travel['from'] | null;
    };

export interface CreateTable {
  readonly orReplace: boolean;
  readonly orAlter: boolean;
  readonly ifNotExists: boolean;
  readonly persistence: Persistence;
  readonly name: readonly string[];
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly ConstraintDefinition[];
  readonly options: TableOptions;
  readonly source: TableSource;
}

type OptionDraft = { -readonly [K in keyof TableOptions]: TableOptions[K] };

function readPersistence(reader: TokenReader): Persistence {
  reader.acceptOne('LOCAL', 'GLOBAL');
  if (reader.acceptOne('TEMPORARY', 'TEMP', 'VOLATILE')) return 'temporary';
  return reader.accept('TRANSIENT') ? 'transient' : 'permanent';
}

function seesConstraint(reader: TokenReader): boolean {
  if (reader.sees('CONSTRAINT') || reader.sees('PRIMARY', 'KEY')) return true;
  if (reader.sees('FOREIGN', 'KEY')) return true;
  return reader.sees('UNIQUE') && reader.peek(1)?.text === '(';
}

/** `( column …, constraint … )` */
function readElements(reader: TokenReader) {
  const columns: ColumnDefinition[] = [];
  const constraints: ConstraintDefinition[] = [];
  reader.expectSymbol('(');
  do {
    if (seesConstraint(reader)) {
      const name = reader.accept('CONSTRAINT') ? reader.identifier() : null;
      constraints.push(readConstraint(reader, name));
    } else {
      columns.push(readColumn(reader, true));
    }
  } while (reader.acceptSymbol(','));
  reader.expectSymbol(')');
  return { columns, constraints: [...columns.flatMap((each) => each.constraints), ...constraints] };
}

/** One option after the columns; false when none follows. */
function readOption(reader: TokenReader, options: OptionDraft): boolean {
  if (reader.accept('COMMENT')) options.comment = reader.optionValue();
  else if (reader.accept('CLUSTER', 'BY')) options.clusterBy = `(${reader.bracketText()})`;
  else if (reader.accept('DATA_RETENTION_TIME_IN_DAYS')) {
    options.retentionDays = reader.optionInteger();
  } else if (reader.accept('MAX_DATA_EXTENSION_TIME_IN_DAYS')) {
    options.extensionDays = reader.optionInteger();
  } else if (reader.accept('CHANGE_TRACKING')) options.isChangeTracked = reader.optionFlag();
  else if (reader.accept('ENABLE_SCHEMA_EVOLUTION')) refuseFlag(reader, 'ENABLE_SCHEMA_EVOLUTION');
  else return reader.accept('COPY', 'GRANTS');
  return true;
}

function refuseFlag(reader: TokenReader, name: string): void {
  if (reader.optionFlag()) throw unsupported(`${name} = TRUE`);
}

function readSource(reader: TokenReader): TableSource {
  if (reader.accept('LIKE')) return { kind: 'like', table: reader.name(), from: null };
  if (!reader.accept('CLONE')) return { kind: 'columns' };
  return { kind: 'clone', table: reader.name(), from: readTravelPoint(reader) };
}

/** CREATE [OR REPLACE | OR ALTER] … TABLE. */
export function parseCreateTable(reader: TokenReader): CreateTable {
  reader.expect('CREATE');
  const orReplace = reader.accept('OR', 'REPLACE');
  const orAlter = !orReplace && reader.accept('OR', 'ALTER');
  const persistence = readPersistence(reader);
  reader.expect('TABLE');
  const before = reader.accept('IF', 'NOT', 'EXISTS');
  const name = reader.name();
  const ifNotExists = before || reader.accept('IF', 'NOT', 'EXISTS');
  const elements = reader.seesSymbol('(') ? readElements(reader) : { columns: [], constraints: [] };
  let source = readSource(reader);
  const options: OptionDraft = {
    comment: null,
    clusterBy: null,
    retentionDays: null,
    isChangeTracked: false,
  };
  while (readOption(reader, options));
  if (source.kind === 'columns' && reader.accept('AS'))
    source = { kind: 'query', sql: reader.rest() };
  if (!reader.isAtEnd) throw unsupportedOption(reader);
  if (source.kind === 'columns' && elements.columns.length === 0) throw reader.error();
  return { orReplace, orAlter, ifNotExists, persistence, name, ...elements, options, source };
}

/** An option with a name of its own is unsupported; anything else is a syntax error. */
export function unsupportedOption(reader: TokenReader): Error {
  const token = reader.peek();
  const isOption = token?.kind === 'word' && reader.peek(1)?.text === '=';
  return isOption ? unsupported(`option ${token.value}`) : reader.error();
}
