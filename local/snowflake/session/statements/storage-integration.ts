import { createHash, randomBytes } from 'node:crypto';
import type { IntegrationObject } from '../../catalog/model.ts';
import { compilationError, unsupported } from '../../sql/errors.ts';
import { parseS3Url } from '../../stage/s3-store.ts';
import { answerRows, type Handler, STATEMENT_TYPE, textColumn } from '../answer.ts';
import { alreadyExists, changeCatalog, newObject } from '../change-catalog.ts';
import { Properties } from '../parse/properties.ts';
import { readCreateHead } from '../parse/stage.ts';
import { missing, type SessionState } from '../session-state.ts';

/** An integration by its name. @throws SnowflakeError 002003 */
export function findIntegration(session: SessionState, name: string): IntegrationObject {
  const key = { database: null, schema: null, name };
  const found = session.engine.catalog.find('INTEGRATION', key);
  if (!found) throw missing('Integration', name);
  return found;
}

function checkLocations(locations: readonly string[]): readonly string[] {
  for (const location of locations) {
    if (location === '*' || parseS3Url(location)) continue;
    throw compilationError('001011', '42601', `invalid URL prefix found in: '${location}'`);
  }
  return locations;
}

type Settings = Pick<
  IntegrationObject,
  'isEnabled' | 'roleArn' | 'allowedLocations' | 'blockedLocations' | 'comment'
>;

const NOTHING: Settings = {
  isEnabled: false,
  roleArn: '',
  allowedLocations: [],
  blockedLocations: [],
  comment: null,
};

function readSettings(properties: Properties, from: Settings): Settings {
  const type = properties.word('TYPE') ?? 'EXTERNAL_STAGE';
  if (type !== 'EXTERNAL_STAGE') throw unsupported(`storage integration TYPE = ${type}`);
  const provider = properties.word('STORAGE_PROVIDER') ?? 'S3';
  if (provider !== 'S3') throw unsupported(`STORAGE_PROVIDER = ${provider}`);
  const settings = {
    isEnabled: properties.flag('ENABLED') ?? from.isEnabled,
    roleArn: properties.text('STORAGE_AWS_ROLE_ARN') ?? from.roleArn,
    allowedLocations: checkLocations(
      properties.texts('STORAGE_ALLOWED_LOCATIONS') ?? from.allowedLocations,
    ),
    blockedLocations: checkLocations(
      properties.texts('STORAGE_BLOCKED_LOCATIONS') ?? from.blockedLocations,
    ),
    comment: properties.text('COMMENT') ?? from.comment,
  };
  return settings;
}

const REQUIRED = ['TYPE', 'STORAGE_PROVIDER', 'ENABLED', 'STORAGE_ALLOWED_LOCATIONS'];

function requireSettings(properties: Properties): void {
  const absent = [...REQUIRED, 'STORAGE_AWS_ROLE_ARN'].find((name) => !properties.has(name));
  if (absent === undefined) return;
  throw compilationError('002029', '42601', `Missing option(s): [${absent}]`);
}

/** An external id as Snowflake makes them: the account, and something that cannot be guessed. */
function newExternalId(given: string | undefined): string {
  if (given !== undefined) return given;
  const text = createHash('sha256').update(randomBytes(32)).digest('base64');
  return `LOCAL_SFCRole=1_${text}`;
}

/**
 * CREATE [OR REPLACE] STORAGE INTEGRATION for S3. The role is not assumed; what the stand-in was
 * started with reaches the bucket.
 */
export const createStorageIntegration: Handler = (session, statement) => {
  const head = readCreateHead(statement.reader, 'STORAGE', 'INTEGRATION');
  const properties = Properties.read(statement.reader);
  requireSettings(properties);
  const settings = readSettings(properties, NOTHING);
  const externalId = newExternalId(properties.text('STORAGE_AWS_EXTERNAL_ID'));
  properties.refuseRest('storage integration');
  return changeCatalog(session, statement, async () => {
    const name = head.name.at(-1) ?? '';
    const key = { database: null, schema: null, name };
    const found = session.engine.catalog.find('INTEGRATION', key);
    if (found && head.ifNotExists)
      return { message: `${name} already exists, statement succeeded.` };
    if (found && !head.orReplace) throw alreadyExists(key);
    const integration: IntegrationObject = {
      kind: 'INTEGRATION',
      ...newObject(session, statement, key),
      ...settings,
      userArn: 'arn:aws:iam::123456789001:user/local-stand-in',
      externalId,
    };
    const message = `Integration ${name} successfully created.`;
    return { put: [integration], remove: found ? [found] : [], message };
  });
};

/** ALTER [STORAGE] INTEGRATION [IF EXISTS] name SET … | UNSET STORAGE_BLOCKED_LOCATIONS | COMMENT. */
export const alterStorageIntegration: Handler = (session, statement) => {
  const { reader } = statement;
  reader.expect('ALTER');
  reader.accept('STORAGE');
  reader.expect('INTEGRATION');
  const ifExists = reader.accept('IF', 'EXISTS');
  const name = reader.identifier();
  return changeCatalog(session, statement, async () => {
    const message = 'Statement executed successfully.';
    const key = { database: null, schema: null, name };
    if (ifExists && !session.engine.catalog.find('INTEGRATION', key)) return { message };
    const found = findIntegration(session, name);
    const put = { ...found, ...readAlteration(), alteredAt: statement.now };
    return { put: [put], message };

    function readAlteration(): Settings {
      if (reader.accept('UNSET', 'STORAGE_BLOCKED_LOCATIONS')) {
        return { ...found, blockedLocations: [] };
      }
      if (reader.accept('UNSET', 'COMMENT')) return { ...found, comment: null };
      if (!reader.accept('SET'))
        throw unsupported(`ALTER INTEGRATION ${reader.peek()?.text ?? ''}`);
      const properties = Properties.read(reader);
      const settings = readSettings(properties, found);
      properties.refuseRest('storage integration');
      return settings;
    }
  });
};

const COLUMNS = ['property', 'property_type', 'property_value', 'property_default'].map(textColumn);

/** DESCRIBE [STORAGE] INTEGRATION; https://docs.snowflake.com/en/sql-reference/sql/desc-integration */
export const describeIntegration: Handler = async (session, statement) => {
  const { reader } = statement;
  if (!reader.accept('DESC')) reader.expect('DESCRIBE');
  reader.accept('STORAGE');
  reader.expect('INTEGRATION');
  const found = findIntegration(session, reader.identifier());
  reader.expectEnd();
  const rows = [
    ['ENABLED', 'Boolean', String(found.isEnabled), 'false'],
    ['STORAGE_PROVIDER', 'String', 'S3', null],
    ['STORAGE_ALLOWED_LOCATIONS', 'List', found.allowedLocations.join(','), '[]'],
    ['STORAGE_BLOCKED_LOCATIONS', 'List', found.blockedLocations.join(','), '[]'],
    ['STORAGE_AWS_IAM_USER_ARN', 'String', found.userArn, null],
    ['STORAGE_AWS_ROLE_ARN', 'String', found.roleArn, null],
    ['STORAGE_AWS_EXTERNAL_ID', 'String', found.externalId, null],
    ['COMMENT', 'String', found.comment ?? '', null],
  ];
  return answerRows(session, statement, STATEMENT_TYPE.describe, COLUMNS, rows);
};
