import type { StageCredentials } from '../../catalog/model.ts';
import { compilationError, unsupported } from '../../sql/errors.ts';
import { parseS3Url } from '../../stage/s3-store.ts';
import { type FormatClause, readFormatClause } from './file-format.ts';
import { Properties } from './properties.ts';
import type { TokenReader } from './token-reader.ts';

/** The words before the name of an object, and the name. */
export interface CreateHead {
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly isTemporary: boolean;
  readonly name: readonly string[];
}

/** CREATE [OR REPLACE] [TEMPORARY] kind [IF NOT EXISTS] name. */
export function readCreateHead(reader: TokenReader, ...kind: readonly string[]): CreateHead {
  reader.expect('CREATE');
  if (reader.sees('OR', 'ALTER')) throw unsupported(`CREATE OR ALTER ${kind.join(' ')}`);
  const orReplace = reader.accept('OR', 'REPLACE');
  const isTemporary = reader.acceptOne('TEMPORARY', 'TEMP', 'VOLATILE') !== undefined;
  reader.expect(...kind);
  const ifNotExists = reader.accept('IF', 'NOT', 'EXISTS');
  return { orReplace, ifNotExists, isTemporary, name: reader.name() };
}

/** What a stage's options say; undefined is what they leave out. */
export interface StageOptions {
  readonly url: string | undefined;
  readonly integration: string | undefined;
  readonly credentials: StageCredentials | undefined;
  readonly format: FormatClause | null;
  readonly hasDirectory: boolean | undefined;
  readonly comment: string | undefined;
}

/** Kinds of encryption that change nothing for who reads and writes the stage. */
const ENCRYPTIONS: ReadonlySet<string> = new Set([
  'SNOWFLAKE_FULL',
  'SNOWFLAKE_SSE',
  'AWS_SSE_S3',
  'AWS_SSE_KMS',
  'NONE',
]);

/** CREDENTIALS = (AWS_KEY_ID = … AWS_SECRET_KEY = … AWS_TOKEN = …) */
export function readCredentials(properties: Properties): StageCredentials | undefined {
  const given = properties.map('CREDENTIALS');
  if (given === undefined || given.names.length === 0) return undefined;
  const keyId = given.text('AWS_KEY_ID');
  const secretKey = given.text('AWS_SECRET_KEY');
  const token = given.text('AWS_TOKEN') ?? null;
  given.refuseRest('CREDENTIALS');
  if (keyId === undefined || secretKey === undefined) {
    throw compilationError('002076', '42601', 'CREDENTIALS needs AWS_KEY_ID and AWS_SECRET_KEY');
  }
  return { keyId, secretKey, token };
}

/** ENCRYPTION = (TYPE = …), which is checked and has no effect. */
export function readEncryption(properties: Properties): void {
  const given = properties.map('ENCRYPTION');
  const type = given?.word('TYPE') ?? 'NONE';
  given?.text('KMS_KEY_ID');
  given?.refuseRest('ENCRYPTION');
  if (!ENCRYPTIONS.has(type)) throw unsupported(`ENCRYPTION TYPE = ${type}`);
}

/** An S3 URL that ends in a slash. @throws SnowflakeError 000002 for another cloud's */
export function readStageUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (/^(?:gcs|azure|s3compat):\/\//.test(url)) throw unsupported(`stage URL ${url.split('/')[0]}`);
  if (!parseS3Url(url)) {
    throw compilationError('001011', '42601', `invalid URL prefix found in: '${url}'`);
  }
  return url.endsWith('/') ? url : `${url}/`;
}

function readDirectory(properties: Properties): boolean | undefined {
  const given = properties.map('DIRECTORY');
  if (given === undefined) return undefined;
  const isEnabled = given.flag('ENABLE') ?? false;
  for (const name of ['AUTO_REFRESH', 'REFRESH_ON_CREATE']) given.flag(name);
  given.refuseRest('DIRECTORY');
  return isEnabled;
}

/** Options of CREATE STAGE and ALTER STAGE … SET. */
export function readStageOptions(reader: TokenReader): StageOptions {
  const properties = Properties.read(reader);
  readEncryption(properties);
  const options = {
    url: readStageUrl(properties.text('URL')),
    integration: properties.text('STORAGE_INTEGRATION'),
    credentials: readCredentials(properties),
    format: readFormatClause(properties),
    hasDirectory: readDirectory(properties),
    comment: properties.text('COMMENT'),
  };
  properties.refuseRest('stage');
  if (options.integration !== undefined && options.credentials !== undefined) {
    throw compilationError(
      '003138',
      '42601',
      'CREDENTIALS property is not allowed on stages that use a storage integration or within ' +
        'COPY commands that use a storage integration.',
    );
  }
  return options;
}
