import type { CatalogObject, ObjectKind } from '../../catalog/model.ts';
import { unsupported } from '../../sql/errors.ts';
import type { Handler } from '../answer.ts';
import { changeCatalog } from '../change-catalog.ts';
import { missingObject, type SessionState } from '../session-state.ts';
import { requireColumn, setComment } from '../table/alter-column.ts';
import { schemaName } from './create-container.ts';
import { notThere } from './drop.ts';

const KINDS: readonly ObjectKind[] = [
  'TABLE',
  'VIEW',
  'SEQUENCE',
  'STREAM',
  'DATABASE',
  'SCHEMA',
  'WAREHOUSE',
  'ROLE',
];

function find(session: SessionState, kind: ObjectKind, parts: readonly string[]) {
  const { catalog } = session.engine;
  if (kind === 'TABLE' || kind === 'VIEW') return session.findRelation(parts);
  if (kind === 'SCHEMA') return catalog.find(kind, schemaName(session, parts, 'COMMENT'));
  if (kind === 'STREAM') return session.findStream(parts);
  if (kind === 'SEQUENCE') return catalog.find(kind, session.requireName(parts, 'COMMENT'));
  return catalog.find(kind, { database: null, schema: null, name: parts[0] ?? '' });
}

function commentColumn(
  session: SessionState,
  parts: readonly string[],
  comment: string,
): CatalogObject {
  const column = parts.at(-1) ?? '';
  const found = session.findRelation(parts.slice(0, -1));
  if (found?.kind !== 'TABLE') throw missingObject(session, 'Table', parts.slice(0, -1));
  requireColumn(found, column);
  return setComment(found, column, comment).table;
}

/** COMMENT [IF EXISTS] ON kind name IS 'text'; a column is named table.column. */
export const comment: Handler = (session, statement) => {
  const { reader } = statement;
  reader.expect('COMMENT');
  const ifExists = reader.accept('IF', 'EXISTS');
  reader.expect('ON');
  const isColumn = reader.accept('COLUMN');
  const kind = isColumn ? undefined : (reader.acceptOne(...KINDS) as ObjectKind | undefined);
  if (!isColumn && !kind) throw unsupported(`COMMENT ON ${reader.peek()?.text ?? ''}`);
  const parts = isColumn ? columnName() : reader.name();
  reader.expect('IS');
  const text = reader.text();
  reader.expectEnd();

  function columnName(): string[] {
    const names = [reader.identifier()];
    while (reader.acceptSymbol('.')) names.push(reader.identifier());
    return names;
  }

  return changeCatalog(session, statement, async () => {
    const message = 'Statement executed successfully.';
    if (!kind) return { put: [commentColumn(session, parts, text)], message };
    const found = find(session, kind, parts);
    if (!found && ifExists) return { message };
    if (!found) throw notThere(session, kind, parts);
    return { put: [{ ...found, comment: text, alteredAt: statement.now }], message };
  });
};
