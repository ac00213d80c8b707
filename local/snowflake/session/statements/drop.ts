import type { CatalogObject, ObjectKind } from '../../catalog/model.ts';
import { displayName } from '../../catalog/names.ts';
import type { Handler } from '../answer.ts';
import { changeCatalog } from '../change-catalog.ts';
import { missing, missingObject, type SessionState } from '../session-state.ts';
import { dropContents } from '../table/drop-contents.ts';
import { retireObject, wrongKind } from '../table/replace-object.ts';
import { schemaName } from './create-container.ts';

const LABELS: Readonly<Record<ObjectKind, string>> = {
  TABLE: 'Table',
  VIEW: 'View',
  SEQUENCE: 'Sequence',
  STREAM: 'Stream',
  DATABASE: 'Database',
  SCHEMA: 'Schema',
  WAREHOUSE: 'Warehouse',
  ROLE: 'Role',
  STAGE: 'Stage',
  'FILE FORMAT': 'File format',
  INTEGRATION: 'Integration',
  PROCEDURE: 'Procedure',
};

const ACCOUNT_KINDS: ReadonlySet<ObjectKind> = new Set([
  'DATABASE',
  'WAREHOUSE',
  'ROLE',
  'INTEGRATION',
]);

function find(
  session: SessionState,
  kind: ObjectKind,
  parts: readonly string[],
): CatalogObject | undefined {
  const { catalog } = session.engine;
  const [name = ''] = parts;
  if (ACCOUNT_KINDS.has(kind)) return catalog.find(kind, { database: null, schema: null, name });
  if (kind === 'SCHEMA') return catalog.find(kind, schemaName(session, parts, 'DROP SCHEMA'));
  const qualified = session.requireName(parts, `DROP ${kind}`);
  if (kind === 'TABLE' || kind === 'VIEW') {
    return session.relationNamed(qualified) ?? catalog.named(qualified);
  }
  if (kind === 'STREAM') return catalog.named(qualified);
  return session.find(kind, qualified);
}

/** 002003, with the name in full where the kind has one. */
export function notThere(session: SessionState, kind: ObjectKind, parts: readonly string[]): Error {
  const isInSchema = !ACCOUNT_KINDS.has(kind) && kind !== 'SCHEMA';
  if (isInSchema) return missingObject(session, LABELS[kind], parts);
  return missing(LABELS[kind], displayName(parts));
}

/** The context loses what has been dropped. */
function leaveContext(session: SessionState, dropped: CatalogObject): void {
  const { context } = session;
  const isCurrentDatabase = dropped.kind === 'DATABASE' && context.database === dropped.name;
  const isCurrentSchema =
    dropped.kind === 'SCHEMA' &&
    context.database === dropped.database &&
    context.schema === dropped.name;
  if (isCurrentDatabase) Object.assign(context, { database: null, schema: null });
  if (isCurrentSchema) context.schema = null;
  if (dropped.kind === 'WAREHOUSE' && context.warehouse === dropped.name) context.warehouse = null;
}

async function contentsOf(
  session: SessionState,
  work: Parameters<typeof dropContents>[1],
  object: CatalogObject,
) {
  if (object.kind === 'DATABASE') return dropContents(session, work, object.name);
  if (object.kind === 'SCHEMA')
    return dropContents(session, work, object.database ?? '', object.name);
  return [];
}

/** DROP kind [IF EXISTS] name [CASCADE | RESTRICT]. */
export const drop =
  (kind: ObjectKind): Handler =>
  (session, statement) => {
    const { reader } = statement;
    reader.expect('DROP');
    if (kind === 'INTEGRATION') reader.accept('STORAGE');
    reader.expect(...kind.split(' '));
    const ifExists = reader.accept('IF', 'EXISTS');
    const parts = reader.name();
    if (kind === 'PROCEDURE') reader.bracketText();
    reader.acceptOne('CASCADE', 'RESTRICT');
    reader.expectEnd();
    return changeCatalog(session, statement, async (work) => {
      const last = parts.at(-1) ?? '';
      const found = find(session, kind, parts);
      if (!found && ifExists) {
        return {
          message: `Drop statement executed successfully (${last} already dropped).`,
        };
      }
      if (!found) throw notThere(session, kind, parts);
      if (found.kind !== kind) throw wrongKind(found, kind);
      const contents = await contentsOf(session, work, found);
      await retireObject(session, work, found, statement.now);
      const onCommitted = () => {
        leaveContext(session, found);
        if (found.kind === 'STAGE') void session.engine.stages.forget(found.id);
      };
      return {
        remove: [found, ...contents],
        message: `${last} successfully dropped.`,
        onCommitted,
      };
    });
  };
