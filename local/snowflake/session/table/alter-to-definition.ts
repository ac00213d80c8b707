import type { CatalogColumn, RelationObject, TableObject } from '../../catalog/model.ts';
import { unsupported } from '../../sql/errors.ts';
import type { Statement } from '../answer.ts';
import type { CatalogWork } from '../change-catalog.ts';
import type { CreateTable } from '../parse/create-table.ts';
import { physicalName } from '../scope.ts';
import type { SessionState } from '../session-state.ts';
import type { Work } from '../transaction.ts';
import {
  type Altered,
  addColumn,
  dropColumn,
  dropDefault,
  setComment,
  setNullable,
  setType,
} from './alter-column.ts';
import { withTracking } from './change-tracking.ts';
import { wrongKind } from './replace-object.ts';
import { retentionOf } from './retention.ts';
import { runAltered } from './run-altered.ts';
import {
  checkColumns,
  resolveColumn,
  resolveConstraints,
  withKeysNotNull,
} from './table-columns.ts';

type Change = (table: TableObject) => Altered;

/** What makes an existing column the one of the definition. */
function columnChanges(from: CatalogColumn, to: CatalogColumn): Change[] {
  const changes: Change[] = [(table) => setType(table, to.name, to.type)];
  if (from.nullable !== to.nullable) {
    changes.push((table) => setNullable(table, to.name, to.nullable));
  }
  if (from.comment !== to.comment) changes.push((table) => setComment(table, to.name, to.comment));
  if (from.defaultText === to.defaultText) return changes;
  if (to.defaultText !== null) throw unsupported('CREATE OR ALTER TABLE with another DEFAULT');
  return [...changes, (table) => dropDefault(table, to.name)];
}

function changesTo(from: TableObject, to: readonly CatalogColumn[], isEmpty: boolean): Change[] {
  const wanted = new Set(to.map(({ name }) => name));
  const dropped = from.columns.filter(({ name }) => !wanted.has(name));
  const kept = to.flatMap((column) => {
    const existing = from.columns.find(({ name }) => name === column.name);
    if (existing) return columnChanges(existing, column);
    return [(table: TableObject) => addColumn(table, column, isEmpty)];
  });
  return [
    ...kept,
    ...dropped.map(
      ({ name }) =>
        (table: TableObject) =>
          dropColumn(table, name),
    ),
  ];
}

/**
 * CREATE OR ALTER TABLE over a table that is there: columns are added at the end, dropped, widened;
 * rows stay.
 * https://docs.snowflake.com/en/sql-reference/sql/create-table#label-create-or-alter-table-syntax
 */
export async function alterToDefinition(
  session: SessionState,
  statement: Statement,
  work: Work,
  create: CreateTable,
  found: RelationObject,
): Promise<CatalogWork> {
  if (found.kind !== 'TABLE') throw wrongKind(found, 'TABLE');
  if (create.source.kind !== 'columns')
    throw unsupported('CREATE OR ALTER TABLE … AS | LIKE | CLONE');
  const definitions = create.columns.map((definition) => {
    if (!definition.type) throw unsupported('CREATE OR ALTER TABLE without data types');
    return resolveColumn(session, statement, definition, found, definition.type);
  });
  const constraints = resolveConstraints(create.constraints, found.id);
  checkColumns(definitions, constraints);
  const columns = withKeysNotNull(definitions, constraints);
  const [first] = await work.rows(`SELECT 1 FROM ${physicalName(found)} LIMIT 1`);
  let table: TableObject = found;
  for (const change of changesTo(found, columns, first === undefined)) {
    table = await runAltered(work, table, change(table));
  }
  if (table.generation !== found.generation) {
    await session.recorder.record(work, table, session.recorder.next(), statement.queryId);
  }
  const retentionDays = retentionOf(session, table, create.options.retentionDays);
  const given = { ...create.options, retentionDays, constraints };
  const options = { ...table, ...given, alteredAt: statement.now };
  const put = withTracking(table, options, statement.now.getTime());
  return { put: [put], message: `Table ${found.name} successfully created.` };
}
