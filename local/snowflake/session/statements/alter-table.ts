import type { TableObject } from '../../catalog/model.ts';
import { displayObject, quote } from '../../catalog/names.ts';
import { compilationError, unsupported } from '../../sql/errors.ts';
import type { Handler, Statement } from '../answer.ts';
import {
  alreadyExists,
  type CatalogWork,
  changeCatalog,
  refuseCaseTwin,
} from '../change-catalog.ts';
import { readColumn, readConstraint } from '../parse/column-definition.ts';
import { unsupportedOption } from '../parse/create-table.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { physicalName, physicalPart } from '../scope.ts';
import { missingObject, type SessionState } from '../session-state.ts';
import {
  type Altered,
  addColumn,
  dropColumn,
  dropDefault,
  renameColumn,
  setComment,
  setNullable,
  setType,
} from '../table/alter-column.ts';
import { withTracking } from '../table/change-tracking.ts';
import { checkRetention, retentionOf } from '../table/retention.ts';
import { runAltered } from '../table/run-altered.ts';
import { resolveColumn, resolveConstraints } from '../table/table-columns.ts';
import type { Work } from '../transaction.ts';

/** What an ALTER TABLE works with; `apply` runs one change and answers the table after it. */
interface Altering {
  readonly session: SessionState;
  readonly statement: Statement;
  readonly reader: TokenReader;
  readonly work: Work;
  apply(table: TableObject, altered: Altered): Promise<TableObject>;
}

const DONE = 'Statement executed successfully.';

/** ALTER TABLE [IF EXISTS] name action. */
export const alterTable: Handler = (session, statement) => {
  const { reader } = statement;
  reader.expect('ALTER', 'TABLE');
  const ifExists = reader.accept('IF', 'EXISTS');
  const parts = reader.name();
  return changeCatalog(session, statement, async (work) => {
    const table = session.findRelation(parts);
    if (!table && ifExists) return { message: DONE };
    if (table?.kind !== 'TABLE') throw missingObject(session, 'Table', parts);
    if (reader.accept('RENAME', 'TO')) return rename(session, work, reader.name(), table);
    if (reader.accept('SWAP', 'WITH')) return swap(session, work, reader.name(), table);
    const apply = (from: TableObject, altered: Altered) => runAltered(work, from, altered);
    const put = await alter({ session, statement, reader, work, apply }, table);
    reader.expectEnd();
    if (put.generation !== table.generation) {
      await session.recorder.record(work, put, session.recorder.next(), statement.queryId);
    }
    const tracked = withTracking(table, put, statement.now.getTime());
    return { put: [{ ...tracked, alteredAt: statement.now }], message: DONE };
  });
};

async function alter(altering: Altering, table: TableObject): Promise<TableObject> {
  const { reader } = altering;
  if (reader.accept('RENAME', 'COLUMN')) {
    const from = reader.identifier();
    reader.expect('TO');
    return altering.apply(table, renameColumn(table, from, reader.identifier()));
  }
  if (reader.accept('ADD')) return add(altering, table);
  if (reader.accept('DROP')) return drop(altering, table);
  if (reader.acceptOne('ALTER', 'MODIFY')) return alterColumns(altering, table);
  if (reader.accept('CLUSTER', 'BY')) return { ...table, clusterBy: `(${reader.bracketText()})` };
  if (reader.accept('SET')) return setOptions(reader, table);
  if (reader.accept('UNSET')) return unsetOptions(altering, table);
  throw unsupported(`ALTER TABLE ${reader.peek()?.text ?? ''}`);
}

async function add(altering: Altering, table: TableObject): Promise<TableObject> {
  const { reader, session, statement, work } = altering;
  const isConstraint = ['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'FOREIGN'].some((w) => reader.sees(w));
  if (isConstraint) {
    const name = reader.accept('CONSTRAINT') ? reader.identifier() : null;
    const added = resolveConstraints([readConstraint(reader, name)], table.id);
    return { ...table, constraints: [...table.constraints, ...added] };
  }
  reader.accept('COLUMN');
  const [first] = await work.rows(`SELECT 1 FROM ${physicalName(table)} LIMIT 1`);
  let next = table;
  do {
    const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
    const definition = readColumn(reader);
    const isThere = next.columns.some(({ name }) => name === definition.name);
    if (ifNotExists && isThere) continue;
    if (!definition.type) throw reader.error();
    const column = resolveColumn(session, statement, definition, next, definition.type);
    next = await altering.apply(next, addColumn(next, column, first === undefined));
  } while (reader.acceptSymbol(','));
  return next;
}

async function drop(altering: Altering, table: TableObject): Promise<TableObject> {
  const { reader } = altering;
  if (reader.accept('PRIMARY', 'KEY')) {
    return {
      ...table,
      constraints: table.constraints.filter((each) => each.kind !== 'PRIMARY KEY'),
    };
  }
  if (reader.accept('CONSTRAINT')) {
    const name = reader.identifier();
    return { ...table, constraints: table.constraints.filter((each) => each.name !== name) };
  }
  if (reader.accept('CLUSTERING', 'KEY')) return { ...table, clusterBy: null };
  reader.accept('COLUMN');
  const ifExists = reader.accept('IF', 'EXISTS');
  let next = table;
  do {
    const name = reader.identifier();
    if (ifExists && !next.columns.some((column) => column.name === name)) continue;
    next = await altering.apply(next, dropColumn(next, name));
  } while (reader.acceptSymbol(','));
  return next;
}

/** ALTER | MODIFY [COLUMN] c action [, [COLUMN] c action …], also in brackets. */
async function alterColumns(altering: Altering, table: TableObject): Promise<TableObject> {
  const { reader } = altering;
  const isBracketed = reader.acceptSymbol('(');
  let next = table;
  do {
    reader.accept('COLUMN');
    const name = reader.identifier();
    next = await altering.apply(next, columnAction(reader, next, name));
  } while (reader.acceptSymbol(','));
  if (isBracketed) reader.expectSymbol(')');
  return next;
}

function columnAction(reader: TokenReader, table: TableObject, name: string): Altered {
  if (reader.accept('SET', 'NOT', 'NULL') || reader.accept('NOT', 'NULL')) {
    return setNullable(table, name, false);
  }
  if (reader.accept('DROP', 'NOT', 'NULL')) return setNullable(table, name, true);
  if (reader.accept('DROP', 'DEFAULT')) return dropDefault(table, name);
  if (reader.sees('SET', 'DEFAULT')) throw unsupported('ALTER COLUMN … SET DEFAULT');
  if (reader.accept('COMMENT')) return setComment(table, name, reader.optionValue());
  if (reader.accept('UNSET', 'COMMENT')) return setComment(table, name, null);
  reader.accept('SET', 'DATA', 'TYPE');
  reader.accept('TYPE');
  return setType(table, name, reader.dataType());
}

function setOptions(reader: TokenReader, table: TableObject): TableObject {
  let next = table;
  while (!reader.isAtEnd) {
    if (reader.accept('COMMENT')) next = { ...next, comment: reader.optionValue() };
    else if (reader.accept('DATA_RETENTION_TIME_IN_DAYS')) {
      const days = checkRetention(table.persistence, reader.optionInteger());
      next = { ...next, retentionDays: days };
    } else if (reader.accept('MAX_DATA_EXTENSION_TIME_IN_DAYS')) {
      next = { ...next, extensionDays: reader.optionInteger() };
    } else if (reader.accept('CHANGE_TRACKING')) {
      next = { ...next, isChangeTracked: reader.optionFlag() };
    } else throw unsupportedOption(reader);
    reader.acceptSymbol(',');
  }
  return next;
}

function unsetOptions({ reader, session }: Altering, table: TableObject): TableObject {
  if (reader.accept('COMMENT')) return { ...table, comment: null };
  if (reader.accept('DATA_RETENTION_TIME_IN_DAYS')) {
    return { ...table, retentionDays: retentionOf(session, table, null) };
  }
  throw unsupportedOption(reader);
}

async function rename(
  session: SessionState,
  work: Work,
  parts: readonly string[],
  table: TableObject,
): Promise<CatalogWork> {
  const name = session.requireName(parts, 'ALTER TABLE');
  if (session.relationNamed(name)) throw alreadyExists(name);
  refuseCaseTwin(session, 'TABLE', name);
  if (name.database !== table.database || name.schema !== table.schema) {
    throw unsupported('ALTER TABLE … RENAME TO another schema');
  }
  const renamed = { ...table, ...name };
  await work.run(`ALTER TABLE ${physicalName(table)} RENAME TO ${physicalPart(renamed)}`);
  return { put: [renamed], message: DONE };
}

/** Both tables change names in one transaction. */
async function swap(
  session: SessionState,
  work: Work,
  parts: readonly string[],
  table: TableObject,
): Promise<CatalogWork> {
  const other = session.findRelation(parts);
  if (other?.kind !== 'TABLE') throw missingObject(session, 'Table', parts);
  const isSameSchema = other.database === table.database && other.schema === table.schema;
  if (!isSameSchema || session.isTemporary(other) || session.isTemporary(table)) {
    const pair = `${displayObject(table)} and ${displayObject(other)}`;
    throw unsupported(`SWAP WITH between schemas or of temporary tables: ${pair}`);
  }
  if (other.id === table.id)
    throw compilationError('002002', '42710', 'A table cannot be swapped with itself.');
  const aside = quote(`_sf_swap_${table.id}`);
  await work.run(`ALTER TABLE ${physicalName(table)} RENAME TO ${aside}`);
  await work.run(`ALTER TABLE ${physicalName(other)} RENAME TO ${quote(table.name)}`);
  const schema = physicalName(table).slice(0, -quote(table.name).length);
  await work.run(`ALTER TABLE ${schema}${aside} RENAME TO ${quote(other.name)}`);
  const put = [
    { ...table, name: other.name },
    { ...other, name: table.name },
  ];
  return { put, message: DONE };
}
