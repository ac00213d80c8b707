import type { Fate } from './fault-proxy.ts';

const snowflakeError = (status: number, code: string): Fate => ({
  kind: 'answer',
  status,
  body: JSON.stringify({ code, message: 'as if', sqlState: '00000' }),
});

const awsError = (status: number, name: string): Fate => ({
  kind: 'answer',
  status,
  type: 'application/x-amz-json-1.0',
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'as if' }),
});

const s3Error = (status: number, code: string): Fate => ({
  kind: 'answer',
  status,
  type: 'application/xml',
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>as if</Message></Error>`,
});

const STATEMENTS = /^\w+ \/api\/v2\/statements/;
const PARTITION = /partition=[1-9]/;
const ITEMS = /DynamoDB_\d+\.(UpdateItem|TransactWriteItems)/;
const OBJECTS = /^(PUT|GET|HEAD) .*\/extract-/;

/** Which requests a fault befalls, and how. */
type Fault = readonly [at: 'aws' | 'snowflake', request: RegExp, fate: Fate];

/** Faults after which an extraction may fail, and may not lie. */
export const FAULTS: readonly Fault[] = [
  ['snowflake', PARTITION, { kind: 'truncate' }],
  ['snowflake', PARTITION, { kind: 'lose_row' }],
  ['snowflake', /partition=[2-9]/, { kind: 'repeat' }],
  ['snowflake', STATEMENTS, { kind: 'reset' }],
  ['snowflake', STATEMENTS, { kind: 'slow', ms: 300 }],
  ['snowflake', STATEMENTS, snowflakeError(429, '390505')],
  ['snowflake', STATEMENTS, snowflakeError(503, '000603')],
  ['snowflake', STATEMENTS, snowflakeError(401, '390318')],
  ['snowflake', STATEMENTS, snowflakeError(401, '390144')],
  ['snowflake', PARTITION, snowflakeError(422, '000709')],
  ['aws', ITEMS, awsError(400, 'ConditionalCheckFailedException')],
  ['aws', ITEMS, awsError(400, 'ProvisionedThroughputExceededException')],
  ['aws', ITEMS, awsError(500, 'InternalServerError')],
  ['aws', ITEMS, { kind: 'hang', when: 'after' }],
  ['aws', OBJECTS, s3Error(503, 'SlowDown')],
  ['aws', OBJECTS, s3Error(500, 'InternalError')],
  ['aws', OBJECTS, { kind: 'reset' }],
  ['aws', OBJECTS, { kind: 'slow', ms: 300 }],
  ['aws', /^PUT .*_manifest\.json/, s3Error(412, 'PreconditionFailed')],
];

/** Faults after which every count is right. */
export const SILENT_FAULTS: readonly Fault[] = [
  ['snowflake', PARTITION, { kind: 'double_row' }],
  ['snowflake', PARTITION, { kind: 'double_row' }],
  ['snowflake', PARTITION, { kind: 'double_row' }],
];
