import type { CatalogColumn, Constraint, RelationObject } from '../../catalog/model.ts';
import { typeText } from '../../sql/types/names.ts';
import { answerRows, type Handler, STATEMENT_TYPE, textColumn } from '../answer.ts';
import { StatementScope } from '../scope.ts';
import { missingObject } from '../session-state.ts';

/** https://docs.snowflake.com/en/sql-reference/sql/desc-table */
const COLUMNS = [
  'name',
  'type',
  'kind',
  'null?',
  'default',
  'primary key',
  'unique key',
  'check',
  'expression',
  'comment',
  'policy name',
  'privacy domain',
].map(textColumn);

function isIn(constraints: readonly Constraint[], kind: Constraint['kind'], name: string): string {
  const found = constraints.some((each) => each.kind === kind && each.columns.includes(name));
  return found ? 'Y' : 'N';
}

/** A default as DESCRIBE shows it; an identity column shows its numbers. */
export function defaultText({ defaultText: text, identity }: CatalogColumn): string | null {
  if (!identity) return text;
  const order = identity.isOrdered ? 'ORDER' : 'NOORDER';
  return `IDENTITY START ${identity.start} INCREMENT ${identity.increment} ${order}`;
}

function describeRow(column: CatalogColumn, constraints: readonly Constraint[]) {
  const { name, type, nullable, comment } = column;
  return [
    name,
    typeText(type),
    'COLUMN',
    nullable ? 'Y' : 'N',
    defaultText(column),
    isIn(constraints, 'PRIMARY KEY', name),
    isIn(constraints, 'UNIQUE', name),
    null,
    null,
    comment,
    null,
    null,
  ];
}

/** DESCRIBE | DESC [TABLE | VIEW] name [TYPE = COLUMNS]. */
export const describeRelation: Handler = async (session, statement) => {
  const { reader } = statement;
  if (!reader.accept('DESC')) reader.expect('DESCRIBE');
  const kind = reader.acceptOne('TABLE', 'VIEW') ?? 'TABLE';
  const parts = reader.name();
  if (reader.accept('TYPE')) {
    reader.acceptSymbol('=');
    reader.expect('COLUMNS');
  }
  reader.expectEnd();
  const found = session.findRelation(parts) ?? informationView();
  if (!found) throw missingObject(session, kind === 'VIEW' ? 'View' : 'Table', parts);
  const constraints = found.kind === 'TABLE' ? found.constraints : [];
  const rows = found.columns.map((column) => describeRow(column, constraints));
  return answerRows(session, statement, STATEMENT_TYPE.describe, COLUMNS, rows);

  function informationView(): (Pick<RelationObject, 'columns'> & { kind: 'VIEW' }) | undefined {
    const relation = new StatementScope(session, { now: statement.now }).relation(parts);
    if (!relation) return undefined;
    const none = { comment: null, defaultText: null, defaultSql: null, identity: null };
    return { kind: 'VIEW', columns: relation.columns.map((column) => ({ ...column, ...none })) };
  }
};
