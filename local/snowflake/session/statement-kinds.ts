import { opensBlock } from '../scripting/block-end.ts';
import { anonymousBlock, executeImmediate } from '../scripting/execute.ts';
import { call, createProcedure } from '../scripting/procedure.ts';
import { unsupported } from '../sql/errors.ts';
import { tokenize } from '../sql/tokenize.ts';
import type { Handler } from './answer.ts';
import type { TokenReader } from './parse/token-reader.ts';
import { DATABASES, ROLES, SCHEMAS, WAREHOUSES } from './show/containers.ts';
import { EXPORTED_KEYS, IMPORTED_KEYS, PRIMARY_KEYS, UNIQUE_KEYS } from './show/keys.ts';
import { PROCEDURES } from './show/procedures.ts';
import { COLUMNS, OBJECTS, SEQUENCES, TABLES, VIEWS } from './show/relations.ts';
import { SHOW_PARAMETERS, SHOW_VARIABLES } from './show/settings.ts';
import { show } from './show/show.ts';
import { FILE_FORMATS, INTEGRATIONS, STAGES, STORAGE_INTEGRATIONS } from './show/stages.ts';
import { STREAMS } from './show/streams.ts';
import { alterWarehouse, createRole, createWarehouse } from './statements/account-object.ts';
import { alterTable } from './statements/alter-table.ts';
import { comment } from './statements/comment.ts';
import { copyLoad } from './statements/copy-load.ts';
import { copyUnload } from './statements/copy-unload.ts';
import { createDatabase, createSchema } from './statements/create-container.ts';
import { createSequence } from './statements/create-sequence.ts';
import { createTable } from './statements/create-table.ts';
import { createView } from './statements/create-view.ts';
import { describeRelation } from './statements/describe.ts';
import { describeStage } from './statements/describe-stage.ts';
import { dml } from './statements/dml.ts';
import { drop } from './statements/drop.ts';
import { alterFileFormat, createFileFormat, describeFileFormat } from './statements/file-format.ts';
import { query } from './statements/query.ts';
import { alterSession, setVariable, unsetVariable } from './statements/session-setting.ts';
import { alterStage, createStage } from './statements/stage.ts';
import { listFiles, removeFiles } from './statements/stage-files.ts';
import {
  alterStorageIntegration,
  createStorageIntegration,
  describeIntegration,
} from './statements/storage-integration.ts';
import { alterStream, createStream, describeStream } from './statements/stream.ts';
import { begin, commit, rollback } from './statements/transaction.ts';
import { get, put } from './statements/transfer.ts';
import { truncate } from './statements/truncate.ts';
import { undropTable } from './statements/undrop.ts';
import {
  useDatabase,
  useRole,
  useSchema,
  useSecondaryRoles,
  useWarehouse,
} from './statements/use.ts';

const SHOWS = [
  DATABASES,
  SCHEMAS,
  TABLES,
  VIEWS,
  COLUMNS,
  SEQUENCES,
  PROCEDURES,
  PRIMARY_KEYS,
  UNIQUE_KEYS,
  IMPORTED_KEYS,
  EXPORTED_KEYS,
  OBJECTS,
  STREAMS,
  WAREHOUSES,
  ROLES,
  STAGES,
  FILE_FORMATS,
  INTEGRATIONS,
  STORAGE_INTEGRATIONS,
  SHOW_PARAMETERS,
  SHOW_VARIABLES,
];

const SHOW_HANDLERS = SHOWS.map((kind): [string, Handler] => [
  `SHOW ${kind.words.join(' ')}`,
  show(kind),
]);

/** BEGIN opens a transaction, or a block when statements follow it. */
const beginOrBlock: Handler = (session, statement) => {
  const isBlock = opensBlock(tokenize(statement.sql), 0);
  return (isBlock ? anonymousBlock : begin)(session, statement);
};

/**
 * Every statement there is, by its leading words without modifiers. What is not here is refused by
 * name.
 */
export const STATEMENTS: Readonly<Record<string, Handler>> = {
  SELECT: query,
  WITH: query,
  VALUES: query,
  INSERT: dml,
  UPDATE: dml,
  DELETE: dml,
  MERGE: dml,
  'CREATE TABLE': createTable,
  'CREATE VIEW': createView,
  'CREATE SEQUENCE': createSequence,
  'CREATE STREAM': createStream,
  'CREATE DATABASE': createDatabase,
  'CREATE SCHEMA': createSchema,
  'CREATE WAREHOUSE': createWarehouse,
  'CREATE ROLE': createRole,
  'CREATE STAGE': createStage,
  'CREATE FILE FORMAT': createFileFormat,
  'CREATE STORAGE INTEGRATION': createStorageIntegration,
  'ALTER STAGE': alterStage,
  'ALTER FILE FORMAT': alterFileFormat,
  'ALTER STORAGE INTEGRATION': alterStorageIntegration,
  'ALTER INTEGRATION': alterStorageIntegration,
  'DESCRIBE STAGE': describeStage,
  'DESCRIBE FILE FORMAT': describeFileFormat,
  'DESCRIBE STORAGE INTEGRATION': describeIntegration,
  'DESCRIBE INTEGRATION': describeIntegration,
  'DROP STAGE': drop('STAGE'),
  'DROP FILE FORMAT': drop('FILE FORMAT'),
  'DROP STORAGE INTEGRATION': drop('INTEGRATION'),
  'DROP INTEGRATION': drop('INTEGRATION'),
  'COPY INTO location': copyUnload,
  'COPY INTO table': copyLoad,
  LIST: listFiles,
  LS: listFiles,
  REMOVE: removeFiles,
  RM: removeFiles,
  PUT: put,
  GET: get,
  'ALTER TABLE': alterTable,
  'ALTER STREAM': alterStream,
  'ALTER SESSION': alterSession,
  'ALTER WAREHOUSE': alterWarehouse,
  'DROP TABLE': drop('TABLE'),
  'DROP VIEW': drop('VIEW'),
  'DROP SEQUENCE': drop('SEQUENCE'),
  'DROP STREAM': drop('STREAM'),
  'DROP DATABASE': drop('DATABASE'),
  'DROP SCHEMA': drop('SCHEMA'),
  'DROP WAREHOUSE': drop('WAREHOUSE'),
  'DROP ROLE': drop('ROLE'),
  TRUNCATE: truncate,
  COMMENT: comment,
  'DESCRIBE TABLE': describeRelation,
  'DESCRIBE VIEW': describeRelation,
  'DESCRIBE STREAM': describeStream,
  'UNDROP TABLE': undropTable,
  USE: useDatabase,
  'USE DATABASE': useDatabase,
  'USE SCHEMA': useSchema,
  'USE WAREHOUSE': useWarehouse,
  'USE ROLE': useRole,
  'USE SECONDARY ROLES': useSecondaryRoles,
  SET: setVariable,
  UNSET: unsetVariable,
  BEGIN: beginOrBlock,
  DECLARE: anonymousBlock,
  'EXECUTE IMMEDIATE': executeImmediate,
  'CREATE PROCEDURE': createProcedure,
  'DROP PROCEDURE': drop('PROCEDURE'),
  CALL: call,
  'START TRANSACTION': begin,
  COMMIT: commit,
  ROLLBACK: rollback,
  ...Object.fromEntries(SHOW_HANDLERS),
};

/** Words between the verb and the kind of object. */
const MODIFIERS = new Set([
  'OR',
  'REPLACE',
  'ALTER',
  'TRANSIENT',
  'TEMPORARY',
  'TEMP',
  'VOLATILE',
  'LOCAL',
  'GLOBAL',
  'SECURE',
  'RECURSIVE',
  'TERSE',
]);

/** Verbs that a kind of object follows. */
const VERBS = new Set([
  'CREATE',
  'ALTER',
  'DROP',
  'UNDROP',
  'DESCRIBE',
  'SHOW',
  'USE',
  'EXECUTE',
  'START',
]);

/** Kinds of object of two words or more. */
const SECOND_WORDS: Readonly<Record<string, readonly string[]>> = {
  PRIMARY: ['KEYS'],
  UNIQUE: ['KEYS'],
  IMPORTED: ['KEYS'],
  EXPORTED: ['KEYS'],
  FILE: ['FORMAT', 'FORMATS'],
  DYNAMIC: ['TABLE', 'TABLES'],
  EXTERNAL: ['TABLE', 'TABLES', 'FUNCTION', 'VOLUME'],
  ICEBERG: ['TABLE', 'TABLES'],
  HYBRID: ['TABLE', 'TABLES'],
  EVENT: ['TABLE', 'TABLES'],
  MATERIALIZED: ['VIEW', 'VIEWS'],
  STORAGE: ['INTEGRATION', 'INTEGRATIONS'],
  NOTIFICATION: ['INTEGRATION', 'INTEGRATIONS'],
  NETWORK: ['POLICY', 'RULE'],
  RESOURCE: ['MONITOR', 'MONITORS'],
  ROW: ['ACCESS'],
  SECONDARY: ['ROLES'],
  MASKING: ['POLICY', 'POLICIES'],
  USER: ['FUNCTIONS'],
};

function objectWords(words: readonly string[]): string[] {
  const [first, second] = words.filter((word) => !MODIFIERS.has(word));
  if (!first) return [];
  return second && SECOND_WORDS[first]?.includes(second) ? [first, second] : [first];
}

/**
 * The leading words of a statement that say what it is: `CREATE TABLE`, `SHOW PRIMARY KEYS`,
 * `SELECT`.
 */
export function statementKind(reader: TokenReader): string {
  if (reader.peek()?.text === '(') return 'SELECT';
  const words: string[] = [];
  for (let ahead = 0; ahead < 8; ahead += 1) {
    const token = reader.peek(ahead);
    if (token?.kind !== 'word') break;
    words.push(token.value);
  }
  const [first = '', ...after] = words;
  const verb = first === 'DESC' ? 'DESCRIBE' : first;
  if (verb === 'COPY') return copyKind(reader);
  if (!VERBS.has(verb)) return verb;
  const kind = [verb, ...objectWords(after)].join(' ');
  if (kind in STATEMENTS || (verb !== 'USE' && verb !== 'DESCRIBE')) return kind;
  return isNameOnly(reader, after) ? (verb === 'USE' ? 'USE' : 'DESCRIBE TABLE') : kind;
}

/** COPY INTO writes a location, which is a stage or a text, or a table. */
function copyKind(reader: TokenReader): string {
  const target = reader.peek(2)?.kind;
  return target === 'stage' || target === 'string' ? 'COPY INTO location' : 'COPY INTO table';
}

/** `USE name` and `DESC name`: one name and nothing after it. */
function isNameOnly(reader: TokenReader, words: readonly string[]): boolean {
  return words.length <= 1 || reader.peek(2)?.text === '.';
}

/** Verbs of Snowflake that are refused by name; any other first word is a syntax error. */
const REFUSED_VERBS: readonly string[] = [
  'CALL',
  'EXECUTE',
  'EXPLAIN',
  'GRANT',
  'REVOKE',
  'UNDROP',
];

/**
 * The kind of a statement and what runs it.
 * @throws SnowflakeError 001003 for what begins no statement, 000002 for one that is not in the
 * table.
 */
export function findHandler(reader: TokenReader): { kind: string; handler: Handler } {
  if (reader.isAtEnd) throw reader.error();
  const kind = statementKind(reader);
  const handler = Object.hasOwn(STATEMENTS, kind) ? STATEMENTS[kind] : undefined;
  if (handler) return { kind, handler };
  const [verb = ''] = kind.split(' ');
  if (VERBS.has(verb) || REFUSED_VERBS.includes(verb)) throw unsupported(kind);
  throw reader.error();
}
