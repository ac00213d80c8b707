import { duckdbName } from '../../catalog/names.ts';
import type { Handler } from '../answer.ts';
import { changeCatalog, newObject } from '../change-catalog.ts';
import { unsupportedOption } from '../parse/create-table.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { makeRoom } from '../table/replace-object.ts';
import { createSequenceSql } from '../table/table-sql.ts';

export function parseCreateSequence(reader: TokenReader) {
  reader.expect('CREATE');
  const orReplace = reader.accept('OR', 'REPLACE');
  reader.expect('SEQUENCE');
  const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
  const name = reader.name();
  let options = { start: 1, increment: 1, isOrdered: false, comment: null as string | null };
  while (!reader.isAtEnd) {
    if (reader.acceptOne('START')) {
      reader.accept('WITH');
      options = { ...options, start: reader.optionInteger() };
    } else if (reader.accept('INCREMENT')) {
      reader.accept('BY');
      options = { ...options, increment: reader.optionInteger() };
    } else if (reader.accept('COMMENT')) options = { ...options, comment: reader.optionValue() };
    else if (reader.accept('ORDER')) options = { ...options, isOrdered: true };
    else if (!reader.accept('NOORDER') && !reader.accept('WITH')) throw unsupportedOption(reader);
    reader.acceptSymbol(',');
  }
  return { orReplace, ifNotExists, name, options };
}

export const createSequence: Handler = (session, statement) => {
  const create = parseCreateSequence(statement.reader);
  return changeCatalog(session, statement, async (work) => {
    const name = session.requireName(create.name, 'CREATE SEQUENCE');
    const room = await makeRoom(session, work, 'SEQUENCE', name, create);
    if (room === 'exists') return { message: `${name.name} already exists, statement succeeded.` };
    const { start, increment } = create.options;
    await work.run(createSequenceSql(duckdbName(name), start, increment));
    const sequence = {
      kind: 'SEQUENCE' as const,
      ...newObject(session, statement, name),
      ...create.options,
    };
    const message = `Sequence ${name.name} successfully created.`;
    return { put: [sequence], remove: room, message };
  });
};
