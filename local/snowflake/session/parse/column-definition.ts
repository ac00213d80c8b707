import type { ConstraintKind } from '../../catalog/model.ts';
import { unsupported } from '../../sql/errors.ts';
import type { SnowflakeType } from '../../types.ts';
import type { TokenReader } from './token-reader.ts';

export interface IdentityDefinition {
  readonly start: number;
  readonly increment: number;
  readonly isOrdered: boolean;
}

export interface ConstraintDefinition {
  readonly kind: ConstraintKind;
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly references: {
    readonly table: readonly string[];
    readonly columns: readonly string[];
  } | null;
}

/**
 * A column as CREATE TABLE and ADD COLUMN write it; `type` is null where CTAS takes it from the
 * query.
 */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: SnowflakeType | null;
  readonly nullable: boolean;
  readonly comment: string | null;
  readonly defaultText: string | null;
  readonly identity: IdentityDefinition | null;
  readonly constraints: readonly ConstraintDefinition[];
}

type Draft = { -readonly [K in keyof ColumnDefinition]: ColumnDefinition[K] };

const CLAUSES: ReadonlySet<string> = new Set([
  'NOT',
  'NULL',
  'COMMENT',
  'UNIQUE',
  'PRIMARY',
  'FOREIGN',
  'CONSTRAINT',
  'REFERENCES',
  'COLLATE',
  'WITH',
  'MASKING',
  'PROJECTION',
  'TAG',
  'AUTOINCREMENT',
  'IDENTITY',
]);

/** `(1, 1)`, `START 1 INCREMENT 1`, `START WITH 1 INCREMENT BY 1`, then ORDER or NOORDER. */
function readIdentity(reader: TokenReader): IdentityDefinition {
  let start = 1;
  let increment = 1;
  if (reader.acceptSymbol('(')) {
    start = reader.integer();
    reader.expectSymbol(',');
    increment = reader.integer();
    reader.expectSymbol(')');
  }
  if (reader.accept('START')) {
    reader.accept('WITH');
    start = reader.optionInteger();
  }
  if (reader.accept('INCREMENT')) {
    reader.accept('BY');
    increment = reader.optionInteger();
  }
  const order = reader.acceptOne('ORDER', 'NOORDER');
  return { start, increment, isOrdered: order === 'ORDER' };
}

function acceptConstraintState(reader: TokenReader): void {
  const states = ['ENFORCED', 'DEFERRABLE', 'INITIALLY', 'DEFERRED', 'IMMEDIATE', 'RELY', 'NORELY'];
  states.push('ENABLE', 'DISABLE', 'VALIDATE', 'NOVALIDATE');
  for (;;) {
    if (reader.accept('NOT', 'ENFORCED') || reader.accept('NOT', 'DEFERRABLE')) continue;
    if (reader.sees('ENFORCED')) throw unsupported('ENFORCED constraint');
    if (!reader.acceptOne(...states)) return;
  }
}

function readReferences(reader: TokenReader) {
  const table = reader.name();
  const columns = reader.seesSymbol('(') ? reader.identifierList() : [];
  while (reader.accept('ON')) {
    reader.next();
    if (!reader.accept('NO', 'ACTION') && !reader.accept('SET', 'NULL')) reader.next();
  }
  return { table, columns };
}

/** A constraint after CONSTRAINT name; `column` is the one it stands at, if it stands at one. */
export function readConstraint(
  reader: TokenReader,
  name: string | null,
  column?: string,
): ConstraintDefinition {
  const columns = () => (column === undefined ? reader.identifierList() : [column]);
  const kind = readConstraintKind(reader);
  if (kind !== 'FOREIGN KEY') {
    const definition = { kind, name, columns: columns(), references: null };
    acceptConstraintState(reader);
    return definition;
  }
  const own = columns();
  reader.expect('REFERENCES');
  const references = readReferences(reader);
  acceptConstraintState(reader);
  return { kind, name, columns: own, references };
}

function readConstraintKind(reader: TokenReader): ConstraintKind {
  if (reader.accept('PRIMARY', 'KEY')) return 'PRIMARY KEY';
  if (reader.accept('UNIQUE')) return 'UNIQUE';
  if (reader.accept('FOREIGN', 'KEY') || reader.sees('REFERENCES')) return 'FOREIGN KEY';
  throw reader.error();
}

function readClause(reader: TokenReader, draft: Draft): boolean {
  if (reader.accept('NOT', 'NULL')) draft.nullable = false;
  else if (reader.accept('NULL')) draft.nullable = true;
  else if (reader.accept('COMMENT')) draft.comment = reader.optionValue();
  else if (reader.accept('DEFAULT')) draft.defaultText = reader.expressionText(CLAUSES);
  else if (reader.acceptOne('AUTOINCREMENT', 'IDENTITY')) draft.identity = readIdentity(reader);
  else if (reader.accept('COLLATE')) readCollation(reader);
  else return readColumnConstraint(reader, draft);
  return true;
}

function readCollation(reader: TokenReader): void {
  const collation = reader.text();
  if (collation !== '' && collation !== 'utf8') throw unsupported(`COLLATE '${collation}'`);
}

function readColumnConstraint(reader: TokenReader, draft: Draft): boolean {
  const isNamed = reader.accept('CONSTRAINT');
  const name = isNamed ? reader.identifier() : null;
  const starts = ['PRIMARY', 'UNIQUE', 'FOREIGN', 'REFERENCES'];
  if (!isNamed && !starts.some((word) => reader.sees(word))) return false;
  if (isNamed && reader.accept('NOT', 'NULL')) {
    draft.nullable = false;
    return true;
  }
  const constraint = readConstraint(reader, name, draft.name);
  draft.constraints = [...draft.constraints, constraint];
  if (constraint.kind === 'PRIMARY KEY') draft.nullable = false;
  return true;
}

/** A column definition up to the comma or bracket after it. */
export function readColumn(reader: TokenReader, mayOmitType = false): ColumnDefinition {
  const name = reader.identifier();
  const isBare = reader.seesSymbol(',') || reader.seesSymbol(')');
  const draft: Draft = {
    name,
    type: mayOmitType && isBare ? null : reader.dataType(),
    nullable: true,
    comment: null,
    defaultText: null,
    identity: null,
    constraints: [],
  };
  while (readClause(reader, draft));
  const refused = reader.acceptOne('WITH', 'MASKING', 'PROJECTION', 'TAG', 'AS');
  if (refused) throw unsupported(`column clause ${refused}`);
  return draft;
}
