import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseFiles } from '../../copy/choose-files.ts';
import { type FileTransfer, SnowflakeError } from '../../statement.ts';
import { type Answer, answerColumns, type Handler, STATEMENT_TYPE, textColumn } from '../answer.ts';
import { readLocation } from '../parse/location.ts';
import { Properties } from '../parse/properties.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { type Location, resolveLocation } from '../resolve-location.ts';

/** Folder of an internal stage. @throws SnowflakeError 091003 for an external one */
function folderOf({ folder, stage }: Location): string {
  if (folder !== null) return folder;
  throw new SnowflakeError(
    '091003',
    '22000',
    `Failure using stage area. Cause: [${stage?.name ?? 'S3'} GET and PUT commands are not supported ` +
      'with external stage]',
  );
}

/** The path in `file:///path`, in quotes or not. */
function readLocalPath(reader: TokenReader): string {
  const token = reader.peek();
  if (token?.kind === 'file') return reader.next().value;
  const text = reader.text();
  if (!/^file:\/\//i.test(text)) throw reader.error();
  return text.slice('file://'.length);
}

function answerTransfer(transfer: FileTransfer): Answer {
  return { ...answerColumns(STATEMENT_TYPE.ddl, [textColumn('status')]), transfer };
}

/**
 * PUT: the driver copies the files into the stage's folder, which it sees on the same machine.
 * https://docs.snowflake.com/en/sql-reference/sql/put
 */
export const put: Handler = async (session, { reader }) => {
  reader.expect('PUT');
  const source = readLocalPath(reader);
  const location = resolveLocation(session, readLocation(reader));
  const properties = Properties.read(reader);
  const transfer: FileTransfer = {
    command: 'UPLOAD',
    sources: [source],
    folder: join(folderOf(location), location.path),
    parallel: properties.integer('PARALLEL') ?? 4,
    autoCompress: properties.flag('AUTO_COMPRESS') ?? true,
    sourceCompression: properties.text('SOURCE_COMPRESSION')?.toLowerCase() ?? 'auto_detect',
    overwrite: properties.flag('OVERWRITE') ?? false,
  };
  properties.refuseRest('PUT');
  await mkdir(transfer.folder, { recursive: true });
  return answerTransfer(transfer);
};

/** GET; https://docs.snowflake.com/en/sql-reference/sql/get */
export const get: Handler = async (session, { reader }) => {
  reader.expect('GET');
  const location = resolveLocation(session, readLocation(reader));
  const localFolder = readLocalPath(reader);
  const properties = Properties.read(reader);
  const { store, path, keyPrefix } = location;
  const root = folderOf(location);
  const parallel = properties.integer('PARALLEL') ?? 10;
  const pattern = properties.text('PATTERN') ?? null;
  properties.refuseRest('GET');
  const { found } = await chooseFiles(store, { path, keyPrefix, files: null, pattern });
  const within = path.slice(0, path.lastIndexOf('/') + 1);
  const sources = found.map(({ name }) => name.slice(within.length));
  const folder = join(root, within);
  return answerTransfer({ command: 'DOWNLOAD', sources, folder, localFolder, parallel });
};
