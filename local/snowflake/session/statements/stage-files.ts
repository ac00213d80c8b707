import { chooseFiles } from '../../copy/choose-files.ts';
import type { StagedFile } from '../../stage/stage-store.ts';
import { answerRows, type Handler, integerColumn, STATEMENT_TYPE, textColumn } from '../answer.ts';
import { readLocation } from '../parse/location.ts';
import { Properties } from '../parse/properties.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { type Location, resolveLocation } from '../resolve-location.ts';
import type { SessionState } from '../session-state.ts';

/** Reads `@stage/path [PATTERN = '…']` and finds the files it means. */
async function findFiles(
  session: SessionState,
  reader: TokenReader,
  verb: string,
): Promise<{ location: Location; files: StagedFile[] }> {
  const location = resolveLocation(session, readLocation(reader));
  const properties = Properties.read(reader);
  const pattern = properties.text('PATTERN') ?? null;
  properties.refuseRest(verb);
  const { store, path, keyPrefix } = location;
  const { found } = await chooseFiles(store, { path, keyPrefix, files: null, pattern });
  return { location, files: found };
}

const LISTED = [
  textColumn('name'),
  integerColumn('size'),
  textColumn('md5'),
  textColumn('last_modified'),
];

/** LIST | LS; https://docs.snowflake.com/en/sql-reference/sql/list */
export const listFiles: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.next();
  const { location, files } = await findFiles(session, reader, 'LIST');
  const rows = files.map(({ name, sizeBytes, contentKey, modifiedAt }) => [
    location.label + name,
    String(sizeBytes),
    contentKey,
    modifiedAt.toUTCString(),
  ]);
  return answerRows(session, statement, STATEMENT_TYPE.show, LISTED, rows);
};

const REMOVED = [textColumn('name'), textColumn('result')];

/** REMOVE | RM; https://docs.snowflake.com/en/sql-reference/sql/remove */
export const removeFiles: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.next();
  const { location, files } = await findFiles(session, reader, 'REMOVE');
  for (const { name } of files) {
    statement.signal?.throwIfAborted();
    await location.store.remove(name);
  }
  const rows = files.map(({ name }) => [location.label + name, 'removed']);
  return answerRows(session, statement, STATEMENT_TYPE.show, REMOVED, rows);
};
